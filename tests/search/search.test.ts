import { MLPClassifier, Perceptron } from 'lamella';
import { describe, expect, test } from 'vitest';
import { RandomState } from '../../src/random.js';
import {
  gridSearch,
  learningCurve,
  randomizedSearch,
  validationCurve,
  distributions,
} from '../../src/search/model-selection.js';
import { expectNear, type Matrix } from '../data/goldens.js';
import { estimatorOf, iris, type Recorded, rowsOf, runs } from './goldens.js';

const { x, y } = iris();
const quiet = { onWarning: () => {} };

describe('model selection equals scikit-learn', () => {
  test('gridSearch', async () => {
    const [run] = runs('gridSearch');
    const grid = run.paramGrid as Record<string, unknown[]>;
    const found = await gridSearch(estimatorOf(run), grid, x, y, { cv: run.cv });
    expect(found.results.map(({ params }) => params)).toEqual(run.tried);
    expect(found.results.map(({ rank }) => rank)).toEqual(run.rankTestScore);
    expectNear(
      found.results.map(({ meanScore }) => meanScore),
      run.meanTestScore as number[],
      'means',
    );
    expectNear(
      found.results.map(({ stdScore }) => stdScore),
      run.stdTestScore as number[],
      'deviations',
    );
    expect(found.bestIndex).toBe(run.bestIndex);
    expect(found.bestParams).toEqual(run.bestParams);
    expect(found.bestScore).toBeCloseTo(run.bestScore as number, 12);
    expect(found.bestEstimator!.score!(x, y)).toBeCloseTo(run.scoreOfBest as number, 12);
  });

  test.each(runs('learningCurve').map((run) => [JSON.stringify(run.trainSizes), run] as const))(
    'learningCurve of %s',
    async (_sizes, run) => {
      const { cv, trainSizes, shuffle, randomState } = run as Recorded & { trainSizes: number[] };
      const options = {
        cv,
        trainSizes,
        ...(shuffle ? { shuffle: true, randomState: randomState as number } : {}),
      };
      const curve = await learningCurve(estimatorOf(run), x, y, options);
      expect(curve.trainSizes).toEqual(run.trainSizesAbs);
      expectNear(curve.trainScores.data, (run.trainScores as Matrix).data, 'train');
      expectNear(curve.testScores.data, (run.testScores as Matrix).data, 'test');
      expect(curve.testScores.shape).toEqual((run.testScores as Matrix).shape);
    },
  );

  test('validationCurve', async () => {
    const [run] = runs('validationCurve');
    const { cv, paramName, paramRange } = run as Recorded & { paramName: string; paramRange: number[] };
    const curve = await validationCurve(estimatorOf(run), x, y, { cv, paramName, paramRange });
    expectNear(curve.trainScores.data, (run.trainScores as Matrix).data, 'train');
    expectNear(curve.testScores.data, (run.testScores as Matrix).data, 'test');
    expect(rowsOf(run.testScores as Matrix)).toHaveLength(paramRange.length);
  });
});

describe('gridSearch', () => {
  const small = { hiddenLayerSizes: [4], maxIter: 3, ...quiet };

  test('gives the fold scores, the training scores and an estimator fitted on all rows', async () => {
    const trials: number[] = [];
    const options = {
      cv: 2,
      returnTrainScore: true,
      scoring: 'f1_macro',
      onTrial: ({ number }: { number: number }) => void trials.push(number),
    };
    const classifier = new MLPClassifier({ ...small, maxIter: 30, randomState: 1 });
    const found = await gridSearch(classifier, { learningRateInit: [1e-5, 0.05] }, x, y, options);
    expect(trials).toEqual([0, 1, 2, 3]);
    expect(found.results[1].trainScores).toHaveLength(2);
    expect(found.bestParams).toEqual({ learningRateInit: 0.05 });
    expect(found.bestEstimator!.getParams().learningRateInit).toBe(0.05);
    expect(found.bestEstimator!.t).toBe(150 * 30);
    expect(() => classifier.classes).toThrow('fit has not been called');
  });

  test('takes several grids, classes and factories, and leaves refit out', async () => {
    const make = (params: object) => new MLPClassifier({ ...small, randomState: 0, ...params });
    const grids = [{ activation: ['tanh'] }, { solver: ['sgd', 'adam'] }];
    const found = await gridSearch(make, grids, x, y, { cv: 2, refit: false });
    expect(found.results.map(({ params }) => params)).toEqual([
      { activation: 'tanh' },
      { solver: 'sgd' },
      { solver: 'adam' },
    ]);
    expect(found.bestEstimator).toBeUndefined();
    const byClass = await gridSearch(Perceptron, { penalty: ['l1'] }, x, y, { cv: 2 });
    expect(byClass.bestEstimator).toBeInstanceOf(Perceptron);
  });

  test('gives all trials of an estimator without a seed the same one', async () => {
    const seeds = new Set<unknown>();
    const onTrial = ({ params }: { params: Record<string, unknown> }) => void seeds.add(params.randomState);
    await gridSearch(new MLPClassifier(small), { alpha: [0, 1] }, x, y, { cv: 2, onTrial });
    expect(seeds.size).toBe(1);
    expect([...seeds][0]).toEqual(expect.any(Number));
  });

  test('gives every trial its own copy of a generator', async () => {
    const random = new RandomState(3);
    const classifier = new MLPClassifier({ ...small, randomState: random });
    const found = await gridSearch(classifier, { alpha: [1e-4, 1e-4] }, x, y, { cv: 2 });
    expect(found.results[0].scores).toEqual(found.results[1].scores);
    expect(random.u32()).toBe(new RandomState(3).u32());
  });

  test('books errorScore for fits that fail, and goes on', async () => {
    const failing = (params: { alpha?: number }) => {
      const classifier = new MLPClassifier({ ...small, randomState: 1, ...params });
      if (params.alpha === 7) classifier.setParams({ earlyStopping: true, validationFraction: 0.001 });
      return classifier;
    };
    const options = { cv: 2, errorScore: NaN, refit: false };
    const { results, bestIndex } = await gridSearch(failing, { alpha: [7, 1] }, x, y, options);
    expect(bestIndex).toBe(1);
    expect(results.map(({ rank }) => rank)).toEqual([2, 1]);
    expect(results[0].scores).toEqual([NaN, NaN]);
    expect(results[0].errors![0]).toMatch('earlyStopping cannot hold out');
    await expect(gridSearch(failing, { alpha: [7] }, x, y, options)).rejects.toThrow(
      'gridSearch: at least one set of options must have a score in all folds, but all have NaN',
    );
    await expect(gridSearch(failing, { alpha: [7, 1] }, x, y, { cv: 2 })).rejects.toThrow('cannot hold out');
  });
});

describe('randomizedSearch', () => {
  const classifier = new Perceptron({ randomState: 0, ...quiet });
  const tried = async (space: object, nIter: number, randomState: number) => {
    const options = { nIter, randomState, cv: 2, refit: false };
    return (await randomizedSearch(classifier, space as never, x, y, options)).results.map(
      ({ params }) => params,
    );
  };

  test('draws the same sets of options from the same seed', async () => {
    const space = {
      eta0: distributions.logUniform(1e-3, 10),
      alpha: distributions.uniform(0, 1),
      nIterNoChange: distributions.integers(2, 4),
      penalty: ['l1', 'l2'],
    };
    const sets = await tried(space, 8, 5);
    expect(sets).toHaveLength(8);
    expect(await tried(space, 8, 5)).toEqual(sets);
    expect(await tried(space, 8, 6)).not.toEqual(sets);
    for (const { eta0, alpha, nIterNoChange } of sets as Record<string, number>[]) {
      expect(eta0 >= 1e-3 && eta0 <= 10 && alpha >= 0 && alpha < 1).toBe(true);
      expect([2, 3, 4]).toContain(nIterNoChange);
    }
  });

  test('draws different combinations of lists, all of them if no more are asked for', async () => {
    const lists = { eta0: [1, 2, 3], alpha: [1e-3, 1e-2] };
    const sets = await tried(lists, 5, 0);
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(5);
    expect(await tried(lists, 100, 0)).toHaveLength(6);
  });
});
