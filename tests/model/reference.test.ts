import { describe, expect, test } from 'vitest';
import { finiteDifferences } from '../helpers/finite-differences.js';
import type { ActivationName, LossName, ReferenceBatch } from '../helpers/reference.js';
import {
  activation,
  activations,
  adam,
  dense,
  losses,
  momentum,
  ReferenceNetwork,
  sgd,
} from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';

const ROWS = 5;
const SIZES = [4, 6, 5, 3] as const;

function batchFor(loss: LossName, seeded: Seeded): ReferenceBatch {
  const outputs = SIZES[SIZES.length - 1];
  const x = seeded.floats(ROWS * SIZES[0]);
  const targets =
    losses[loss].targets(outputs) === 1 ? seeded.integers(ROWS, outputs) : seeded.shares(ROWS * outputs);
  return { x, targets, rows: ROWS };
}

function layersFor(hidden: ActivationName, seeded: Seeded) {
  return SIZES.slice(1).flatMap((units, i) => {
    const layer = dense(seeded.floats(SIZES[i] * units, 0.7), seeded.floats(units, 0.3));
    return i === SIZES.length - 2 ? [layer] : [layer, activation(hidden, units)];
  });
}

describe('the float64 reference', () => {
  describe.each(Object.keys(losses) as LossName[])('with %s', (loss) => {
    test.each(Object.keys(activations) as ActivationName[])(
      'has the gradients that finite differences give, with %s in between and a penalty',
      (hidden) => {
        const seeded = new Seeded(71);
        const batch = batchFor(loss, seeded);
        const network = new ReferenceNetwork(layersFor(hidden, seeded), loss, 0.5);
        const gradients = network.gradients(batch);
        network.layers.forEach(({ parameters }, i) => {
          for (const [name, values] of Object.entries(parameters)) {
            const expected = finiteDifferences(() => network.loss(batch), values);
            const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
            expect(largest).toBeGreaterThan(1e-3);
            expected.forEach((value, j) => {
              expect(Math.abs(gradients[i][name][j] - value)).toBeLessThan(1e-8 * Math.max(1, largest));
            });
          }
        });
      },
    );
  });

  test('has losses that vanish at a perfect answer, and no negative ones', () => {
    expect(losses.softmaxCrossEntropy.row(Float64Array.of(0, 40, 0), [1])).toBeLessThan(1e-15);
    expect(losses.sigmoidCrossEntropy.row(Float64Array.of(40, -40), [1, 0])).toBeLessThan(1e-15);
    expect(losses.squaredError.row(Float64Array.of(0.25, 3), [0.25, 3])).toBe(0);
    expect(losses.softmaxCrossEntropy.row(Float64Array.of(0, 0), [1])).toBeCloseTo(Math.log(2), 15);
    expect(losses.sigmoidCrossEntropy.row(Float64Array.of(0, 0), [1, 0])).toBeCloseTo(2 * Math.log(2), 15);
    expect(losses.squaredError.row(Float64Array.of(1, 3), [0, 5])).toBe(2.5);
  });
});

describe('a constant gradient, in float64,', () => {
  const descend = (optimizer: (w: Float64Array, g: Float64Array) => void, steps: number): number => {
    const w = Float64Array.of(0);
    for (let t = 0; t < steps; t++) optimizer(w, Float64Array.of(2));
    return w[0];
  };

  test('takes sgd rate · gradient at every step', () => {
    expect(descend(sgd({ rate: 0.25 }), 8)).toBe(-4);
  });

  test('lets momentum gather a geometric series, and Nesterov look one step ahead', () => {
    // v_t = −lr g (1 + … + μ^(t − 1)): −1, −1.5, −1.75; Nesterov adds μ v − lr g: −1.5, −1.75, −1.875.
    expect(descend(momentum({ rate: 0.5, momentum: 0.5 }), 3)).toBe(-4.25);
    expect(descend(momentum({ rate: 0.5, momentum: 0.5, nesterov: true }), 3)).toBe(-5.125);
  });

  test('moves Adam by about the rate at every step: both corrected moments are those of the gradient', () => {
    const epsilon = 0.01;
    const expected = [1, 2, 3].reduce((w, t) => {
      const root = Math.sqrt(1 - 0.999 ** t);
      return w - (0.1 * root * 2) / (root * 2 + epsilon);
    }, 0);
    expect(descend(adam({ rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon }), 3)).toBeCloseTo(expected, 14);
  });
});
