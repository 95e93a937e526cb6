import { crossValidate, crossValScore, LamellaError, MLPRegressor, Perceptron, ValueError } from 'lamella';
import * as lamella from 'lamella';
import { describe, expect, test } from 'vitest';
import { expectNear, readGolden } from '../data/goldens.js';
import { iris } from './goldens.js';

interface Recorded {
  readonly data: string;
  readonly params: object;
  readonly scoring: string | string[];
  readonly cv: number | { readonly split: 'repeatedStratifiedKFold'; readonly options: object };
  readonly testScore: Record<string, number[]>;
  readonly trainScore: Record<string, number[]>;
}

const { validations } = readGolden<{ validations: Recorded[] }>('sklearn_folds');
const { x, y } = iris();
const model = () => new Perceptron({ randomState: 0, onWarning: () => {} });

describe('crossValidate equals scikit-learn', () => {
  test.each(validations.map((each) => [each.data, JSON.stringify([each.scoring, each.cv]), each] as const))(
    '%s %s',
    async (data, _scoring, { params, scoring, cv, testScore, trainScore }) => {
      const targets = data === 'iris' ? y : y.map((label) => (label === 2 ? 1 : 0));
      const folds = typeof cv === 'number' ? cv : lamella[cv.split](targets, cv.options);
      const estimator = new Perceptron({ ...params, onWarning: () => {} });
      const options = { scoring, cv: folds, returnTrainScore: true };
      const result = await crossValidate(estimator, x, targets, options);
      const named = (scores: unknown) => (typeof scoring === 'string' ? { score: scores } : scores);
      for (const [part, expected] of [
        [named(result.testScore), testScore],
        [named(result.trainScore), trainScore],
      ] as [Record<string, number[]>, Record<string, number[]>][]) {
        expect(Object.keys(part)).toEqual(Object.keys(expected));
        for (const [name, scores] of Object.entries(expected)) expectNear(part[name], scores, name);
      }
    },
  );
});

describe('crossValidate', () => {
  test('gives one score per fold by the own score of the estimator, with times', async () => {
    const result = await crossValidate(model(), x, y, { cv: 3 });
    expect(result.testScore).toEqual(await crossValScore(model(), x, y, { cv: 3 }));
    expect(Object.keys(result)).toEqual(['testScore', 'fitTimeMs', 'scoreTimeMs']);
    for (const times of [result.fitTimeMs, result.scoreTimeMs]) {
      expect(times).toHaveLength(3);
      expect(times.every((time) => time >= 0)).toBe(true);
    }
  });

  test('takes scorers by name and function, which give the scores of single ones', async () => {
    const ones = (estimator: lamella.Estimator, rows: unknown) =>
      (estimator.predict(rows) as number[]).filter((label) => label === 1).length;
    const scoring = { macro: 'f1_macro', ones, own: null };
    const { testScore } = await crossValidate(model(), x, y, { cv: 4, scoring });
    const macro: number[] = testScore.macro;
    expect(macro).toEqual(await crossValScore(model(), x, y, { cv: 4, scoring: 'f1Macro' }));
    expect(testScore.ones).toEqual(await crossValScore(model(), x, y, { cv: 4, scoring: ones }));
    expect(testScore.own).toEqual(await crossValScore(model(), x, y, { cv: 4 }));
  });

  test('predicts the rows once for all named scorers', async () => {
    let calls = 0;
    class Counting extends Perceptron {
      override predict(rows: lamella.ArrayInput) {
        calls++;
        return super.predict(rows);
      }
    }
    const estimator = new Counting({ randomState: 0, onWarning: () => {} });
    await crossValidate(estimator, x, y, { cv: 2, scoring: ['accuracy', 'f1Macro', 'recallMacro'] });
    expect(calls).toBe(2);
  });

  test('returns the fitted estimators', async () => {
    const { estimators, testScore } = await crossValidate(model(), x, y, { cv: 3, returnEstimator: true });
    const folds = lamella.stratifiedKFold(y, { nSplits: 3 });
    estimators!.forEach((fitted: Perceptron, i) => {
      const rows = [...folds[i].test].map((row) => Array.from(x.data.subarray(4 * row, 4 * row + 4)));
      expect(
        fitted.score(
          rows,
          Array.from(folds[i].test, (row) => y[row]),
        ),
      ).toBe(testScore[i]);
    });
  });

  test('scores what fails by errorScore, and says why', async () => {
    const fail = () => {
      throw new Error('no score today');
    };
    const options = { cv: 2, errorScore: -1, returnTrainScore: true } as const;
    const result = await crossValidate(model(), x, y, { ...options, scoring: { fail, own: null } });
    expect(result.testScore.fail).toEqual([-1, -1]);
    expect(result.trainScore!.fail).toEqual([-1, -1]);
    expect(result.testScore.own[0]).toBeGreaterThan(0.5);
    expect(result.errors).toEqual(['no score today', 'no score today']);
    const unfit = await crossValidate(model(), x, new Uint8Array(150), {
      ...options,
      scoring: ['accuracy', 'f1'],
    });
    expect(unfit.testScore).toEqual({ accuracy: [-1, -1], f1: [-1, -1] });
    expect(unfit.errors).toHaveLength(2);
    await expect(crossValidate(model(), x, y, { scoring: { fail } })).rejects.toThrow('no score today');
  });

  test('stops when its signal aborts', async () => {
    const controller = new AbortController();
    const onTrial = () => controller.abort(new Error('enough'));
    await expect(crossValidate(model(), x, y, { signal: controller.signal, onTrial })).rejects.toThrow(
      'enough',
    );
  });

  test.each<[unknown, string]>([
    [
      'matthews',
      "crossValidate: scoring must be a function, null or one of 'accuracy', 'balancedAccuracy', 'matthewsCorrcoef',",
    ],
    [[], 'crossValidate: scoring must name at least 1 scorer, and each once, but received [].'],
    [{}, 'crossValidate: scoring must name at least 1 scorer, and each once, but received an object.'],
    [
      ['f1', 'f1'],
      "crossValidate: scoring must name at least 1 scorer, and each once, but received ['f1', 'f1'].",
    ],
    [['accuracy', 'f2'], "but received 'f2'"],
    [{ a: 'accuracy', b: 'f2' }, "but received 'f2'"],
  ])('refuses the scoring %o', async (scoring, message) => {
    const run = crossValidate(model(), x, y, { scoring: scoring as string });
    await expect(run).rejects.toThrow(ValueError);
    await expect(run).rejects.toThrow(message);
  });

  test('refuses unknown options before the first fit', async () => {
    await expect(crossValidate(model(), x, y, { returnTrainScores: true } as object)).rejects.toThrow(
      "crossValidate: 'returnTrainScores' is not an option; did you mean 'returnTrainScore'?",
    );
  });
});

describe('scorers', () => {
  const values = Array.from({ length: 40 }, (_, i) => [i / 40, (i % 7) / 7]);
  const targets = values.map(([a, b]) => 1 + 2 * a + b);

  test.each([
    ['negMedianAbsoluteError', (t: number[], p: Float32Array) => -lamella.medianAbsoluteError(t, p)],
    ['negRootMeanSquaredError', (t: number[], p: Float32Array) => -lamella.rootMeanSquaredError(t, p)],
    [
      'negMeanAbsolutePercentageError',
      (t: number[], p: Float32Array) => -lamella.meanAbsolutePercentageError(t, p),
    ],
    ['negMeanPoissonDeviance', (t: number[], p: Float32Array) => -lamella.meanPoissonDeviance(t, p)],
    ['explainedVariance', (t: number[], p: Float32Array) => lamella.explainedVarianceScore(t, p)],
  ] as const)('%s is that of the predictions, the higher the better', async (name, score) => {
    const regressor = new MLPRegressor({ solver: 'lbfgs', maxIter: 30, randomState: 1, onWarning: () => {} });
    const folds = lamella.kFold(40, { nSplits: 2 });
    const run = { cv: folds, scoring: name, returnEstimator: true };
    const { testScore, estimators } = await crossValidate(regressor, values, targets, run);
    estimators!.forEach((fitted, i) => {
      const own = Array.from(folds[i].test, (row) => values[row]);
      const predicted = fitted.predict(own) as Float32Array;
      expect(testScore[i]).toBe(
        score(
          Array.from(folds[i].test, (row) => targets[row]),
          predicted,
        ),
      );
    });
  });

  test.each([
    ['negBrierScore', 2],
    ['averagePrecision', 2],
    ['topKAccuracy', 3],
    ['averagePrecision', 3],
    ['negBrierScore', 3],
    ['rocAucOvrWeighted', 3],
    ['rocAucOvoWeighted', 3],
    ['jaccardMacro', 3],
  ])('%s scores a classifier of %d classes', async (scoring, classes) => {
    const labels = y.map((label) => Math.min(label, classes - 1));
    const options = { hiddenLayerSizes: [8], solver: 'lbfgs', maxIter: 40, randomState: 0 } as const;
    const estimator = new lamella.MLPClassifier({ ...options, onWarning: () => {} });
    const { testScore } = await crossValidate(estimator, x, labels, { cv: 3, scoring });
    const good = scoring === 'negBrierScore' ? -0.2 : 0.8;
    expect(testScore.every((score) => score > good && score <= (good < 0 ? 0 : 1))).toBe(true);
  });

  test('averagePrecision of text needs a positive class', async () => {
    const words = Array.from(y, (label) => (label === 2 ? 'yes' : 'no'));
    await expect(crossValScore(model(), x, words, { scoring: 'averagePrecision' })).rejects.toThrow(
      LamellaError,
    );
  });
});
