import { describe, expect, test } from 'vitest';
import {
  accuracyScore,
  classificationReport,
  confusionMatrix,
  f1Score,
  logLoss,
  meanSquaredError,
  precisionScore,
  r2Score,
  rocAucScore,
} from '../../src/data/scores.js';
import { formatFixed } from '../../src/data/scores/report.js';
import { type LamellaError, ShapeError, ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';

describe('scores', () => {
  test('take predictions in every form that predict has', () => {
    expect(accuracyScore([0, 1, 1], Uint8Array.of(0, 1, 0))).toBe(2 / 3);
    expect(accuracyScore([[0], [1]], ndarray([0, 1], [2, 1]))).toBe(1);
    expect(meanSquaredError([[1], [2]], Float32Array.of(1, 4))).toBe(2);
    expect(rocAucScore(['a', 'b'], ndarray([0.9, 0.1, 0.2, 0.8], [2, 2]))).toBe(1);
  });

  test('count rows of several labels as right if all are', () => {
    const yTrue = ndarray([1, 0, 1, 1], [2, 2]);
    expect(accuracyScore(yTrue, ndarray([1, 0, 0, 1], [2, 2]))).toBe(0.5);
  });

  test('clip float32 probabilities at float32 precision', () => {
    expect(logLoss([0, 1], ndarray(Float32Array.of(1, 0, 1, 0), [2, 2]))).toBeCloseTo(15.942385 / 2, 5);
    expect(logLoss([0, 1], ndarray(Float64Array.of(1, 0, 1, 0), [2, 2]))).toBeCloseTo(36.04365 / 2, 5);
  });

  test('report numbers too, by class', () => {
    const report = classificationReport(['b', 'a', 'b'], ['b', 'b', 'b'], { outputDict: true });
    expect(report.classes).toEqual({
      a: { precision: 0, recall: 0, f1Score: 0, support: 1 },
      b: { precision: 2 / 3, recall: 1, f1Score: 0.8, support: 2 },
    });
    expect(report.accuracy).toBeCloseTo(2 / 3, 12);
    expect(report.weightedAvg.support).toBe(3);
    const part = classificationReport([0, 1, 2], [0, 1, 1], { labels: [2, 0], outputDict: true });
    expect(part.microAvg!.recall).toBe(0.5);
    expect(part.accuracy).toBeUndefined();
  });

  test('round ties in text to even, as Python does', () => {
    const rounded = [0.125, 0.375, 0.625, 2.675, 0.005, -0.125].map((value) => formatFixed(value, 2));
    expect(rounded).toEqual(['0.12', '0.38', '0.62', '2.67', '0.01', '-0.12']);
    expect([0.5, 1.5, 2.5].map((value) => formatFixed(value, 0))).toEqual(['0', '2', '2']);
  });
});

describe('scores refuse', () => {
  test.each<[string, () => unknown, new (message: string) => LamellaError, string]>([
    [
      'unequal lengths',
      () => accuracyScore([0, 1], [0]),
      ShapeError,
      'accuracyScore: yPred must have as many rows as yTrue, 2, but received 1.',
    ],
    [
      'no rows',
      () => f1Score([], []),
      ShapeError,
      'f1Score: yTrue must have at least 1 row, but received none.',
    ],
    [
      'text for numbers',
      () => confusionMatrix([0, 1], ['0', '1']),
      ValueError,
      "confusionMatrix: yPred must hold numbers, as yTrue does, but received '0'.",
    ],
    [
      'fractions',
      () => accuracyScore([0, 1], [0.5, 1]),
      ValueError,
      'accuracyScore: yTrue and yPred must hold labels (strings, booleans or whole numbers), but received 0.5.',
    ],
    [
      'rows of labels without an average',
      () => f1Score([[0, 1]], [[0, 1]]),
      ValueError,
      "f1Score: average must be 'micro', 'macro', 'weighted', null or 'samples' for rows of several labels, but received 'binary'.",
    ],
    [
      'rows of labels on one side',
      () => accuracyScore([[0, 1]], [0]),
      ShapeError,
      'accuracyScore: yPred must have as many labels per row as yTrue, 2, but received 1.',
    ],
    [
      'many classes without an average',
      () => precisionScore([0, 1, 2], [0, 1, 2]),
      ValueError,
      "precisionScore: average must be 'micro', 'macro', 'weighted' or null for the 3 classes that occur, but received 'binary'.",
    ],
    [
      'text without a positive label',
      () => precisionScore(['a', 'b'], ['a', 'b']),
      ValueError,
      "precisionScore: posLabel must be one of the classes ['a', 'b'], but received 1.",
    ],
    [
      'labels twice',
      () => confusionMatrix([0, 1], [0, 1], { labels: [0, 0] }),
      ValueError,
      'confusionMatrix: labels must be an array of at least 1 label, each once, but received [0, 0].',
    ],
    [
      'labels of no row',
      () => confusionMatrix([0, 1], [0, 1], { labels: [7] }),
      ValueError,
      'confusionMatrix: labels must hold at least one label of yTrue, but received [7].',
    ],
    [
      'too few names',
      () => classificationReport([0, 1], [0, 1], { targetNames: ['zero'] }),
      ShapeError,
      'classificationReport: targetNames must hold a name for each of the 2 labels, but received 1.',
    ],
    [
      'weights of other rows',
      () => accuracyScore([0, 1], [0, 1], { sampleWeight: [1] }),
      ShapeError,
      'sampleWeight must have one weight for each of the 2 rows, but received the shape (1).',
    ],
    [
      'an unknown option',
      () => f1Score([0, 1], [0, 1], { zero_division: 1 } as object),
      ValueError,
      "f1Score: 'zero_division' is not an option; did you mean 'zeroDivision'?",
    ],
    [
      'one class for a log loss',
      () => logLoss([1, 1], [0.2, 0.4]),
      ValueError,
      'logLoss: yTrue must hold at least 2 classes, but received only the class 1; name all classes by { labels: [...] }.',
    ],
    [
      'probabilities of other classes',
      () => logLoss([0, 1, 2], ndarray([1, 0, 0, 1, 1, 0], [3, 2])),
      ShapeError,
      'logLoss: yProba must have a column for each of the 3 classes [0, 1, 2], but received 2.',
    ],
    [
      'a label that is not among the labels',
      () => logLoss([0, 3], [0.2, 0.4], { labels: [0, 1] }),
      ValueError,
      'logLoss: yTrue must hold only the labels [0, 1], but received 3.',
    ],
    [
      'an area of one class',
      () => rocAucScore([1, 1], [0.2, 0.4]),
      ValueError,
      'rocAucScore: yTrue needs both classes, but all 2 rows are 1.',
    ],
    [
      'NaN for a score',
      () => rocAucScore([0, 1], [0.2, NaN]),
      ValueError,
      'rocAucScore: yScore must hold finite numbers, but received NaN in row 1.',
    ],
    [
      'areas of many classes without saying how',
      () => rocAucScore([0, 1, 2], ndarray([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])),
      ValueError,
      "rocAucScore: multiClass must be 'ovr' or 'ovo' for 3 classes, but received none.",
    ],
    [
      'infinite values',
      () => r2Score([1, 2], [1, Infinity]),
      ValueError,
      'r2Score: yPred must hold finite numbers, but received Infinity in row 1.',
    ],
    [
      'another number of outputs',
      () => meanSquaredError([[1, 2]], [[1]]),
      ShapeError,
      'meanSquaredError: yPred must have as many outputs as yTrue, 2, but received 1.',
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});

test('an area says which class all rows have', () => {
  expect(() => rocAucScore([1, 1, 1], [0.2, 0.3, 0.4])).toThrow(
    'rocAucScore: yTrue needs both classes, but all 3 rows are 1.',
  );
  expect(() => rocAucScore(['b', 'b'], [0.2, 0.3], { labels: ['a', 'b'] })).toThrow("all 2 rows are 'b'.");
});
