import { Perceptron, ShapeError, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import {
  crossValPredict,
  crossValScore,
  gridSearch,
  learningCurve,
  randomizedSearch,
  validationCurve,
  distributions,
} from '../../src/search/model-selection.js';
import type { Estimator } from '../../src/pipeline/estimator.js';

const x = [[0], [1], [2], [3], [4], [5]];
const y = ['a', 'b', 'a', 'b', 'a', 'b'];
const perceptron = new Perceptron({ onWarning: () => {} });
const cv = 2;

describe('model selection refuses', () => {
  test.each<[string, () => Promise<unknown>, new (message: string) => Error, string]>([
    [
      'targets of another length',
      () => crossValScore(perceptron, x, ['a', 'b']),
      ShapeError,
      'crossValScore: y must have one entry for each of the 6 rows of x, but has 2.',
    ],
    [
      'an unknown scoring',
      () => crossValScore(perceptron, x, y, { scoring: 'acuracy' }),
      ValueError,
      "but received 'acuracy' (did you mean 'accuracy'?).",
    ],
    [
      'a scoring that needs probabilities where there are none',
      () => crossValScore(perceptron, x, y, { cv, scoring: 'neg_log_loss' }),
      ValueError,
      "crossValScore: scoring 'negLogLoss' needs an estimator with predictProba.",
    ],
    [
      'too many folds',
      () => crossValScore(perceptron, x, y, { cv: 4 }),
      ValueError,
      'stratifiedKFold: nSplits must be at most the number of rows of the largest class, 3, but received 4.',
    ],
    [
      'folds of rows that are not there',
      () => crossValScore(perceptron, x, y, { cv: [{ train: [0, 1] as never, test: [6] as never }] }),
      ValueError,
      'crossValScore: cv[0].test must hold row numbers from 0 to 5, but received 6.',
    ],
    [
      'an empty fold',
      () => crossValScore(perceptron, x, y, { cv: [{ train: [], test: [1] } as never] }),
      ValueError,
      'crossValScore: cv[0].train must be an array of at least 1 row number, but received [].',
    ],
    [
      'one fold',
      () => crossValScore(perceptron, x, y, { cv: 1 }),
      ValueError,
      'crossValScore: cv must be an integer >= 2, options { kind, nSplits, shuffle, randomState } or an array of { train, test }, but received 1.',
    ],
    [
      'what is no estimator',
      () => crossValScore({} as Estimator, x, y),
      ValueError,
      'crossValScore: estimator must have fit, predict and getParams, or be a function that returns such, but received an object.',
    ],
    [
      'predictions of rows that no fold tests',
      () => crossValPredict(perceptron, x, y, { cv: [{ train: [2, 3], test: [0, 1] } as never] }),
      ValueError,
      'crossValPredict: cv must test every row exactly once, but tests row 2 0 times.',
    ],
    [
      'a method that the estimator lacks',
      () => crossValPredict(perceptron, x, y, { cv, method: 'predictProba' }),
      ValueError,
      "crossValPredict: method 'predictProba' needs an estimator that has it.",
    ],
    [
      'a grid without options',
      () => gridSearch(perceptron, {}, x, y),
      ValueError,
      'gridSearch: grid must name at least 1 option, but received none.',
    ],
    [
      'no grid at all',
      () => gridSearch(perceptron, [], x, y),
      ValueError,
      'gridSearch: grid must name at least 1 option, but received none.',
    ],
    [
      'an option without values',
      () => gridSearch(perceptron, { alpha: [] }, x, y),
      ValueError,
      'gridSearch: grid must have an array of at least 1 value for alpha, but received [].',
    ],
    [
      'an option that is no list',
      () => gridSearch(perceptron, { penalty: 'l2' }, x, y),
      ValueError,
      "gridSearch: grid must have an array of at least 1 value for penalty, but received 'l2'.",
    ],
    [
      'an unknown option in a grid',
      () => gridSearch(perceptron, { alhpa: [1] }, x, y, { cv }),
      ValueError,
      "Perceptron: 'alhpa' is not an option; did you mean 'alpha'?",
    ],
    [
      'a search without distributions',
      () => randomizedSearch(perceptron, {}, x, y),
      ValueError,
      'randomizedSearch: distributions must name at least 1 option, but received none.',
    ],
    [
      'a distribution that is none',
      () => randomizedSearch(perceptron, { alpha: 1 as never }, x, y),
      ValueError,
      'randomizedSearch: distributions must have an array of at least 1 value or a function that draws one for alpha, but received 1.',
    ],
    [
      'more training rows than there are',
      () => learningCurve(perceptron, x, y, { cv, trainSizes: [2, 5] }),
      ValueError,
      'learningCurve: trainSizes must all be shares in (0, 1] or all be counts from 1 to 3, the rows that every fold trains on, but received 5.',
    ],
    [
      'a curve of nothing',
      () => validationCurve(perceptron, x, y, { paramName: 'alpha' } as never),
      ValueError,
      'validationCurve: paramName and paramRange must be given, but one of them is missing.',
    ],
    [
      'an unknown option of its own',
      () => gridSearch(perceptron, { alpha: [1] }, x, y, { folds: 3 } as object),
      ValueError,
      "gridSearch: 'folds' is not an option",
    ],
  ])('%s', async (_what, call, Kind, sentence) => {
    const promise = call();
    await expect(promise).rejects.toThrow(sentence);
    await expect(promise).rejects.toBeInstanceOf(Kind);
  });

  test('distributions without an inside', () => {
    expect(() => distributions.logUniform(0, 1)).toThrow(
      'distributions.logUniform: low and high must be numbers with 0 < low < high, but received 0 and 1.',
    );
    expect(() => distributions.integers(0.5, 1)).toThrow(
      'distributions.integers: low and high must be whole numbers with low <= high, but received 0.5 and 1.',
    );
  });

  test('an abort, with its reason, between two trials', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const trials: number[] = [];
    const onTrial = ({ number }: { number: number }) => {
      trials.push(number);
      controller.abort(reason);
    };
    const run = crossValScore(perceptron, x, y, { cv: 3, signal: controller.signal, onTrial });
    await expect(run).rejects.toBe(reason);
    expect(trials).toEqual([0]);
  });
});

describe('crossValPredict', () => {
  /** Predicts the share of each class it was trained on. */
  class Shares implements Estimator {
    classes: string[] = [];
    #shares: number[] = [];
    getParams = () => ({});
    fit(_x: unknown, y: string[]): this {
      this.classes = [...new Set(y)].sort();
      this.#shares = this.classes.map((label) => y.filter((each) => each === label).length / y.length);
      return this;
    }
    predict = (rows: unknown[]) => rows.map(() => this.classes[0]);
    predictProba(rows: unknown[]) {
      const data = Float64Array.from(rows.flatMap(() => this.#shares));
      return { data, shape: [rows.length, this.classes.length] };
    }
  }

  test('gives all classes a column, 0 where a fold did not know one', async () => {
    const folds = [
      { train: Int32Array.of(2, 3), test: Int32Array.of(0, 1) },
      { train: Int32Array.of(0, 1), test: Int32Array.of(3, 2) },
    ];
    const labels = ['b', 'c', 'a', 'a'];
    const options = { cv: folds, method: 'predictProba' } as const;
    expect(await crossValPredict(new Shares(), [[1], [2], [3], [4]], labels, options)).toEqual({
      data: Float64Array.of(1, 0, 0, 1, 0, 0, 0, 0.5, 0.5, 0, 0.5, 0.5),
      shape: [4, 3],
    });
    expect(await crossValPredict(new Shares(), [[1], [2], [3], [4]], labels, { cv: folds })).toEqual([
      'a',
      'a',
      'b',
      'b',
    ]);
  });
});
