import { describe, expect, test } from 'vitest';
import {
  classificationReport,
  f1Score,
  logLoss,
  precisionScore,
  recallScore,
} from '../../src/data/scores.js';
import { trainTestSplit } from '../../src/data/split.js';
import { ValueError } from '../../src/errors.js';

// Version 1.2.1, which the goldens come from, answers otherwise here: values are worked out from 1.9's rules.

describe('zeroDivision: NaN', () => {
  // Class 0 is predicted once, rightly; class 1 is never predicted; class 2 does not occur but is predicted.
  const truth = [0, 0, 1];
  const predicted = [0, 2, 2];

  test('stands for 0/0 of a class', () => {
    const options = { average: null, zeroDivision: NaN } as const;
    expect(precisionScore(truth, predicted, options)).toEqual(Float64Array.of(1, NaN, 0));
    expect(recallScore(truth, predicted, options)).toEqual(Float64Array.of(0.5, 0, NaN));
    expect(f1Score(truth, predicted, options)).toEqual(Float64Array.of(2 / 3, 0, 0));
  });

  test('is left out of averages', () => {
    const macro = { average: 'macro', zeroDivision: NaN } as const;
    expect(precisionScore(truth, predicted, macro)).toBe(1 / 2);
    expect(recallScore(truth, predicted, macro)).toBe(1 / 4);
    expect(f1Score(truth, predicted, macro)).toBe(2 / 3 / 3);
    const weighted = { average: 'weighted', zeroDivision: NaN } as const;
    expect(precisionScore(truth, predicted, weighted)).toBe(1);
    expect(recallScore(truth, predicted, weighted)).toBe(1 / 3);
  });

  test('is the average of nothing else', () => {
    const labels = [7];
    for (const average of ['micro', 'macro', 'weighted'] as const) {
      expect(precisionScore(truth, predicted, { labels, average, zeroDivision: NaN })).toBeNaN();
      expect(f1Score(truth, predicted, { labels, average, zeroDivision: NaN })).toBeNaN();
      expect(f1Score(truth, predicted, { labels, average, zeroDivision: 1 })).toBe(1);
      expect(f1Score(truth, predicted, { labels, average })).toBe(0);
    }
  });

  test('is printed by reports', () => {
    expect(classificationReport(truth, predicted, { zeroDivision: NaN })).toBe(
      [
        '              precision    recall  f1-score   support',
        '',
        '           0       1.00      0.50      0.67         2',
        '           1        nan      0.00      0.00         1',
        '           2       0.00       nan      0.00         0',
        '',
        '    accuracy                           0.33         3',
        '   macro avg       0.50      0.25      0.22         3',
        'weighted avg       1.00      0.33      0.44         3',
        '',
      ].join('\n'),
    );
    const { classes, macroAvg } = classificationReport(truth, predicted, {
      zeroDivision: NaN,
      outputDict: true,
    });
    expect(classes['1']).toEqual({ precision: NaN, recall: 0, f1Score: 0, support: 1 });
    expect(macroAvg.precision).toBe(0.5);
  });

  test.each([2, -1, '0', null, Infinity])('may not be %s instead', (zeroDivision) => {
    expect(() => f1Score([0, 1], [0, 1], { zeroDivision: zeroDivision as number })).toThrow(ValueError);
    expect(() => f1Score([0, 1], [0, 1], { zeroDivision: zeroDivision as number })).toThrow(
      'f1Score: zeroDivision must be 0, 1 or NaN, but received',
    );
  });
});

test('weighted averages of classes without rows are plain means', () => {
  // No row is of class 2 or 3; class 2 is predicted, so its precision is 0/1 and its recall 0/0.
  const options = { labels: [2, 3], average: 'weighted', zeroDivision: 1 } as const;
  expect(precisionScore([0, 1], [0, 2], options)).toBe(0.5);
  expect(recallScore([0, 1], [0, 2], options)).toBe(1);
  expect(f1Score([0, 1], [0, 2], options)).toBe(0.5);
});

describe('logLoss', () => {
  test('takes rows as they are, and warns of the first that does not sum to 1', () => {
    const warnings: string[] = [];
    const proba = [
      [0.5, 0.5],
      [0.2, 0.4],
    ];
    const loss = logLoss([0, 1], proba, { onWarning: ({ message }) => void warnings.push(message) });
    expect(loss).toBeCloseTo(-(Math.log(0.5) + Math.log(0.4)) / 2, 14);
    expect(warnings).toEqual([
      'logLoss: yProba should hold probabilities that sum to 1 in every row, but row 1 sums to 0.6000000000000001.',
    ]);
  });

  test('refuses what is no probability', () => {
    for (const bad of [-0.1, 1.1]) {
      const proba = [
        [0.5, 0.5],
        [bad, 1 - bad],
      ];
      expect(() => logLoss([0, 1], proba)).toThrow(ValueError);
      expect(() => logLoss([0, 1], [0.5, bad])).toThrow(
        `logLoss: yProba must hold probabilities from 0 to 1, but received ${bad} in row 1.`,
      );
    }
  });
});

describe('trainTestSplit refuses', () => {
  const x = [1, 2, 3];
  test.each([1.5, 1.0000001, 0, -0.5])('the share %d', (testSize) => {
    expect(() => trainTestSplit(x, x, { testSize })).toThrow(ValueError);
    expect(() => trainTestSplit(x, x, { trainSize: testSize })).toThrow(ValueError);
  });

  test.each([true, false, 'y', 1])('%o to stratify by', (stratify) => {
    expect(() => trainTestSplit(x, x, { stratify })).toThrow(ValueError);
    expect(() => trainTestSplit(x, x, { stratify })).toThrow(
      'trainTestSplit: stratify must be the labels whose shares to keep, as in stratify: y, but received',
    );
  });

  test('shares that exceed 1 together, even where the rows would do', () => {
    expect(() => trainTestSplit(x, x, { testSize: 0.55, trainSize: 0.5 })).toThrow(
      'A split must have shares of at most 1 together, but received testSize 0.55 and trainSize 0.5.',
    );
    expect(trainTestSplit(x, x, { testSize: 0.5, trainSize: 0.5 }).xTest).toHaveLength(2);
  });
});
