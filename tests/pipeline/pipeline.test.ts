import { MLPClassifier, Perceptron } from 'lamella';
import { describe, expect, test } from 'vitest';
import { MinMaxScaler, StandardScaler } from '../../src/index.js';
import { takeRows } from '../../src/data/take.js';
import { ValueError } from '../../src/errors.js';
import { crossValScore, gridSearch } from '../../src/search/model-selection.js';
import { kFold } from '../../src/search/folds.js';
import { pipeline } from '../../src/pipeline/pipeline.js';
import { iris } from '../search/goldens.js';

const { x, y } = iris();
const small = (options: object = {}) =>
  new MLPClassifier({ hiddenLayerSizes: [4], maxIter: 5, randomState: 1, onWarning: () => {}, ...options });

describe('a pipeline', () => {
  test('equals its steps taken one by one', async () => {
    const pipe = await pipeline([new StandardScaler(), new MinMaxScaler(), small()]).fit(x, y);
    const standard = new StandardScaler();
    const range = new MinMaxScaler();
    const rows = range.fitTransform(standard.fitTransform(x));
    const classifier = await small().fit(rows, y);
    expect(pipe.predictProba(x)).toEqual(classifier.predictProba(rows));
    expect(pipe.predict(x)).toEqual(classifier.predict(rows));
    expect(pipe.score(x, y)).toBe(classifier.score(rows, y));
    expect(pipe.classes).toEqual([0, 1, 2]);
    expect(pipe.transform(x)).toEqual(rows);
  });

  test('fits its scaler on the training rows of each fold alone', async () => {
    const scores = await crossValScore(pipeline([new StandardScaler(), small()]), x, y, {
      cv: { kind: 'kFold', nSplits: 3, shuffle: true, randomState: 2 },
    });
    const expected = [];
    for (const { train, test } of kFold(150, { nSplits: 3, shuffle: true, randomState: 2 })) {
      const scaler = new StandardScaler().fit(takeRows(x, train));
      const classifier = await small().fit(scaler.transform(takeRows(x, train)), takeRows(y, train));
      expected.push(classifier.score(scaler.transform(takeRows(x, test)), takeRows(y, test)));
    }
    expect(scores).toEqual(expected);
  });

  test('names its steps by their classes or as given', () => {
    const scalers = [new StandardScaler(), new StandardScaler()];
    expect(Object.keys(pipeline([...scalers, small()]).getParams())).toEqual([
      'standardScaler',
      'standardScaler2',
      'mlpClassifier',
    ]);
    const pipe = pipeline([['scale', scalers[0]] as const, ['net', small()] as const]);
    expect(pipe.namedSteps.scale).toBe(scalers[0]);
    expect(pipe.estimatorType).toBe('classifier');
  });

  test('passes options on to its steps, nested or joined', () => {
    const pipe = pipeline([new StandardScaler(), small()]);
    pipe.setParams({ standardScaler: { withMean: false }, mlpClassifier__alpha: 3 });
    expect(pipe.getParams()).toMatchObject({
      standardScaler: { withMean: false },
      mlpClassifier: { alpha: 3 },
    });
    const copy = pipe.clone({ mlpClassifier__alpha: 4 });
    expect(copy.getParams()).toMatchObject({
      standardScaler: { withMean: false },
      mlpClassifier: { alpha: 4 },
    });
    expect(pipe.namedSteps.mlpClassifier.getParams().alpha).toBe(3);
  });

  test('is searched over the options of its steps', async () => {
    const pipe = pipeline([new StandardScaler(), small({ maxIter: 2 })]);
    const grid = { mlpClassifier: { learningRateInit: [1e-4, 0.1] }, standardScaler__withStd: [true] };
    const found = await gridSearch(pipe, grid, x, y, { cv: 2 });
    expect(found.bestParams).toEqual({
      mlpClassifier: { learningRateInit: 0.1 },
      standardScaler: { withStd: true },
    });
    expect(found.bestEstimator!.predict(x)).toHaveLength(150);
    expect(() => pipe.transform(x)).toThrow('fit has not been called');
  });

  test('trains its classifier further, its scaler staying as it is', async () => {
    const pipe = pipeline([new StandardScaler(), small()]);
    await pipe.partialFit(x, y, { classes: [0, 1, 2] });
    const { mean } = pipe.namedSteps.standardScaler;
    await pipe.partialFit(takeRows(x, Int32Array.of(0, 60, 120)), [0, 1, 2]);
    expect(pipe.namedSteps.standardScaler.mean).toEqual(mean);
    expect(pipe.namedSteps.mlpClassifier.lossCurve).toHaveLength(2);
  });
});

describe('a pipeline refuses', () => {
  const scaler = new StandardScaler();
  test.each<[string, () => unknown, string]>([
    [
      'no steps',
      () => pipeline([]),
      'pipeline: steps must be an array of transformers and an estimator at its end, but received [].',
    ],
    [
      'a scaler at its end',
      () => pipeline([scaler]),
      'pipeline: the last step must be an estimator with fit, predict and getParams, but received a StandardScaler.',
    ],
    [
      'a classifier before its end',
      () => pipeline([new Perceptron() as never, small()]),
      'pipeline: step 0 must be a transformer with fit, transform and getParams, but received a Perceptron.',
    ],
    [
      'a name with two underscores',
      () => pipeline([['a__b', scaler], small()]),
      "pipeline: step 0 must be a transformer, an estimator, or [name, step] with a name without '__', but received ['a__b', a StandardScaler].",
    ],
    [
      'a name twice',
      () =>
        pipeline([
          ['a', scaler],
          ['a', small()],
        ]),
      "pipeline: every step must have a name of its own, but two are called 'a'.",
    ],
    [
      'an unknown step',
      () => pipeline([scaler, small()]).setParams({ mlpClasifier: {} }),
      "Pipeline: 'mlpClasifier' is not a step; did you mean 'mlpClassifier'?",
    ],
    [
      'an unknown option of a step',
      () => pipeline([scaler, small()]).setParams({ mlpClassifier__alpa: 1 }),
      "MLPClassifier: 'alpa' is not an option; did you mean 'alpha'?",
    ],
    [
      'options that are none',
      () => pipeline([scaler, small()]).setParams({ standardScaler: 1 }),
      'Pipeline: standardScaler must be an object of options of that step, but received 1.',
    ],
    [
      'what its estimator cannot do',
      () => pipeline([new Perceptron()]).predictProba(x),
      "Pipeline: predictProba needs an estimator that has it, but 'perceptron' has not.",
    ],
  ])('%s', (_what, call, sentence) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(sentence);
  });
});

test('a second fit of the same pipeline is refused while the first runs, and changes nothing', async () => {
  const model = pipeline([new StandardScaler(), new Perceptron({ tol: null, maxIter: 3 })]);
  const x = [[0], [1], [2], [3]];
  const far = [[50], [60], [70], [80]];
  const [first, second] = await Promise.allSettled([
    model.fit(x, [0, 0, 1, 1]),
    model.fit(far, [0, 0, 1, 1]),
  ]);
  expect(first.status).toBe('fulfilled');
  expect(String((second as PromiseRejectedResult).reason)).toBe(
    'ValueError: Pipeline: fit was called while the model is being trained; await the first call.',
  );
  expect([...model.namedSteps.standardScaler.mean]).toEqual([1.5]);
});
