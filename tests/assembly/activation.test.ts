import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { activations } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const { fround } = Math;

/** Codes as in assembly/activation.ts, and delta · slope from the output y as the kernels round it. */
const KINDS = [
  { name: 'linear', code: 0, backward: (delta: number, _: number) => delta },
  { name: 'relu', code: 1, backward: (delta: number, y: number) => (y > 0 ? delta : 0) },
  { name: 'tanh', code: 2, backward: (delta: number, y: number) => delta * fround(1 - fround(y * y)) },
  { name: 'sigmoid', code: 3, backward: (delta: number, y: number) => delta * fround(y * fround(1 - y)) },
  { name: 'exponential', code: 4, backward: (delta: number, y: number) => delta * y },
] as const;

const WIDTHS = [4, 8, 12, 64];
const ROWS = [0, 1, 2, 7];

type Kind = (typeof KINDS)[number];
const cases = KINDS.map((kind) => [kind.name, kind] as const);

function forward(memory: GuardedMemory, kind: Kind, rows: number, z: ArrayLike<number>): Float32Array {
  memory.reset();
  const columns = rows === 0 ? 4 : z.length / rows;
  const y = memory.matrix({ rows, columns }, z);
  memory.kernels.activationForward(kind.code, y.offset, y.stride, rows, columns);
  memory.expectGuards(`${kind.name}, ${rows} rows of ${columns}`);
  return y.get();
}

function backward(
  memory: GuardedMemory,
  kind: Kind,
  rows: number,
  [delta, y]: readonly [delta: ArrayLike<number>, y: ArrayLike<number>],
): Float32Array {
  memory.reset();
  const columns = rows === 0 ? 4 : y.length / rows;
  const gradient = memory.matrix({ rows, columns, gap: 8 }, delta);
  const outputs = memory.matrix({ rows, columns }, y);
  const places = [gradient.offset, gradient.stride, outputs.offset, outputs.stride];
  memory.kernels.activationBackward(kind.code, ...places, rows, columns);
  memory.expectGuards(`${kind.name}, ${rows} rows of ${columns}`);
  expectSameBits(outputs.get(), Float32Array.from(y), 'the outputs');
  return gradient.get();
}

describe.each(VARIANTS)('activationForward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(cases)('of %s is close to float64 at every stride and number of rows', (name, kind) => {
    const seeded = new Seeded(51);
    for (const rows of ROWS) {
      for (const width of WIDTHS) {
        const z = seeded.floats(rows * width, 3);
        const exact = activations[name].forward(Float64Array.from(z));
        expectClose(forward(memory, kind, rows, z), exact, `${rows} rows of ${width}`, { units: 6 });
      }
    }
  });

  test.each(cases)('of %s gives a value the same bits in every lane and row', (_, kind) => {
    const z = new Seeded(52).floats(16, 2);
    const together = forward(memory, kind, 2, z);
    for (let i = 0; i < 16; i++) {
      const alone = forward(memory, kind, 1, Float32Array.of(9, 9, z[i], 9));
      expectSameBits(alone.subarray(2, 3), together.subarray(i, i + 1), `value ${i}`);
    }
  });

  test('of relu keeps NaN and turns -0 and what is below 0 into 0', () => {
    const z = [NaN, -0, -1e-45, 1e-45, -Infinity, Infinity, -1, 1];
    const y = forward(memory, KINDS[1], 1, z).map((value) => value + 0);
    expectSameBits(y, [NaN, 0, 0, fround(1e-45), 0, Infinity, 0, 1], 'relu');
  });
});

describe.each(VARIANTS)('activationBackward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(cases)('of %s multiplies delta with the slope at the output', (name, kind) => {
    const seeded = new Seeded(53);
    for (const rows of ROWS) {
      for (const width of WIDTHS) {
        const z = Float64Array.from(seeded.floats(rows * width, 3));
        const y = activations[name].forward(z);
        const delta = seeded.floats(rows * width);
        const actual = backward(memory, kind, rows, [delta, y]);
        const what = `${rows} rows of ${width}`;
        const exact = activations[name].backward(Float64Array.from(delta), y, z);
        expectClose(actual, exact, what, { size: 1 });
        const outputs = Float32Array.from(y);
        const rounded = delta.map((value, i) => kind.backward(value, outputs[i]));
        expectSameBits(actual, rounded, what);
      }
    }
  });

  test('of relu lets nothing through where the output is 0 or NaN', () => {
    const outputs = [0, -0, NaN, 1e-45];
    expectSameBits(backward(memory, KINDS[1], 1, [[3, -3, 3, -3], outputs]), [0, 0, 0, -3], 'finite');
    expect([...backward(memory, KINDS[1], 1, [[NaN, NaN, NaN, NaN], outputs])]).toEqual([0, 0, 0, NaN]);
  });

  test('passes NaN on where the slope is not 0', () => {
    for (const kind of [KINDS[2], KINDS[3], KINDS[4]]) {
      const gradient = backward(memory, kind, 1, [
        [NaN, 1, 1, 1],
        [0.5, NaN, 0.5, 0.5],
      ]);
      expect([...gradient].map(Number.isNaN)).toEqual([true, true, false, false]);
    }
  });
});
