import type { GuardedMemory, KernelVariant } from './wasm.js';

/** How a variant's multiply-add rounds: a · b + c, once if `fused`, else twice. */
export type MultiplyAdd = (a: number, b: number, c: number) => number;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Two roundings, as in `base` everywhere. */
const rounded: MultiplyAdd = (a, b, c) => Math.fround(c + Math.fround(a * b));

/**
 * One rounding of float32 operands. The product is exact in float64; the sum is rounded to odd there, so that
 * rounding it again to float32 is the same as rounding once (Boldo & Melquiond, 2008).
 */
const fused: MultiplyAdd = (a, b, c) => {
  const product = a * b;
  const sum = product + c;
  const back = sum - product;
  const lost = product - (sum - back) + (c - back);
  if (lost === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  double[0] = sum;
  if ((words[0] & 1) === 0) {
    if (lost > 0 !== sum > 0) {
      if (words[0] === 0) words[1]--;
      words[0]--;
    } else {
      words[0]++;
    }
  }
  return Math.fround(double[0]);
};

/** A row of x times a column of w from `start`: k ascending, one multiply-add per term. */
export function chain(
  madd: MultiplyAdd,
  start: number,
  terms: number,
  a: (k: number) => number,
  b: (k: number) => number,
): number {
  let sum = start;
  for (let k = 0; k < terms; k++) sum = madd(a(k), b(k), sum);
  return sum;
}

const emulated = new Map<MultiplyAdd, Map<string, Float32Array>>();

/**
 * What `emulate` returns; computed once for all variants that round alike. `what` names it within a file of
 * tests.
 */
export function emulation(madd: MultiplyAdd, what: string, emulate: () => Float32Array): Float32Array {
  let known = emulated.get(madd);
  if (!known) emulated.set(madd, (known = new Map()));
  let values = known.get(what);
  if (!values) known.set(what, (values = emulate()));
  return values;
}

/** The multiply-add of a variant on this machine: relaxed SIMD may round once or twice. */
export function multiplyAddOf(memory: GuardedMemory, variant: KernelVariant): MultiplyAdd {
  if (variant.startsWith('base')) return rounded;
  memory.reset();
  const [a, b, c] = [1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11];
  const y = memory.floats(8);
  const x = memory.put(Float32Array.of(a));
  const panel = memory.put(new Float32Array(8).fill(b));
  const bias = memory.put(new Float32Array(8).fill(c));
  memory.kernels.denseForward(y.offset, 32, x.offset, 4, panel.offset, bias.offset, 1, 1, 0, 1, -Infinity);
  return y.get()[0] === rounded(a, b, c) ? rounded : fused;
}
