import { describe, expect, test } from 'vitest';
import * as scores from '../../src/data/scores.js';
import { descending } from '../../src/data/scores/thresholds.js';
import { type LamellaError, ShapeError, ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';
import { RandomState } from '../../src/random.js';

describe('curves, ranks and errors refuse', () => {
  test.each<[string, () => unknown, new (message: string) => LamellaError, string]>([
    [
      'a curve of labels without a positive one',
      () => scores.rocCurve(['no', 'yes'], [0.2, 0.4]),
      ValueError,
      "rocCurve: posLabel must name the positive one of the classes ['no', 'yes'], but received undefined.",
    ],
    [
      'a positive label of another type',
      () => scores.precisionRecallCurve([0, 1], [0.2, 0.4], { posLabel: '1' }),
      ValueError,
      "precisionRecallCurve: posLabel must name the positive one of the classes [0, 1], but received '1'.",
    ],
    [
      'fractions as labels of a curve',
      () => scores.rocCurve([0.5, 1], [0.2, 0.4], { posLabel: 1 }),
      ValueError,
      'rocCurve: yTrue must hold labels (strings, booleans or whole numbers), but received 0.5.',
    ],
    [
      'two columns for a curve',
      () => scores.rocCurve([0, 1], ndarray([0.9, 0.1, 0.2, 0.8], [2, 2])),
      ShapeError,
      'rocCurve: yScore must have one column, that of the positive class, but received 2.',
    ],
    [
      'NaN in scores of a curve',
      () => scores.rocCurve([0, 1], [0.2, NaN]),
      ValueError,
      'rocCurve: yScore must hold finite numbers, but received NaN in row 1.',
    ],
    [
      'no rows for a curve',
      () => scores.precisionRecallCurve([], []),
      ShapeError,
      'precisionRecallCurve: yTrue must have at least 1 row, but received none.',
    ],
    [
      'weights that are all 0',
      () => scores.rocCurve([0, 1], [0.2, 0.4], { sampleWeight: [0, 0] }),
      ValueError,
      'sampleWeight must hold at least one weight > 0, but received only zeros.',
    ],
    [
      'scores that are no probabilities in bins',
      () => scores.calibrationCurve([0, 1], [0.2, 1.5]),
      ValueError,
      'calibrationCurve: yProba must hold probabilities from 0 to 1, but received 1.5 in row 1.',
    ],
    [
      'three classes in bins',
      () => scores.calibrationCurve([0, 1, 2], [0.2, 0.4, 0.6], { posLabel: 1 }),
      ValueError,
      'calibrationCurve: yTrue must hold at most 2 classes, but received [0, 1, 2].',
    ],
    [
      'no bins',
      () => scores.calibrationCurve([0, 1], [0.2, 0.4], { nBins: 0 }),
      ValueError,
      'calibrationCurve: nBins must be an integer >= 1 and <= 1000000, but received 0.',
    ],
    [
      'one score per row for the precision of three classes',
      () => scores.averagePrecisionScore([0, 1, 2], [0.2, 0.4, 0.6]),
      ShapeError,
      'averagePrecisionScore: yScore must have 3 columns for these labels, but received 1.',
    ],
    [
      'a positive one of three classes',
      () => scores.averagePrecisionScore([0, 1, 2], ndarray(new Float64Array(9), [3, 3]), { posLabel: 2 }),
      ValueError,
      'averagePrecisionScore: posLabel must be omitted for more than two classes, but received 2.',
    ],
    [
      'labels that are not 0 or 1 in rows of several',
      () => scores.averagePrecisionScore([[0, 2]], [[0.1, 0.2]]),
      ValueError,
      'averagePrecisionScore: yTrue must hold 0 or 1 for every label in rows of several labels, but received 2 in row 0.',
    ],
    [
      'text in rows of several labels',
      () => scores.f1Score([['a', 'b']], [['a', 'b']], { average: 'macro' }),
      ValueError,
      "f1Score: yTrue must hold 0 or 1 for every label in rows of several labels, but received 'a' in row 0.",
    ],
    [
      'columns that rows of several labels do not have',
      () => scores.jaccardScore([[0, 1]], [[0, 1]], { average: 'macro', labels: [2] }),
      ValueError,
      'jaccardScore: labels must be numbers of columns, 0 to 1, for rows of several labels, but received 2.',
    ],
    [
      'an average over rows of one label',
      () => scores.jaccardScore([0, 1], [0, 1], { average: 'samples' }),
      ValueError,
      "jaccardScore: average must be 'micro', 'macro', 'weighted', null or 'binary' for one label per row, but received 'samples'.",
    ],
    [
      'an F-score without its weight',
      () => scores.fbetaScore([0, 1], [0, 1], {} as { beta: number }),
      ValueError,
      'fbetaScore: beta must be a number >= 0, but received undefined.',
    ],
    [
      'an F-score of a weight below 0',
      () => scores.fbetaScore([0, 1], [0, 1], { beta: -1 }),
      ValueError,
      'fbetaScore: beta must be a number >= 0, but received -1.',
    ],
    [
      'none of the best',
      () => scores.topKAccuracyScore([0, 1], [0.2, 0.4], { k: 0 }),
      ValueError,
      'topKAccuracyScore: k must be an integer >= 1, but received 0.',
    ],
    [
      'scores of other classes',
      () => scores.topKAccuracyScore([0, 1, 2], ndarray(new Float64Array(6), [3, 2])),
      ShapeError,
      'topKAccuracyScore: yScore must have a column for each of the 3 classes [0, 1, 2], but received 2.',
    ],
    [
      'a Brier score of words',
      () => scores.brierScoreLoss(['no', 'yes'], [0.2, 0.4]),
      ValueError,
      "brierScoreLoss: posLabel must name the positive one of the classes ['no', 'yes'], but received undefined.",
    ],
    [
      'a Brier score of what is no probability',
      () => scores.brierScoreLoss([0, 1], [0.2, -0.4]),
      ValueError,
      'brierScoreLoss: yProba must hold probabilities from 0 to 1, but received -0.4 in row 1.',
    ],
    [
      'a deviance of negative counts',
      () => scores.meanPoissonDeviance([1, -1], [1, 1]),
      ValueError,
      'meanPoissonDeviance: yTrue must hold numbers >= 0, but received -1 in row 1.',
    ],
    [
      'a deviance of a rate of 0',
      () => scores.meanPoissonDeviance([1, 0], [1, 0]),
      ValueError,
      'meanPoissonDeviance: yPred must hold numbers > 0, but received 0 in row 1.',
    ],
    [
      'a deviance of several outputs',
      () => scores.meanPoissonDeviance([[1, 2]], [[1, 2]]),
      ShapeError,
      'meanPoissonDeviance: yTrue must have one output, but received 2.',
    ],
    [
      'NaN among values',
      () => scores.medianAbsoluteError([1, NaN], [1, 2]),
      ValueError,
      'medianAbsoluteError: yTrue must hold finite numbers, but received NaN in row 1.',
    ],
    [
      'weights of other outputs',
      () => scores.explainedVarianceScore([[1, 2]], [[1, 2]], { multioutput: [1] }),
      ShapeError,
      'explainedVarianceScore: multioutput must hold a weight >= 0 for each of the 2 outputs, not all 0, but received [1].',
    ],
    [
      'the variance as a weight of errors',
      () => scores.rootMeanSquaredError([1], [1], { multioutput: 'varianceWeighted' }),
      ValueError,
      'rootMeanSquaredError: multioutput must be',
    ],
    [
      'kappa of another weighting',
      () => scores.cohenKappaScore([0, 1], [0, 1], { weights: 'cubic' as 'linear' }),
      ValueError,
      "cohenKappaScore: weights must be one of 'linear', 'quadratic' or null, but received 'cubic'.",
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});

describe('undefined scores', () => {
  test.each<[string, (options: object) => unknown, unknown, string]>([
    [
      'a curve without negative rows',
      (options) => scores.rocCurve([1, 1], [0.2, 0.4], options).fpr,
      Float64Array.of(NaN, NaN, NaN),
      'rocCurve: fpr is NaN without negative rows in yTrue.',
    ],
    [
      'a curve without positive rows',
      (options) => scores.rocCurve([0, 0], [0.2, 0.4], options).tpr,
      Float64Array.of(NaN, NaN, NaN),
      'rocCurve: tpr is NaN without positive rows in yTrue.',
    ],
    [
      'recall without positive rows',
      (options) => scores.precisionRecallCurve([0, 0], [0.2, 0.4], options).recall,
      Float64Array.of(1, 1, 0),
      'precisionRecallCurve: recall is 1 without positive rows in yTrue.',
    ],
    [
      'average precision without positive rows',
      (options) => scores.averagePrecisionScore([0, 0], [0.2, 0.4], options),
      0,
      'averagePrecisionScore: the score without positive rows in yTrue counts as 0.',
    ],
    [
      'kappa of one class',
      (options) => scores.cohenKappaScore(['a', 'a'], ['a', 'a'], options),
      NaN,
      'cohenKappaScore: kappa is NaN where both raters use one and the same class only.',
    ],
    [
      'the best 2 of 2 classes',
      (options) => scores.topKAccuracyScore([0, 1], [0.9, 0.1], options),
      1,
      'topKAccuracyScore: the score is perfect for any prediction with k = 2 of 2 classes.',
    ],
    [
      '0/0 of a class',
      (options) => scores.jaccardScore([0, 1], [0, 1], { ...options, labels: [0, 7], average: 'macro' }),
      0.5,
      'jaccardScore: the score of a class is 0/0, which counts as 0; choose what it counts as by { zeroDivision: 0, 1 or NaN }.',
    ],
  ])('%s', (_what, call, value, sentence) => {
    const warnings: unknown[] = [];
    expect(call({ onWarning: (each: unknown) => warnings.push(each) })).toEqual(value);
    expect(warnings).toMatchObject([{ code: 'UNDEFINED_SCORE', message: sentence }]);
  });
});

describe('scores of any form', () => {
  test('are the same for float32, bytes with a scale, columns and nested rows', () => {
    const truth = [0, 1, 1, 0];
    const bytes = { data: Uint8Array.of(51, 102, 204, 153), shape: [4], scale: 1 / 255 };
    const expected = scores.rocCurve(truth, [0.2, 0.4, 0.8, 0.6]);
    for (const form of [Float32Array.of(0.2, 0.4, 0.8, 0.6), bytes, [[0.2], [0.4], [0.8], [0.6]]]) {
      const { fpr, tpr, thresholds } = scores.rocCurve(Uint8Array.from(truth), form as never);
      expect([fpr, tpr]).toEqual([expected.fpr, expected.tpr]);
      expect([...thresholds].map((value) => value.toFixed(5))).toEqual(
        [...expected.thresholds].map((value) => value.toFixed(5)),
      );
    }
  });

  test('leave what they are given as it is', () => {
    const values = Float64Array.of(3, 1, 2);
    const predicted = Float64Array.of(1, 1, 1);
    scores.medianAbsoluteError(values, predicted);
    scores.medianAbsoluteError(values, predicted, { sampleWeight: values });
    scores.calibrationCurve([0, 1, 1], predicted, { strategy: 'quantile' });
    scores.rocCurve([0, 1, 1], values);
    expect([...values, ...predicted]).toEqual([3, 1, 2, 1, 1, 1]);
  });
});

test.each([0, 1, 2, 600, 601, 5000])('%d scores fall, equal ones in the order of the rows', (rows) => {
  const random = new RandomState(rows);
  const special = [0, -0, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 1, -1];
  const scored = Float64Array.from({ length: rows }, () => {
    const kind = random.bounded(3);
    if (kind === 0) return special[random.bounded(special.length - 1)];
    return kind === 1 ? random.bounded(20) - 10 : random.uniform(-1, 1);
  });
  const expected = [...scored.keys()].sort((a, b) => scored[b] - scored[a] || a - b);
  expect([...descending(scored)]).toEqual(expected);
});
