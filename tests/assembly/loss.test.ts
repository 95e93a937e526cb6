import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { activate } from '../helpers/elementwise.js';
import type { LossCall } from '../helpers/losses.js';
import { lossOf } from '../helpers/losses.js';
import { losses } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const KERNELS = ['sigmoidCrossEntropy', 'squaredError'] as const;
type Pair = readonly [outputs: ArrayLike<number>, targets: ArrayLike<number>];
type Options = Pick<LossCall, 'scale' | 'weights' | 'inPlace'> & {
  readonly range?: readonly [number, number];
  /** Of the loss, and of the gradient. Default 1 each: sums over outputs. */
  readonly factors?: readonly [number, number];
};

function run(
  memory: GuardedMemory,
  kernel: (typeof KERNELS)[number],
  rows: number,
  [outputs, targets]: Pair,
  { range = [-Infinity, Infinity], factors = [1, 1], ...options }: Options = {},
) {
  const after = kernel === 'sigmoidCrossEntropy' ? [...factors, ...range] : factors;
  return lossOf(memory, { kernel, rows, outputs, targets, after, ...options });
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each([
    ['sigmoidCrossEntropy', losses.sigmoidCrossEntropy],
    ['squaredError', losses.meanSquaredError],
  ] as const)(
    '%s gives the float64 loss and gradient for 1 to 33 outputs and soft targets',
    (kernel, reference) => {
      const seeded = new Seeded(41);
      for (let outputs = 1; outputs <= 33; outputs++) {
        const rows = 5;
        const values = seeded.floats(rows * outputs, 4);
        const targets = seeded.shares(rows * outputs);
        const factors = [1 / outputs, 1 / outputs] as const;
        const { delta, loss } = run(memory, kernel, rows, [values, targets], { factors });
        for (let row = 0; row < rows; row++) {
          const part = (all: Float32Array) => all.subarray(row * outputs, (row + 1) * outputs);
          const y = Float64Array.from(part(values));
          const t = [...part(targets)];
          const exact = reference.gradient(y, t).map((g) => g / rows);
          expectClose(part(delta), exact, `${outputs} outputs`, { size: 1 / rows / outputs });
          const expected = reference.row(y, t);
          expect(Math.abs(loss[row] - expected)).toBeLessThan((1 + expected) * outputs * 2 ** -24);
        }
      }
    },
  );

  test.each(KERNELS)('%s gives the same bits when delta takes the place of the outputs', (kernel) => {
    const seeded = new Seeded(42);
    for (const outputs of [1, 4, 7]) {
      const pair = [seeded.floats(9 * outputs, 4), seeded.shares(9 * outputs)] as const;
      const apart = run(memory, kernel, 9, pair);
      const inPlace = run(memory, kernel, 9, pair, { inPlace: true });
      expectSameBits(inPlace.delta, apart.delta, kernel);
      expectSameBits(inPlace.loss, apart.loss, kernel);
    }
  });

  test.each(KERNELS)('%s gives NaN as the loss of a row with NaN, and of no other', (kernel) => {
    for (let j = 0; j < 6; j++) {
      const values = new Float32Array(18).fill(1);
      values[6 + j] = NaN;
      for (const target of [0, 1]) {
        const targets = new Float32Array(18).fill(target);
        const { loss, delta } = run(memory, kernel, 3, [values, targets], { range: [0.1, 2] });
        expect([...loss].map(Number.isNaN)).toEqual([false, true, false]);
        expect([...delta].map(Number.isNaN)).toEqual(Array.from(delta, (_, i) => i === 6 + j));
      }
    }
  });

  test.each(KERNELS)('%s multiplies loss and gradient of every row with its weight', (kernel) => {
    const seeded = new Seeded(46);
    const pair = [seeded.floats(4 * 5, 3), seeded.shares(4 * 5)] as const;
    const weights = [2, 0, 0.25, 1];
    const plain = run(memory, kernel, 4, pair, { scale: 0.5 });
    const weighted = run(memory, kernel, 4, pair, { scale: 0.5, weights });
    expectSameBits(
      weighted.loss,
      plain.loss.map((loss, row) => loss * weights[row]),
      'loss',
    );
    expectSameBits(
      weighted.delta.map((value) => value + 0),
      plain.delta.map((value, i) => value * weights[Math.floor(i / 5)] + 0),
      'gradient',
    );
  });

  test('sigmoidCrossEntropy is linear far out and has no overflow at ±1e4', () => {
    const logits = [1e4, -1e4, 1e4, -1e4, 100, -100];
    const targets = [1, 0, 0, 1, 0.25, 0.25];
    const { delta, loss } = run(memory, 'sigmoidCrossEntropy', 6, [logits, targets], { scale: 1 });
    expectSameBits(delta, [0, 0, 1, -1, 0.75, -0.25], 'gradient');
    expectSameBits(loss, [0, 0, 1e4, 1e4, 75, 25], 'loss');
  });

  test('sigmoidCrossEntropy takes ln(1 + e^-|z|) in float64, to 2 ulp', () => {
    const z = new Seeded(43).floats(400, 12).map((value) => -Math.abs(value));
    const expected = Float64Array.from(activate(memory, 'exponential', z), Math.log1p);
    const { loss } = run(memory, 'sigmoidCrossEntropy', z.length, [z, new Float32Array(z.length)]);
    loss.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(2 * expected[i] * 2 ** -52);
    });
  });

  test('sigmoidCrossEntropy keeps the loss of every output, but not the gradient, in its range', () => {
    const pair = [
      [8, -8, 0.5, 8, -8, 0.5],
      [1, 1, 1, 0, 0, 0],
    ] as const;
    const free = run(memory, 'sigmoidCrossEntropy', 6, pair);
    const kept = run(memory, 'sigmoidCrossEntropy', 6, pair, { range: [0.01, 7] });
    const clipped = free.loss.map((loss) => Math.min(7, Math.max(0.01, loss)));
    expect(new Set(clipped).size).toBe(4);
    expectSameBits(kept.loss, clipped, 'loss');
    expectSameBits(kept.delta, free.delta, 'gradient');
    const together = run(memory, 'sigmoidCrossEntropy', 1, pair, { range: [0.01, 7] });
    expect(together.loss[0]).toBe(clipped.reduce((sum, loss) => sum + loss, 0));
  });

  test('squaredError adds exact squares of float32 differences in float64, four lanes in a fixed order', () => {
    const seeded = new Seeded(44);
    for (let outputs = 1; outputs <= 33; outputs++) {
      const [y, t] = [seeded.floats(outputs, 100), seeded.floats(outputs, 100)];
      const lanes = [0, 0, 0, 0];
      const errors = y.map((value, j) => value - t[j]);
      errors.forEach((error, j) => (lanes[j % 4] += error * error));
      const { delta, loss } = run(memory, 'squaredError', 1, [y, t], { scale: 0.3, factors: [0.5, 0.5] });
      expect(loss[0]).toBe((lanes[0] + lanes[2] + (lanes[1] + lanes[3])) * 0.5);
      const scale = Math.fround(0.3);
      expectSameBits(
        delta,
        errors.map((error) => error * scale),
        `${outputs} outputs`,
      );
    }
  });

  test('sumRows adds the losses of the rows one after the other', () => {
    const values = Float64Array.from(new Seeded(45).floats(257), (value, i) => value * 10 ** (i % 17));
    for (const rows of [0, 1, 2, 7, 257]) {
      memory.reset();
      const out = memory.doubles(1);
      const rowLoss = memory.put(values.slice(0, rows));
      memory.kernels.sumRows(out.offset, rowLoss.offset, rows);
      memory.expectGuards(`${rows} rows`);
      expect(out.get()[0]).toBe(values.slice(0, rows).reduce((sum, loss) => sum + loss, 0));
    }
  });
});
