import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { lossOf } from '../helpers/losses.js';
import { losses } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const ANY = [-Infinity, Infinity];

/**
 * What each kernel takes: outputs, targets, further arguments, and what lies right of the targets in a plan.
 */
const KERNELS = {
  softmaxCrossEntropyTargets: { reference: losses.softmaxCrossEntropyTargets, after: ANY, padding: 0 },
  categoricalCrossEntropy: { reference: losses.categoricalCrossentropy, after: [], padding: NaN },
  categoricalHinge: { reference: losses.categoricalHinge, after: [], padding: NaN },
} as const;

type Kernel = keyof typeof KERNELS;
const NAMES = Object.keys(KERNELS) as Kernel[];

function run(
  memory: GuardedMemory,
  kernel: Kernel,
  rows: number,
  [outputs, targets]: readonly [ArrayLike<number>, ArrayLike<number>],
  options: { after?: readonly number[]; inPlace?: boolean; weights?: readonly number[] } = {},
) {
  const { after, padding } = KERNELS[kernel];
  return lossOf(memory, { kernel, rows, outputs, targets, after, targetPadding: padding, ...options });
}

function outputsFor(kernel: Kernel, seeded: Seeded, length: number): Float32Array {
  if (kernel !== 'categoricalCrossEntropy') return seeded.floats(length, 4);
  return seeded.shares(length).map((share) => share + 0.01);
}

/** Distributions that do not quite add up to 1, with zeros. */
function targetsFor(seeded: Seeded, rows: number, classes: number): Float32Array {
  const targets = seeded.shares(rows * classes);
  for (let row = 0; row < rows; row++) {
    const part = targets.subarray(row * classes, (row + 1) * classes);
    const sum = part.reduce((a, b) => a + b, 0.1);
    part.forEach((t, j) => (part[j] = t / sum));
  }
  return targets;
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  describe.each(NAMES)('%s', (kernel) => {
    const { reference } = KERNELS[kernel];

    test('gives the float64 loss and gradient for 1 to 33 classes, by the weights of the rows', () => {
      const seeded = new Seeded(54);
      for (let classes = 1; classes <= 33; classes++) {
        const rows = 5;
        const weights = [1, 0, 0.5, 2, 1];
        const y = outputsFor(kernel, seeded, rows * classes);
        const t = targetsFor(seeded, rows, classes);
        const { delta, loss } = run(memory, kernel, rows, [y, t], { weights });
        for (let row = 0; row < rows; row++) {
          const part = (all: Float32Array) => all.subarray(row * classes, (row + 1) * classes);
          const values = Float64Array.from(part(y));
          const expected = weights[row] * reference.row(values, [...part(t)]);
          const error = Math.abs(loss[row] - expected);
          expect(error).toBeLessThan(1e-15 + 4 * 2 ** -24 * Math.abs(expected));
          const exact = reference.gradient(values, [...part(t)]).map((g) => (g * weights[row]) / rows);
          expectClose(part(delta), exact, `${classes} classes`, { size: weights[row] / rows });
        }
      }
    });

    test('gives the same bits when delta takes the place of the outputs', () => {
      const seeded = new Seeded(55);
      for (const classes of [1, 4, 10]) {
        const pair = [outputsFor(kernel, seeded, 9 * classes), targetsFor(seeded, 9, classes)] as const;
        const [apart, inPlace] = [false, true].map((where) =>
          run(memory, kernel, 9, pair, { inPlace: where }),
        );
        expectSameBits(inPlace.delta, apart.delta, 'gradient');
        expectSameBits(inPlace.loss, apart.loss, 'loss');
      }
    });

    test('gives NaN as the loss of a row with NaN, and of no other', () => {
      for (let j = 0; j < 6; j++) {
        const y = new Float32Array(18).fill(0.5);
        y[6 + j] = NaN;
        const t = Float32Array.from(y, (_, i) => (i % 6 === 1 ? 1 : 0));
        const { loss } = run(memory, kernel, 3, [y, t]);
        expect([...loss].map(Number.isNaN)).toEqual([false, true, false]);
      }
    });
  });

  test('softmaxCrossEntropyTargets gives what labels give, to the bit, for targets of 0 and 1', () => {
    const seeded = new Seeded(56);
    for (const classes of [2, 3, 10, 33]) {
      const outputs = seeded.floats(7 * classes, 4);
      const labels = seeded.integers(7, classes);
      const oneHot = outputs.map((_, i) => (i % classes === labels[Math.floor(i / classes)] ? 1 : 0));
      const dense = run(memory, 'softmaxCrossEntropyTargets', 7, [outputs, oneHot]);
      const sparse = lossOf(memory, {
        kernel: 'softmaxCrossEntropy',
        rows: 7,
        outputs,
        targets: labels,
        after: ANY,
      });
      expectSameBits(dense.loss, sparse.loss, `${classes} classes`);
      expectClose(dense.delta, sparse.delta, `${classes} classes`, { size: 1 / 7, units: 2 });
    }
  });

  test('softmaxCrossEntropyTargets keeps the loss in its range, and takes -∞ where the target is 0', () => {
    const y = [-Infinity, 1, 1];
    const { loss, delta } = run(memory, 'softmaxCrossEntropyTargets', 1, [y, [0, 0.5, 0.5]]);
    expect(loss[0]).toBeCloseTo(Math.LN2, 15);
    expectSameBits(delta, [0, 0, 0], 'gradient');
    const [least, most] = [
      [1, 2],
      [0, 0.5],
    ].map((after) => run(memory, 'softmaxCrossEntropyTargets', 1, [y, [0, 0.5, 0.5]], { after }).loss[0]);
    expect([least, most]).toEqual([1, 0.5]);
  });

  test('categoricalCrossEntropy clips what is certain, and takes any scale of the outputs', () => {
    const certain = run(memory, 'categoricalCrossEntropy', 2, [
      [0, 3, 0, 3],
      [0, 1, 1, 0],
    ]);
    expect(certain.loss[0]).toBeCloseTo(1e-7, 12);
    expect(certain.loss[1]).toBeCloseTo(-Math.log(1e-7), 6);
    expect(certain.delta.every((g) => g === 0)).toBe(true);
    const [small, large] = [1, 1024].map(
      (scale) =>
        run(memory, 'categoricalCrossEntropy', 1, [
          [scale, 3 * scale],
          [0.25, 0.75],
        ]).loss[0],
    );
    expect(large).toBe(small);
  });

  test('categoricalHinge is 0 where the right class leads by 1, and no gradient flows', () => {
    const led = run(memory, 'categoricalHinge', 1, [
      [0.5, 2, 0.75],
      [0, 1, 0],
    ]);
    expect([led.loss[0], ...led.delta]).toEqual([0, 0, 0, 0]);
    const close = run(memory, 'categoricalHinge', 1, [
      [0.5, 1, 0.75],
      [0, 1, 0],
    ]);
    expect([close.loss[0], ...close.delta.map((g) => g + 0)]).toEqual([0.75, 0, -1, 1]);
  });
});
