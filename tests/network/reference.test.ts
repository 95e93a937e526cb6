import { describe, expect, test } from 'vitest';
import { finiteDifferences } from '../helpers/finite-differences.js';
import type {
  ActivationName,
  ReferenceBatch,
  ReferenceLayer,
  ReferenceLossName,
  ReferenceOptimizer,
  ReferenceOptions,
} from '../helpers/reference.js';
import * as reference from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';

const { activation, activations, dense, losses, ReferenceNetwork } = reference;

const ROWS = 5;
const [INPUTS, HIDDEN, OUTPUTS] = [4, 6, 3];

/** Where a loss takes other outputs than any number: what ends the network. */
const ENDS: Partial<Record<ReferenceLossName, ActivationName>> = {
  meanSquaredLogarithmicError: 'softplus',
  poisson: 'softplus',
  poissonDeviance: 'exponential',
  binaryCrossentropy: 'sigmoid',
  kullbackLeiblerDivergence: 'sigmoid',
  categoricalCrossentropy: 'softplus',
};

const BINARY: ReferenceLossName[] = ['hinge', 'squaredHinge'];

function batchFor(loss: ReferenceLossName, seeded: Seeded): ReferenceBatch {
  const x = seeded.floats(ROWS * INPUTS);
  const weights = seeded.shares(ROWS).map((share) => share + 0.2);
  const shares = seeded.shares(ROWS * OUTPUTS);
  const oneHot = shares.map((_, i) => (i % OUTPUTS === Math.floor(i / OUTPUTS) % OUTPUTS ? 1 : 0));
  const targets = losses[loss].labels
    ? seeded.integers(ROWS, OUTPUTS)
    : BINARY.includes(loss) || loss === 'categoricalHinge'
      ? oneHot
      : shares;
  return { x, targets, rows: ROWS, weights };
}

/** dense → the layers between → dense → what the loss needs. */
function network(loss: ReferenceLossName, between: ReferenceLayer[], options: ReferenceOptions = {}) {
  const seeded = new Seeded(72);
  const end = ENDS[loss];
  return new ReferenceNetwork(
    [
      dense(seeded.floats(INPUTS * HIDDEN, 0.7), seeded.floats(HIDDEN, 0.3), {
        kernel: { l1: 0.1, l2: 0.2 },
      }),
      ...between,
      dense(seeded.floats(HIDDEN * OUTPUTS, 0.7), seeded.floats(OUTPUTS, 0.3), { bias: { l1: 0, l2: 0.1 } }),
      ...(end ? [activation(end, OUTPUTS)] : []),
    ],
    losses[loss],
    options,
  );
}

function check(made: InstanceType<typeof ReferenceNetwork>, batch: ReferenceBatch): void {
  const gradients = made.gradients(batch);
  made.layers.forEach(({ parameters }, i) => {
    for (const [name, values] of Object.entries(parameters)) {
      const expected = finiteDifferences(() => made.loss(batch), values);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expected.forEach((value, j) => {
        const error = Math.abs(gradients[i][name][j] - value);
        expect(error, `${name} ${i}`).toBeLessThan(2e-8 * Math.max(1, largest));
      });
    }
  });
}

describe('the float64 reference has the gradients that finite differences give', () => {
  test.each(Object.keys(losses) as ReferenceLossName[])('with %s', (loss) => {
    const batch = batchFor(loss, new Seeded(71));
    for (const penaltyPerRow of [false, true]) {
      check(network(loss, [activation('tanh', HIDDEN)], { penaltyPerRow }), batch);
    }
  });

  test.each(Object.keys(activations) as ActivationName[])('through the activation %s', (name) => {
    const batch = batchFor('halfSquaredError', new Seeded(73));
    check(network('halfSquaredError', [activation(name, HIDDEN)]), batch);
  });

  const seeded = new Seeded(74);
  const affine = {
    gamma: seeded.shares(HIDDEN).map((share) => share + 0.5),
    beta: seeded.floats(HIDDEN),
    epsilon: 1e-3,
  };
  const mask = (length: number) => Array.from({ length }, (_, i) => (i * 7) % 3 && 1);

  test.each([
    ['rescaling', reference.rescaling(1.5, -0.25)],
    ['dropout of a given mask', reference.dropout(0.25, mask)],
    ['layer normalization', reference.layerNormalization(affine)],
    ['unit normalization', reference.unitNormalization(HIDDEN)],
    ['batch normalization', reference.batchNormalization({ ...affine, momentum: 0.9 })],
    ['a penalty of activities', reference.activityPenalty({ l1: 0.1, l2: 0.3 })],
  ])('with %s between layers', (_, layer) => {
    const batch = batchFor('halfSquaredError', new Seeded(75));
    check(network('halfSquaredError', [layer, activation('tanh', HIDDEN)]), batch);
  });
});

describe('the losses of the reference', () => {
  test('vanish at a perfect answer', () => {
    const at = (name: ReferenceLossName, y: number[], t: number[]) =>
      losses[name].row(Float64Array.from(y), t);
    expect(at('softmaxCrossEntropy', [0, 40, 0], [1])).toBeLessThan(1e-15);
    expect(at('softmaxCrossEntropyTargets', [0, 40, 0], [0, 1, 0])).toBeLessThan(1e-15);
    expect(at('sigmoidCrossEntropy', [40, -40], [1, 0])).toBeLessThan(1e-15);
    expect(at('categoricalHinge', [0, 1, 0], [0, 1, 0])).toBe(0);
    for (const name of ['hinge', 'squaredHinge'] as const) expect(at(name, [2, -1], [1, 0])).toBe(0);
    for (const name of ['binaryCrossentropy', 'categoricalCrossentropy'] as const) {
      expect(at(name, [1, 0], [1, 0])).toBeLessThan(1.1e-7);
    }
    for (const name of [
      ...(['meanSquaredError', 'halfSquaredError', 'meanAbsoluteError', 'huber', 'logCosh'] as const),
      ...(['meanAbsolutePercentageError', 'meanSquaredLogarithmicError'] as const),
      ...(['kullbackLeiblerDivergence', 'poissonDeviance'] as const),
    ]) {
      expect(at(name, [0.25, 0.75], [0.25, 0.75])).toBe(0);
    }
  });
});

describe('a constant gradient, in float64,', () => {
  const descend = (optimizer: ReferenceOptimizer, steps: number): number => {
    const w = Float64Array.of(0);
    for (let t = 0; t < steps; t++) optimizer(w, Float64Array.of(2));
    return w[0];
  };

  test('takes sgd rate · gradient at every step', () => {
    expect(descend(reference.sgd({ rate: 0.25 }), 8)).toBe(-4);
  });

  test('lets momentum gather a geometric series, and Nesterov look one step ahead', () => {
    // v_t = −lr g (1 + … + μ^(t − 1)): −1, −1.5, −1.75; Nesterov moves by μ v − lr g: −1.5, −1.75, −1.875.
    expect(descend(reference.momentum({ rate: 0.5, momentum: 0.5 }), 3)).toBe(-4.25);
    expect(descend(reference.momentum({ rate: 0.5, momentum: 0.5, nesterov: true }), 3)).toBe(-5.125);
  });

  test('moves Adam and its kin by the rate at every step, once their moments are corrected', () => {
    const common = { rate: 0.125, beta1: 0.9, beta2: 0.999, epsilon: 0 };
    for (const rule of [
      reference.adam(common),
      reference.adam({ ...common, amsgrad: true }),
      reference.adamax(common),
      reference.lion(common),
    ]) {
      expect(descend(rule, 4)).toBeCloseTo(-0.5, 12);
    }
    // The momentum that nadam borrows from the next step is not yet corrected for this one.
    expect(descend(reference.nadam(common), 40) / (40 * 0.125)).toBeCloseTo(-1, 0);
  });

  test('shrinks the steps of adagrad by the root of their number, and of rmsprop to the rate', () => {
    const adagrad = reference.adagrad({ rate: 1, initialAccumulator: 0, epsilon: 0 });
    expect(descend(adagrad, 3)).toBeCloseTo(-(1 + Math.SQRT1_2 + 1 / Math.sqrt(3)), 12);
    const rmsprop = reference.rmsprop({ rate: 1, rho: 0.5, momentum: 0, epsilon: 0, centered: false });
    expect(descend(rmsprop, 2)).toBeCloseTo(-(Math.SQRT2 + Math.sqrt(4 / 3)), 12);
    const centered = reference.rmsprop({ rate: 1, rho: 0.5, momentum: 0.5, epsilon: 0, centered: true });
    // Variances 4 · .25 and 4 · (.75 − .5625): steps 2, then ½ · 2 + 2 / √.75.
    expect(descend(centered, 2)).toBeCloseTo(-(2 + 1 + 2 / Math.sqrt(0.75)), 12);
  });

  test('starts adadelta at √ε', () => {
    const adadelta = reference.adadelta({ rate: 1, rho: 0, epsilon: 4 });
    // v = 4, d = √4 / √8 · 2 = √2; then u = 2, d = √6 / √8 · 2 = √3.
    expect(descend(adadelta, 2)).toBeCloseTo(-(Math.SQRT2 + Math.sqrt(3)), 12);
  });
});
