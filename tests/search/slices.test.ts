import {
  crossValPredict,
  crossValScore,
  gridSearch,
  learningCurve,
  MinMaxScaler,
  MLPClassifier,
  MLPRegressor,
  Perceptron,
  pipeline,
  randomizedSearch,
  StandardScaler,
  validationCurve,
} from 'lamella';
import { loadIris } from 'lamella/datasets';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { abortAfter, asText, countTurns, hastenClock } from '../helpers/event-loop.js';

afterEach(() => vi.restoreAllMocks());

const { x, y } = loadIris();
const quiet = { onWarning: () => undefined };
const perceptron = (changes: object = {}) => new Perceptron({ ...quiet, maxIter: 5, ...changes });
const network = () => new MLPClassifier({ ...quiet, hiddenLayerSizes: [4], maxIter: 2, randomState: 1 });
const values = Array.from(y as ArrayLike<number>);

const searches: [string, (options: object) => Promise<unknown>][] = [
  ['gridSearch', (options) => gridSearch(perceptron(), { eta0: [0.1, 1] }, x, y, options)],
  [
    'randomizedSearch',
    (options) =>
      randomizedSearch(perceptron(), { eta0: [0.1, 0.5, 1] }, x, y, { nIter: 2, randomState: 3, ...options }),
  ],
  ['crossValScore', (options) => crossValScore(network(), x, y, options)],
  [
    'crossValScore by probabilities',
    (options) => crossValScore(network(), x, y, { scoring: 'negLogLoss', ...options }),
  ],
  ['crossValPredict', (options) => crossValPredict(network(), x, y, { method: 'predictProba', ...options })],
  ['learningCurve', (options) => learningCurve(perceptron(), x, y, { trainSizes: [0.5, 1], ...options })],
  [
    'validationCurve',
    (options) => validationCurve(perceptron(), x, y, { paramName: 'eta0', paramRange: [0.1, 1], ...options }),
  ],
  [
    'gridSearch of a pipeline',
    (options) =>
      gridSearch(
        pipeline([new StandardScaler(), network()]),
        { mlpClassifier__alpha: [0, 1] },
        x,
        y,
        options,
      ),
  ],
];

/** A result, with what its best estimator predicts in place of the estimator. */
function told(result: unknown): unknown {
  const { bestEstimator } = result as { bestEstimator?: Perceptron };
  return bestEstimator ? { ...(result as object), bestEstimator: bestEstimator.predict(x) } : result;
}

describe.each(searches)('%s', (_name, search) => {
  test('lets the host run at least once a trial, with the same result', async () => {
    let trials = 0;
    const calm = await search({ onTrial: () => void trials++ });
    const { result, turns } = await countTurns(() => search({}));
    expect(asText(told(result))).toBe(asText(told(calm)));
    expect(turns).toBeGreaterThan(trials);
  });

  test('ends with the reason of its signal, wherever it is', async () => {
    await expect(search({ signal: AbortSignal.abort('early') })).rejects.toBe('early');
    for (const turns of [0, 3, 11]) {
      const signal = abortAfter(turns);
      hastenClock();
      await expect(search({ signal })).rejects.toBe('now');
      vi.restoreAllMocks();
    }
  });
});

test('a hundred short fits, one after the other, let the host run', async () => {
  const { turns } = await countTurns(async () => {
    for (let i = 0; i < 100; i++) await perceptron({ maxIter: 1 }).fit(x, y);
  });
  expect(turns).toBeGreaterThan(100);
});

test('what a subclass or an object overrides is what is asked', async () => {
  class Contrary extends MLPClassifier {
    override score(): number {
      return -7;
    }
  }
  const folds = await crossValScore(new Contrary(quiet), x, y);
  expect(folds).toEqual([-7, -7, -7, -7, -7]);
  const make = () =>
    Object.assign(perceptron(), { predict: (rows: { shape: number[] }) => Array(rows.shape[0]).fill(0) });
  expect(await crossValScore(make, x, y, { scoring: 'accuracy' })).toEqual(
    Array(5).fill(expect.closeTo(1 / 3)),
  );
});

describe('Pipeline', () => {
  const make = () => pipeline([new StandardScaler(), new MinMaxScaler(), network()]);

  test('predictAsync, predictProbaAsync and scoreAsync give what the synchronous calls give', async () => {
    const model = await make().fit(x, y);
    const { result } = await countTurns(async () => [
      await model.predictAsync(x),
      await model.predictProbaAsync(x, { threads: 1 }),
      await model.scoreAsync(x, y),
    ]);
    expect(asText(result)).toBe(asText([model.predict(x), model.predictProba(x), model.score(x, y)]));
  });

  test('fit and partialFit transform in slices, to the same bits', async () => {
    for (const call of ['fit', 'partialFit'] as const) {
      const options = { validationData: [x, y], ...(call === 'fit' ? {} : { classes: values }) };
      const calm = await make()[call](x, y, options);
      const { result, turns } = await countTurns(() => make()[call](x, y, options));
      expect(asText(result.predictProba(x))).toBe(asText(calm.predictProba(x)));
      expect(turns).toBeGreaterThan(2);
    }
  });

  test('ends with the reason of a signal, while steps are fitted as well', async () => {
    const model = await make().fit(x, y);
    for (const call of ['fit', 'scoreAsync'] as const) {
      await expect(model[call](x, y, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
      const signal = abortAfter(1);
      hastenClock();
      await expect(make().fit(x, y, { signal })).rejects.toBe('now');
      vi.restoreAllMocks();
    }
  });

  test('steps that only have the synchronous methods are called as they are', async () => {
    class Halving {
      getParams() {
        return {};
      }
      setParams() {
        return this;
      }
      fit() {
        return this;
      }
      transform({ data, shape }: { data: Float64Array; shape: number[] }) {
        return { data: data.map((value) => value / 2), shape };
      }
    }
    const regressor = new MLPRegressor({ ...quiet, hiddenLayerSizes: [3], maxIter: 2, randomState: 1 });
    const model = await pipeline([new StandardScaler(), new Halving(), regressor]).fit(x, values);
    expect(await model.predictAsync(x)).toEqual(model.predict(x));
    await expect(model.predictProbaAsync(x)).rejects.toThrow('predictProba needs an estimator that has it');
  });
});
