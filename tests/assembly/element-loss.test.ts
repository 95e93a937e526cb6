import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../helpers/allclose.js';
import type { LossResult } from '../helpers/losses.js';
import { lossOf } from '../helpers/losses.js';
import type { ReferenceLoss } from '../helpers/reference.js';
import { huber, losses } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

type Values = (seeded: Seeded, length: number) => Float32Array;

const anything: Values = (seeded, length) => seeded.floats(length, 3);
const positive: Values = (seeded, length) => seeded.shares(length).map((value) => 4 * value + 0.01);
const probabilities: Values = (seeded, length) => seeded.shares(length).map((value) => 0.98 * value + 0.01);
const binary: Values = (seeded, length) => seeded.shares(length).map(Math.round);

interface Case {
  /** As in assembly/loss.ts. */
  readonly code: number;
  readonly reference: ReferenceLoss;
  readonly outputs: Values;
  readonly targets: Values;
  readonly parameter?: number;
  /** Whether the loss is a sum over the outputs, not a mean. */
  readonly sum?: boolean;
}

const CASES: Record<string, Case> = {
  'mean absolute error': {
    code: 0,
    reference: losses.meanAbsoluteError,
    outputs: anything,
    targets: anything,
  },
  'mean absolute percentage error': {
    code: 1,
    reference: losses.meanAbsolutePercentageError,
    outputs: anything,
    targets: positive,
  },
  'mean squared logarithmic error': {
    code: 2,
    reference: losses.meanSquaredLogarithmicError,
    outputs: anything,
    targets: positive,
  },
  'Huber loss': { code: 3, reference: losses.huber, outputs: anything, targets: anything, parameter: 1 },
  'Huber loss with another delta': {
    code: 3,
    reference: huber(0.25),
    outputs: anything,
    targets: anything,
    parameter: 0.25,
  },
  'log-cosh': { code: 4, reference: losses.logCosh, outputs: anything, targets: anything },
  'Poisson loss': { code: 5, reference: losses.poisson, outputs: positive, targets: positive },
  'half Poisson deviance': {
    code: 6,
    reference: losses.poissonDeviance,
    outputs: positive,
    targets: (seeded, length) => positive(seeded, length).map((t) => (t > 2 ? t : 0)),
  },
  'binary cross-entropy': {
    code: 7,
    reference: losses.binaryCrossentropy,
    outputs: probabilities,
    targets: probabilities,
  },
  'Kullback-Leibler divergence': {
    code: 8,
    reference: losses.kullbackLeiblerDivergence,
    outputs: probabilities,
    targets: probabilities,
    sum: true,
  },
  'hinge loss': { code: 9, reference: losses.hinge, outputs: anything, targets: binary },
  'squared hinge loss': { code: 10, reference: losses.squaredHinge, outputs: anything, targets: binary },
};

function run(
  memory: GuardedMemory,
  { code, parameter = 1, sum = false }: Case,
  rows: number,
  [outputs, targets]: readonly [ArrayLike<number>, ArrayLike<number>],
  more: { weights?: readonly number[]; scale?: number; inPlace?: boolean } = {},
): LossResult {
  const after = [sum ? 1 : rows / outputs.length, parameter];
  return lossOf(memory, { kernel: 'elementLoss', rows, outputs, targets, before: [code], after, ...more });
}

describe.each(VARIANTS)('elementLoss, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  describe.each(Object.keys(CASES))('%s', (name) => {
    const one = CASES[name];
    const pair = (seeded: Seeded, length: number) =>
      [one.outputs(seeded, length), one.targets(seeded, length)] as const;

    test('has the float64 loss, and its gradient to half an ulp, for 1 to 17 outputs', () => {
      const seeded = new Seeded(47);
      for (let outputs = 1; outputs <= 17; outputs++) {
        const rows = 6;
        const [y, t] = pair(seeded, rows * outputs);
        const weights = [1, 2, 0, 0.5, 1, 0.25];
        const { delta, loss } = run(memory, one, rows, [y, t], { weights, scale: 0.25 });
        for (let row = 0; row < rows; row++) {
          const [begin, end] = [row * outputs, (row + 1) * outputs];
          const values = Float64Array.from(y.subarray(begin, end));
          const targets = [...t.subarray(begin, end)];
          const expected = weights[row] * one.reference.row(values, targets);
          if (!(Math.abs(loss[row] - expected) <= 1e-14 * Math.max(1, Math.abs(expected))))
            expect.fail(`${outputs} outputs, row ${row}: loss ${loss[row]}, expected ${expected}`);
          const gradient = one.reference.gradient(values, targets);
          const exact = gradient.map((g) => g * weights[row] * 0.25);
          const isFar = (value: number, j: number): boolean =>
            !(Math.abs(delta[begin + j] - value) <= 2 ** -24 * Math.abs(value) * (1 + 1e-6) + 1e-15);
          expect(Array.from(exact).filter(isFar)).toEqual([]);
        }
      }
    });

    test('has the same bits when delta takes the place of the outputs', () => {
      const values = pair(new Seeded(48), 5 * 7);
      const [apart, inPlace] = [false, true].map((where) => run(memory, one, 5, values, { inPlace: where }));
      expectSameBits(inPlace.delta, apart.delta, 'gradient');
      expectSameBits(inPlace.loss, apart.loss, 'loss');
    });

    test('has NaN as the loss of a row with NaN, and of no other', () => {
      const [y, t] = pair(new Seeded(49), 3 * 5);
      y[7] = NaN;
      const { loss } = run(memory, one, 3, [y, t]);
      expect([...loss].map(Number.isNaN)).toEqual([false, true, false]);
    });
  });

  test('hinge losses read 0 and 1 as -1 and 1, but leave targets alone where there are others', () => {
    const y = [0.5, -0.5, 2, 0.25];
    for (const code of [9, 10]) {
      const signed = run(memory, { ...CASES['hinge loss'], code }, 2, [y, [-1, 1, 1, -1]]);
      const zeros = run(memory, { ...CASES['hinge loss'], code }, 2, [y, [0, 1, 1, 0]]);
      expectSameBits(zeros.loss, signed.loss, 'loss');
      expectSameBits(zeros.delta, signed.delta, 'gradient');
      const mixed = run(memory, { ...CASES['hinge loss'], code }, 2, [y, [0, 1, 1, -1]]);
      expect(mixed.loss[0]).toBe(code === 9 ? (1 + 1.5) / 2 : (1 + 1.5 ** 2) / 2);
    }
  });

  test('probabilities of 0 and 1 have a finite loss and no gradient', () => {
    for (const name of ['binary cross-entropy', 'Kullback-Leibler divergence']) {
      const { loss, delta } = run(memory, CASES[name], 2, [
        [0, 1],
        [1, 0],
      ]);
      expect(loss.every(Number.isFinite)).toBe(true);
      expect(delta[0]).toBe(0);
    }
  });

  test('absolute errors have no gradient at a perfect answer', () => {
    for (const name of ['mean absolute error', 'mean absolute percentage error', 'Huber loss', 'log-cosh']) {
      const y = Float32Array.of(0.5, 0, 3);
      const { loss, delta } = run(memory, CASES[name], 1, [y, y]);
      expect([loss[0], ...delta]).toEqual([0, 0, 0, 0]);
    }
  });
});
