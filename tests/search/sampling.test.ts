import {
  distributions,
  LabelBinarizer,
  MLPClassifier,
  MLPRegressor,
  Perceptron,
  StandardScaler,
  ValueError,
} from 'lamella';
import { crossValPredict, crossValScore, gridSearch, pipeline, randomizedSearch, rocAucScore } from 'lamella';
import { loadIris } from 'lamella/datasets';
import { describe, expect, test } from 'vitest';
import { drawn } from '../../src/search/grid.js';
import { RandomState } from '../../src/random.js';
import { readGolden } from '../data/goldens.js';

/** tests/goldens/sklearn_sampler.py says what the members are. */
interface Case {
  readonly space: Record<string, unknown[] | Record<string, number | [number, number]>>;
  readonly nIter: number;
  readonly randomState: number;
  readonly drawn: Record<string, unknown[]>;
}

const { cases } = readGolden<{ cases: Case[] }>('sklearn_sampler');

function axisOf(axis: Case['space'][string]) {
  if (Array.isArray(axis)) return axis;
  const [[kind, argument]] = Object.entries(axis);
  if (kind === 'range') return Array.from({ length: argument as number }, (_, i) => i);
  const [low, high] = argument as [number, number];
  return distributions[kind as keyof typeof distributions](low, high);
}

describe('sets of options are those of ParameterSampler', () => {
  test.each(
    cases.map((each) => [Object.keys(each.space).join(' '), each.nIter, each.randomState, each] as const),
  )('%s, %d of seed %d', (_names, nIter, randomState, recorded) => {
    const space = Object.fromEntries(
      Object.entries(recorded.space).map(([name, axis]) => [name, axisOf(axis)]),
    );
    const sets = drawn('randomizedSearch', space as never, nIter, new RandomState(randomState));
    for (const [name, values] of Object.entries(recorded.drawn)) {
      const own = sets.map((set) => set[name]);
      if (name !== 'alpha') expect(own).toEqual(values);
      // scipy 1.10 takes a power where the logarithm is exponentiated here.
      else own.forEach((value, i) => expect((value as number) / (values[i] as number)).toBeCloseTo(1, 13));
    }
  });

  test('and no more than can be tried, or counted', async () => {
    const x = [[0], [1], [2], [3]];
    const y = [0, 1, 0, 1];
    const search = (space: object, nIter: number) =>
      randomizedSearch(new Perceptron(), space as never, x, y, { nIter, cv: 2 });
    await expect(search({ eta0: distributions.uniform(1, 2) }, 2 ** 31)).rejects.toThrow(
      'randomizedSearch: nIter must be at most 1000000 sets of options, but received 2147483648.',
    );
    const long = Array.from({ length: 3000 }, (_, i) => i + 1);
    const grid = { eta0: long, maxIter: long };
    await expect(gridSearch(new Perceptron(), grid, x, y)).rejects.toThrow(
      'gridSearch: grid must be at most 1000000 sets of options, but received 9000000.',
    );
    await expect(search({ ...grid, alpha: long, l1Ratio: long, nIterNoChange: long }, 3)).rejects.toThrow(
      'randomizedSearch: distributions must have at most 2^53 combinations',
    );
  });
});

const { x: rows, y: species } = loadIris();
const x = { data: rows.data.subarray(200), shape: [100, 4] };
const y = Array.from(species).slice(50);

describe('scoring by ROC AUC', () => {
  const options = { cv: 4, scoring: 'roc_auc' };

  test('goes by decisionFunction where there is no predictProba', async () => {
    const perceptron = new Perceptron({ randomState: 0 });
    const scores = await crossValScore(perceptron, x, y, options);
    const decisions = await crossValPredict(perceptron, x, y, { cv: 4, method: 'decisionFunction' });
    expect(scores).toHaveLength(4);
    expect(rocAucScore(y, decisions)).toBeGreaterThan(0.5);
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    const found = await gridSearch(perceptron, { eta0: [0.1, 1] }, x, y, options);
    expect(found.bestScore).toBe(Math.max(...found.results.map(({ meanScore }) => meanScore)));
    const piped = await crossValScore(pipeline([new StandardScaler(), perceptron]), x, y, options);
    expect(piped.every((score) => score > 0.5)).toBe(true);
  });

  test('is the area under the decisions of each fold', async () => {
    const order = Array.from({ length: 100 }, (_, i) => i);
    const test = Int32Array.from(order.filter((i) => i % 4 === 0));
    const train = Int32Array.from(order.filter((i) => i % 4 !== 0));
    const pick = (list: Int32Array) => Array.from(list, (i) => Array.from(x.data.subarray(4 * i, 4 * i + 4)));
    const [score] = await crossValScore(new Perceptron({ randomState: 3 }), x, y, {
      ...options,
      cv: [{ train, test }],
    });
    const fitted = await new Perceptron({ randomState: 3 }).fit(
      pick(train),
      Array.from(train, (i) => y[i]),
    );
    expect(score).toBe(
      rocAucScore(
        Array.from(test, (i) => y[i]),
        fitted.decisionFunction(pick(test)),
      ),
    );
  });

  test('looks for methods after fit', async () => {
    class Late {
      classes: number[] = [];
      predictProba?: (rows: number[][]) => number[][];
      fit() {
        this.classes = [1, 2];
        this.predictProba = (given) => given.map(([a]) => [1 - a / 10, a / 10]);
        return this;
      }
      predict = (given: number[][]) => given.map(() => 1);
      getParams = () => ({});
    }
    const nested = Array.from({ length: 100 }, (_, i) => Array.from(x.data.subarray(4 * i, 4 * i + 4)));
    const cv = { kind: 'stratifiedKFold', nSplits: 4 } as const;
    const scores = await crossValScore(new Late() as never, nested, y, { ...options, cv });
    expect(scores.every((score) => score > 0.5)).toBe(true);
    const proba = await crossValPredict(new Late() as never, nested, y, { cv, method: 'predictProba' });
    expect(proba).toHaveLength(100);
    await expect(
      crossValPredict(new Late() as never, nested, y, { cv, method: 'decisionFunction' }),
    ).rejects.toThrow("crossValPredict: method 'decisionFunction' needs an estimator that has it.");
  });

  test('needs one of both', async () => {
    const regressor = new MLPRegressor({ hiddenLayerSizes: [2], maxIter: 1, onWarning: () => {} });
    await expect(crossValScore(regressor, x, y, options)).rejects.toThrow(
      "crossValScore: scoring 'rocAuc' needs an estimator with predictProba or decisionFunction.",
    );
    const perceptron = new Perceptron();
    await expect(crossValScore(perceptron, x, y, { scoring: 'neg_log_loss' })).rejects.toThrow(
      "crossValScore: scoring 'negLogLoss' needs an estimator with predictProba.",
    );
  });
});

describe('errorScore', () => {
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [2],
    maxIter: 1,
    randomState: 0,
    onWarning: () => {},
  });
  const failing = (_estimator: unknown, given: { shape: number[] }): number => {
    if (given.shape[0] === 50) throw new RangeError('no score for 50 rows');
    return 0.5;
  };

  test('covers a scorer that throws', async () => {
    const options = { cv: 2, scoring: failing as never, refit: false, returnTrainScore: true };
    const one = await gridSearch(classifier, { alpha: [1, 2] }, x, y, { ...options, cv: 4, errorScore: -1 });
    expect(one.results[0].scores).toEqual([0.5, 0.5, 0.5, 0.5]);
    const { results } = await gridSearch(classifier, { alpha: [1, 2] }, x, y, { ...options, errorScore: -1 });
    expect(results.map(({ scores, trainScores, errors }) => [scores, trainScores, errors])).toEqual(
      Array(2).fill([[-1, -1], [-1, -1], Array(2).fill('no score for 50 rows')]),
    );
    await expect(crossValScore(classifier, x, y, { cv: 2, scoring: failing as never })).rejects.toThrow(
      RangeError,
    );
    expect(
      await crossValScore(classifier, x, y, { cv: 2, scoring: failing as never, errorScore: NaN }),
    ).toEqual([NaN, NaN]);
  });

  test('covers a scorer that gives no number', async () => {
    const scoring = (() => 'good') as never;
    expect(await crossValScore(classifier, x, y, { cv: 2, scoring, errorScore: 0 })).toEqual([0, 0]);
    await expect(crossValScore(classifier, x, y, { cv: 2, scoring })).rejects.toThrow(
      "crossValScore: scoring must give a number, but received 'good'.",
    );
  });

  test('does not cover an abort', async () => {
    const controller = new AbortController();
    const scoring = (() => {
      controller.abort(new Error('enough'));
      throw new Error('late');
    }) as never;
    const options = { cv: 2, scoring, errorScore: 0, signal: controller.signal };
    await expect(crossValScore(classifier, x, y, options)).rejects.toThrow(/enough|late/);
  });
});

test('LabelBinarizer refuses fractions', () => {
  expect(() => new LabelBinarizer().fit([0.5, 1.5])).toThrow(ValueError);
  const binarizer = new LabelBinarizer().fit([1, 2, 3]);
  for (const call of [() => binarizer.fit([1, 2.5]), () => binarizer.transform([1, 2.5])]) {
    expect(call).toThrow(
      'LabelBinarizer: y must hold labels (strings, booleans or integers), but received 2.5.',
    );
  }
  expect(binarizer.classes).toEqual([1, 2, 3]);
});
