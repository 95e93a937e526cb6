import { describe, expect, test } from 'vitest';
import { ulps } from '../helpers/allclose.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** Activation codes, as in assembly/activation.ts, and the bounds that assembly/math.ts states. */
const functions = {
  exp: { code: 4, exact: Math.exp, bound: 1.02 },
  tanh: { code: 2, exact: Math.tanh, bound: 1.34 },
  sigmoid: { code: 3, exact: (x: number) => 1 / (1 + Math.exp(-x)), bound: 2.41 },
} as const;

const STRIDE = 1009;

/** Where formulas change: the ends of the ranges that do not over- or underflow, and the two formulas of tanh. */
const TURNS = [0.625, 88.02969, 88.722839, 87.33654, 103.97208, 104, 89, 16.635532, 9.01, 2 ** -126];

function turns(): number[] {
  const word = new Int32Array(1);
  const float = new Float32Array(word.buffer);
  return TURNS.flatMap((turn) => {
    float[0] = turn;
    const middle = word[0];
    return Array.from({ length: 2000 }, (_, i) => {
      word[0] = middle + i - 1000;
      return i % 2 === 0 ? float[0] : -float[0];
    });
  });
}

/** Every 1,009th float32 of all 2^32 patterns, NaNs included, and 1,000 neighbours on both sides of every turn. */
function samples(): Float32Array {
  const count = Math.ceil(2 ** 32 / STRIDE / 4) * 4;
  const extra = turns();
  const words = new Uint32Array(count + extra.length);
  for (let i = 0; i < count; i++) words[i] = i * STRIDE;
  const floats = new Float32Array(words.buffer);
  floats.set(extra, count);
  return floats;
}

const xs = samples();
const expected = new Map<string, Float64Array>();

function exactly(name: keyof typeof functions): Float64Array {
  let values = expected.get(name);
  if (!values) {
    values = Float64Array.from(xs, functions[name].exact);
    expected.set(name, values);
  }
  return values;
}

function apply(memory: GuardedMemory, code: number, values: Float32Array): Float32Array {
  memory.reset();
  const y = memory.put(values);
  memory.kernels.activationForward(code, y.offset, 4 * values.length, 1, values.length);
  memory.expectGuards(`activation ${code}`);
  return y.get();
}

describe.each(VARIANTS)('in %s', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(['exp', 'tanh', 'sigmoid'] as const)(
    'the error of %s stays within its bound over all of float32, denormals, infinities and NaN included',
    (name) => {
      const { code, bound } = functions[name];
      const exact = exactly(name);
      const actual = apply(memory, code, xs);
      let worst = 0;
      let where = 0;
      for (let i = 0; i < xs.length; i++) {
        const error = ulps(actual[i], exact[i]);
        if (error > worst) [worst, where] = [error, xs[i]];
      }
      if (!(worst <= bound)) expect.fail(`${worst} ulp at ${where}, at most ${bound} are stated`);
    },
  );

  test('special values are exact', () => {
    const special = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 1e-45, -1e-45, 2 ** -126);
    const results = (name: keyof typeof functions) => [...apply(memory, functions[name].code, special)];
    const tiny = [Math.fround(1e-45), -Math.fround(1e-45), 2 ** -126];
    expect(results('exp')).toEqual([1, 1, Infinity, 0, NaN, 1, 1, 1]);
    expect(results('tanh')).toEqual([0, -0, 1, -1, NaN, ...tiny]);
    expect(results('sigmoid')).toEqual([0.5, 0.5, 1, 0, NaN, 0.5, 0.5, 0.5]);
  });

  test('tanh is odd to the bit, and never beyond 1', () => {
    const positive = xs.slice(0, xs.length >> 1).map(Math.abs);
    const plus = apply(memory, functions.tanh.code, positive);
    const minus = apply(
      memory,
      functions.tanh.code,
      positive.map((x) => -x),
    );
    expect(plus.every((y, i) => Object.is(minus[i], -y) && !(y > 1))).toBe(true);
  });
});
