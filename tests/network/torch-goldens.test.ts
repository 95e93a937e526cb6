import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../helpers/allclose.js';
import { everyThird } from '../helpers/combinations.js';
import type { KernelVariant } from '../helpers/wasm.js';
import type { TorchCase } from './torch.js';
import { goldens, train } from './torch.js';

/** Of a loss relative to itself, of a weight or prediction relative to the largest of its array. */
const MOST = 2e-5;

const cases = goldens.cases.map((golden) => [golden.name, golden] as const);

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The largest difference, relative to the largest expected value. */
function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const differences = expected.map((value, i) => value - actual[i]);
  return differences.some(Number.isNaN) ? Infinity : largest(differences) / largest(expected);
}

function compare(variant: KernelVariant, golden: TorchCase): void {
  const { losses, weights, predicted } = train(variant, golden);
  golden.losses.forEach((loss, epoch) => {
    expect(Math.abs(losses[epoch] / loss - 1), `loss of epoch ${epoch + 1}`).toBeLessThanOrEqual(MOST);
  });
  golden.weights.flat().forEach((array, i) => {
    expect(distance(weights[i], array), `array ${i}`).toBeLessThanOrEqual(MOST);
  });
  expect(distance(predicted, golden.predicted), 'predictions').toBeLessThanOrEqual(MOST);
}

describe.each(['base', 'relaxed'] as const)(
  'training in %s gives what PyTorch gives in float64',
  (variant) => {
    const chosen = variant === 'base' ? cases : everyThird(cases);
    test.each(chosen)('%s', (_, golden) => compare(variant, golden));
  },
);

describe('the goldens', () => {
  test('reach every activation, loss, optimizer and constraint that has a name', () => {
    const known = (pick: (golden: TorchCase) => unknown[]): number =>
      new Set(goldens.cases.flatMap(pick).filter(Boolean)).size;
    expect(known(({ layers }) => layers.map(({ activation }) => activation))).toBe(17);
    expect(known(({ loss }) => [loss])).toBe(14);
    expect(known(({ optimizer }) => [optimizer.name])).toBe(9);
    expect(known(({ layers }) => layers.map(({ kernelConstraint }) => kernelConstraint?.name))).toBe(4);
    expect(goldens.cases).toHaveLength(232);
  });

  test('all move weights by more than what is tolerated', () => {
    for (const golden of goldens.cases) {
      const moved = golden.weights.flat().map((array, i) => {
        const start = goldens.starts[golden.start].flat()[i].data;
        return distance(start, array as number[]);
      });
      expect(largest(moved), golden.name).toBeGreaterThan(5 * MOST);
    }
  });

  test('train to the same bits whether the data set lies in the arena or is gathered from the caller', () => {
    const chosen = goldens.cases.filter(({ name }) => /batches of 4|^one layer|classWeight/.test(name));
    expect(chosen.length).toBeGreaterThan(8);
    for (const golden of chosen) {
      const [inside, outside] = [train('base', golden), train('base', golden, false)];
      expectSameBits(outside.losses, inside.losses, golden.name);
      outside.weights.forEach((array, i) => expectSameBits(array, inside.weights[i], golden.name));
    }
  });
});
