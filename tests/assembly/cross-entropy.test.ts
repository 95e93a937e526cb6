import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { activate } from '../helpers/elementwise.js';
import type { LossCall, LossResult } from '../helpers/losses.js';
import { lossOf } from '../helpers/losses.js';
import { losses } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

type Options = Pick<LossCall, 'scale' | 'weights' | 'inPlace'> & { range?: readonly [number, number] };

function softmaxLoss(
  memory: GuardedMemory,
  outputs: ArrayLike<number>,
  targets: Int32Array,
  { range = [-Infinity, Infinity], ...options }: Options = {},
): LossResult {
  const call = {
    kernel: 'softmaxCrossEntropy',
    rows: targets.length,
    outputs,
    targets,
    after: range,
  } as const;
  return lossOf(memory, { ...call, padding: 7, ...options });
}

/** e^x by the kernels: the terms of the sum whose logarithm the loss takes. */
function exponentials(memory: GuardedMemory, x: Float32Array): Float32Array {
  const padded = new Float32Array(4 * Math.ceil(x.length / 4)).fill(-Infinity);
  padded.set(x);
  return activate(memory, 'exponential', padded);
}

describe.each(VARIANTS)('softmaxCrossEntropy, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('gives the float64 loss and gradient for 1 to 33 classes and every label', () => {
    const seeded = new Seeded(31);
    const { row, gradient } = losses.softmaxCrossEntropy;
    for (let classes = 1; classes <= 33; classes++) {
      const labels = Int32Array.from({ length: classes }, (_, i) => i);
      const logits = seeded.floats(classes * classes, 4);
      const { delta, loss } = softmaxLoss(memory, logits, labels);
      labels.forEach((label) => {
        const z = Float64Array.from(logits.subarray(label * classes, (label + 1) * classes));
        const exact = gradient(z, [label]).map((value) => value / classes);
        const actual = delta.subarray(label * classes, (label + 1) * classes);
        expectClose(actual, exact, `${classes} classes, label ${label}`, { size: 1 / classes });
        expect(Math.abs(loss[label] - row(z, [label]))).toBeLessThan(16 * 2 ** -24);
      });
    }
  });

  test('takes the logarithm of the sum in float64: equal logits lose ln(classes), to 1 ulp', () => {
    for (let classes = 1; classes <= 2000; classes += classes < 40 ? 1 : 97) {
      const { loss } = softmaxLoss(memory, new Float32Array(classes).fill(-3), Int32Array.of(0));
      expect(Math.abs(loss[0] - Math.log(classes))).toBeLessThanOrEqual(Math.log(classes) * 2 ** -52);
    }
  });

  test('loses ln Σ e^(z − max) + max − z, the sum in float32 by lanes and the rest in float64', () => {
    const seeded = new Seeded(32);
    for (let classes = 1; classes <= 33; classes++) {
      const logits = seeded.floats(classes, 3);
      const largest = logits.reduce((a, b) => Math.max(a, b));
      const lanes = new Float32Array(4);
      exponentials(
        memory,
        logits.map((z) => z - largest),
      ).forEach((e, j) => (lanes[j % 4] += e));
      const sum = Math.fround(Math.fround(lanes[0] + lanes[2]) + Math.fround(lanes[1] + lanes[3]));
      const label = seeded.integer(classes);
      const exact = Math.log(sum) - (logits[label] - largest);
      const { loss } = softmaxLoss(memory, logits, Int32Array.of(label));
      expect(Math.abs(loss[0] - exact)).toBeLessThanOrEqual(2 ** -52 * (Math.log(sum) + exact));
    }
  });

  test('gives the same bits when delta takes the place of the logits', () => {
    const seeded = new Seeded(33);
    for (const classes of [1, 3, 4, 10, 33]) {
      const logits = seeded.floats(9 * classes, 4);
      const labels = seeded.integers(9, classes);
      const apart = softmaxLoss(memory, logits, labels);
      const inPlace = softmaxLoss(memory, logits, labels, { inPlace: true });
      expectSameBits(inPlace.delta, apart.delta, `${classes} classes`);
      expectSameBits(inPlace.loss, apart.loss, `${classes} classes`);
    }
  });

  test('stays finite at ±1e4 and ±3e38', () => {
    for (const z of [1e4, 3e38]) {
      const { delta, loss } = softmaxLoss(memory, [z, -z, 0, z, -z, 0], Int32Array.of(0, 1), { scale: 1 });
      expectSameBits(delta, [0, 0, 0, 1, -1, 0], `±${z}`);
      expectSameBits(loss, [0, 2 * Math.fround(z)], `±${z}`);
    }
  });

  test('keeps the loss, but not the gradient, in its range', () => {
    const logits = [9, 0, 0, 0, 0, 9, 0, 0, 1];
    const labels = Int32Array.of(0, 0, 2);
    const free = softmaxLoss(memory, logits, labels);
    const kept = softmaxLoss(memory, logits, labels, { range: [0.01, 8] });
    expect(free.loss[0]).toBeLessThan(0.01);
    expect(free.loss[1]).toBeGreaterThan(8);
    expectSameBits(kept.loss, [0.01, 8, free.loss[2]], 'loss');
    expectSameBits(kept.delta, free.delta, 'gradient');
  });

  test('gives NaN as the loss of a row with NaN, whatever the range, and of no other row', () => {
    for (let j = 0; j < 6; j++) {
      const logits = new Float32Array(18).fill(1);
      logits[6 + j] = NaN;
      const { loss, delta } = softmaxLoss(memory, logits, Int32Array.of(1, 2, 3), { range: [0.1, 2] });
      expect([...loss].map(Number.isNaN)).toEqual([false, true, false]);
      expect([...delta].filter(Number.isNaN)).toHaveLength(6);
    }
  });

  test('multiplies loss and gradient of every row with its weight', () => {
    const seeded = new Seeded(34);
    const logits = seeded.floats(4 * 5, 3);
    const labels = seeded.integers(4, 5);
    const factors = [2, 0, 0.25, 1];
    const plain = softmaxLoss(memory, logits, labels, { scale: 0.5 });
    const weighted = softmaxLoss(memory, logits, labels, {
      scale: 0.5,
      weights: factors,
    });
    expectSameBits(
      weighted.loss,
      plain.loss.map((loss, row) => loss * factors[row]),
      'loss',
    );
    const deltas = plain.delta.map((value, i) => value * factors[Math.floor(i / 5)] + 0);
    expectSameBits(
      weighted.delta.map((value) => value + 0),
      deltas,
      'gradient',
    );
  });
});
