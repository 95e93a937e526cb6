import fc from 'fast-check';
import { MLPClassifier } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import { takeRows } from '../../src/data/take.js';
import type { NdArray } from '../../src/ndarray.js';
import { RandomState } from '../../src/random.js';
import { expectWithin } from '../helpers/allclose.js';

const options = { seed: 77, numRuns: 40 };
const FEATURES = 7;

/** Rows of float32 values from a seed. */
function rowsOf(seed: number, rows: number): NdArray {
  const random = new RandomState(seed);
  const data = Float32Array.from({ length: rows * FEATURES }, () => random.uniform(-3, 3));
  return { data, shape: [rows, FEATURES] };
}

describe.each([2, 3, 5])('a classifier of %i classes', (classes) => {
  let classifier: MLPClassifier;

  beforeAll(async () => {
    const x = rowsOf(1, 90);
    const y = Array.from({ length: 90 }, (_, i) => Math.floor(Math.abs(x.data[i * FEATURES]) * 10) % classes);
    classifier = await new MLPClassifier({
      hiddenLayerSizes: [9, 6],
      activation: ['relu', 'tanh', 'logistic'][classes % 3] as 'relu',
      maxIter: 8,
      learningRateInit: 0.05,
      randomState: classes,
      onWarning: () => {},
    }).fit(x, y);
  });

  test('predicts a row alike in any order and in any batch, to the bit', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, rows, size) => {
          const x = rowsOf(seed, rows);
          const whole = classifier.predictProba(x).data;
          const order = new RandomState(seed).permutation(rows);
          const shuffled = classifier.predictProba(takeRows(x, order)).data;
          order.forEach((row, i) => {
            const own = whole.subarray(row * classes, (row + 1) * classes);
            expect(shuffled.subarray(i * classes, (i + 1) * classes)).toEqual(own);
          });
          for (let start = 0; start < rows; start += size) {
            const end = Math.min(rows, start + size);
            const batch = takeRows(
              x,
              Int32Array.from({ length: end - start }, (_, i) => start + i),
            );
            expect(classifier.predictProba(batch).data).toEqual(
              whole.subarray(start * classes, end * classes),
            );
          }
        },
      ),
      options,
    );
  });

  test('gives probabilities that sum to 1, and predicts the largest', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        (seed, rows, size) => {
          const x = rowsOf(seed, rows);
          x.data.forEach((value, i) => {
            x.data[i] = value * size;
          });
          const { data } = classifier.predictProba(x);
          const predicted = classifier.predict(x);
          expect(data.every((p) => p >= 0 && p <= 1)).toBe(true);
          const each = Array.from({ length: rows }, (_, row) =>
            data.subarray(row * classes, (row + 1) * classes),
          );
          const sums = each.map((own) => own.reduce((sum, p) => sum + p, 0));
          expectWithin(sums, new Float64Array(rows).fill(1), 1e-6, 'sums');
          expect(Array.from(predicted)).toEqual(
            each.map((own) => classifier.classes[own.indexOf(Math.max(...own))]),
          );
        },
      ),
      options,
    );
  });

  test('leaves its rows as they are', () => {
    const x = rowsOf(5, 20);
    const before = x.data.slice();
    classifier.predict(x);
    classifier.score(x, new Array<number>(20).fill(0));
    expect(x.data).toEqual(before);
  });
});
