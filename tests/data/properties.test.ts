import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LabelBinarizer,
  LabelEncoder,
  MinMaxScaler,
  OneHotEncoder,
  RobustScaler,
  StandardScaler,
} from '../../src/index.js';
import {
  accuracyScore,
  balancedAccuracyScore,
  confusionMatrix,
  f1Score,
  precisionScore,
  recallScore,
  rocAucScore,
} from '../../src/data/scores.js';
import type { NdArray } from '../../src/ndarray.js';
import { kFold, stratifiedKFold } from '../../src/search/folds.js';

const options = { seed: 20240511, numRuns: 60 };

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const tables: fc.Arbitrary<NdArray<Float64Array>> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
  .chain((shape) =>
    fc
      .array(value, { minLength: shape[0] * shape[1], maxLength: shape[0] * shape[1] })
      .map((data) => ({ data: Float64Array.from(data), shape })),
  );
const labels = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 });
const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
  minLength: 1,
  maxLength: 40,
});

describe('for every table', () => {
  test.each([
    ['StandardScaler', () => new StandardScaler()],
    ['MinMaxScaler', () => new MinMaxScaler({ featureRange: [-2, 5] })],
    ['RobustScaler', () => new RobustScaler()],
  ])('%s leaves it as it is and gives it back from what it made of it', (_name, make) => {
    fc.assert(
      fc.property(tables, (table) => {
        const before = table.data.slice();
        const scaler = make().fit(table);
        const scaled = scaler.transform(table);
        const back = scaler.inverseTransform(scaled);
        expect(table.data).toEqual(before);
        for (let i = 0; i < before.length; i++) {
          // What is lost is relative to the largest values and to how far outside its column's spread a value
          // lies.
          const size = Math.max(1, Math.abs(scaled.data[i])) * 1e6;
          expect(Math.abs(back.data[i] - before[i]) / size).toBeLessThan(1e-12);
        }
      }),
      options,
    );
  });

  test('StandardScaler makes means 0 and variances 1, or 0 for constants', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { data, shape } = new StandardScaler().fitTransform(table);
        for (let j = 0; j < shape[1]; j++) {
          const column = [...data].filter((_value, i) => i % shape[1] === j);
          const mean = column.reduce((sum, each) => sum + each, 0) / shape[0];
          const variance = column.reduce((sum, each) => sum + (each - mean) ** 2, 0) / shape[0];
          expect(Math.abs(mean)).toBeLessThan(1e-5);
          expect(Math.min(Math.abs(variance), Math.abs(variance - 1))).toBeLessThan(1e-5);
        }
      }),
      options,
    );
  });

  test('MinMaxScaler stays within its range', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { data } = new MinMaxScaler().fitTransform(table);
        for (const each of data) expect(each >= -1e-9 && each <= 1 + 1e-9).toBe(true);
      }),
      options,
    );
  });
});

describe('for all labels', () => {
  test('encoders give them back', () => {
    fc.assert(
      fc.property(labels, (y) => {
        const encoder = new LabelEncoder();
        expect(encoder.inverseTransform(encoder.fitTransform(y))).toEqual(y);
        const binarizer = new LabelBinarizer();
        expect(binarizer.inverseTransform(binarizer.fitTransform(y))).toEqual(y);
        const rows = y.map((label, i) => [label, i % 3]);
        for (const drop of [null, 'first', 'ifBinary'] as const) {
          const oneHot = new OneHotEncoder({ drop });
          const encoded = oneHot.fit(rows).transform(rows);
          if (encoded.shape[1] > 0) expect(oneHot.inverseTransform(encoded)).toEqual(rows);
        }
      }),
      options,
    );
  });

  test('folds test every row once and train on the others', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 6 }), fc.nat(1e9), (y, nSplits, randomState) => {
        const counts = new Map<string, number>();
        for (const label of y) counts.set(label, (counts.get(label) ?? 0) + 1);
        const given = { nSplits, shuffle: true, randomState, onWarning: () => {} };
        const splits = [];
        if (nSplits <= y.length) splits.push(kFold(y.length, given));
        if (nSplits <= Math.max(...counts.values())) splits.push(stratifiedKFold(y, given));
        const all = y.map((_label, i) => i);
        for (const folds of splits) {
          const tested = folds.flatMap(({ test }) => [...test]);
          expect(tested.sort((a, b) => a - b)).toEqual(all);
          for (const { train, test } of folds) {
            expect([...train, ...test].sort((a, b) => a - b)).toEqual(all);
          }
        }
      }),
      options,
    );
  });
});

describe('for all predictions', () => {
  test('the confusion matrix sums to the rows, its diagonal to the right ones', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [yTrue, yPred] = [rows.map(([label]) => label), rows.map(([, label]) => label)];
        const { data, shape } = confusionMatrix(yTrue, yPred);
        const diagonal = data.filter((_count, i) => i % (shape[0] + 1) === 0);
        const sum = (list: Float64Array) => list.reduce((total, each) => total + each, 0);
        expect(sum(data)).toBe(rows.length);
        expect(sum(diagonal)).toBe(accuracyScore(yTrue, yPred, { normalize: false }));
        const transposed = confusionMatrix(yPred, yTrue).data;
        data.forEach((count, i) => {
          expect(transposed[(i % shape[0]) * shape[0] + Math.floor(i / shape[0])]).toBe(count);
        });
      }),
      options,
    );
  });

  test('scores lie between 0 and 1, and micro averages equal the accuracy', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [yTrue, yPred] = [rows.map(([label]) => label), rows.map(([, label]) => label)];
        const accuracy = accuracyScore(yTrue, yPred);
        for (const score of [precisionScore, recallScore, f1Score]) {
          expect(score(yTrue, yPred, { average: 'micro' })).toBeCloseTo(accuracy, 12);
          for (const each of score(yTrue, yPred, { average: null }))
            expect(each >= 0 && each <= 1).toBe(true);
        }
        const balanced = balancedAccuracyScore(yTrue, yPred);
        expect(balanced >= 0 && balanced <= 1).toBe(true);
      }),
      options,
    );
  });

  test('the area under the ROC curve is the share of pairs in order, ties counting half', () => {
    const scored = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(scored, (rows) => {
        const positive = rows.filter(([own]) => own).map(([, score]) => score);
        const negative = rows.filter(([own]) => !own).map(([, score]) => score);
        fc.pre(positive.length > 0 && negative.length > 0);
        let wins = 0;
        for (const p of positive) for (const n of negative) wins += p > n ? 1 : p === n ? 0.5 : 0;
        const area = rocAucScore(
          rows.map(([own]) => own),
          rows.map(([, score]) => score),
        );
        expect(area).toBeCloseTo(wins / (positive.length * negative.length), 12);
      }),
      options,
    );
  });
});
