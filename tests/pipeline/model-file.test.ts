import {
  FormatError,
  loadModel,
  MinMaxScaler,
  MLPClassifier,
  MLPRegressor,
  NotFittedError,
  OneHotEncoder,
  Perceptron,
  Pipeline,
  pipeline,
  RobustScaler,
  ShapeError,
  StandardScaler,
  ValueError,
} from 'lamella';
import { readModel, saveModel } from 'lamella/node';
import { loadModel as loadPredictor, type PipelinePredictor } from 'lamella/predict';
import {
  ColumnTransformer,
  fromRecords,
  FunctionTransformer,
  MaxAbsScaler,
  Normalizer,
  OrdinalEncoder,
  PolynomialFeatures,
  QuantileTransformer,
  SimpleImputer,
  TableClassifier,
  TableVectorizer,
  TargetEncoder,
} from 'lamella/table';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefusal } from '../estimators/refusal.js';
import { withHeader } from '../io/files.js';
import { withConfig } from '../model-files/config.js';
import { iris } from '../search/goldens.js';

const { x, y } = iris();
const onWarning = () => {};
const network = () => new MLPClassifier({ hiddenLayerSizes: [4], maxIter: 3, randomState: 1, onWarning });

const table = fromRecords(
  Array.from({ length: 40 }, (_, i) => ({
    size: i % 9 === 0 ? null : i * 1.25,
    colour: ['red', 'green', null, 'blue'][i % 4],
    when: new Date(86400000 * i * 11),
  })),
);
const labels = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'yes' : 'no'));

describe('a pipeline that was saved and loaded', () => {
  test.each<[string, any[]]>([
    ['no transformer', []],
    ['scalers', [new StandardScaler(), new MinMaxScaler(), new RobustScaler(), new MaxAbsScaler()]],
    ['an imputer and polynomials', [new SimpleImputer({ addIndicator: true }), new PolynomialFeatures()]],
    ['quantiles', [['uniform', new QuantileTransformer({ nQuantiles: 20 })], new Normalizer()]],
    ['targets', [new TargetEncoder({ randomState: 1 }), new StandardScaler()]],
  ])('predicts the same bits, also in lamella/predict: %s', async (_name, steps) => {
    const pipe = await pipeline([...steps, network()]).fit(x, y);
    const bytes = pipe.toBytes();
    const loaded = await loadModel<Pipeline>(bytes);
    const predictor = await loadPredictor<PipelinePredictor>(bytes);
    expect(loaded).toBeInstanceOf(Pipeline);
    for (const each of [loaded, predictor]) {
      expect(each.predictProba(x)).toEqual(pipe.predictProba(x));
      expect(each.predict(x)).toEqual(pipe.predict(x));
      expect(each.classes).toEqual(pipe.classes);
      expect(each.featureNames(['a', 'b', 'c', 'd'])).toEqual(pipe.featureNames(['a', 'b', 'c', 'd']));
      expect(Object.keys(each.namedSteps)).toEqual(Object.keys(pipe.namedSteps));
      expect(await each.predictProbaAsync(x)).toEqual(pipe.predictProba(x));
    }
    expect(loaded.toBytes()).toEqual(bytes);
  });

  test('takes tables as before', async () => {
    const columns = new ColumnTransformer([
      ['numbers', new SimpleImputer(), ['size']],
      ['nested', new ColumnTransformer([['one', new OneHotEncoder(), 'colour']]), ['colour']],
      ['codes', new OrdinalEncoder({ encodedMissingValue: -1 }), ['colour']],
    ]);
    for (const first of [columns, new TableVectorizer({ maxCategories: 3 })]) {
      const pipe = await pipeline([first, new StandardScaler(), network()] as any[]).fit(table, labels);
      const loaded = await Pipeline.fromBytes(pipe.toBytes());
      const predictor = await loadPredictor<PipelinePredictor>(pipe.toBytes());
      expect(loaded.predictProba(table)).toEqual(pipe.predictProba(table));
      expect(predictor.predictProba(table)).toEqual(pipe.predictProba(table));
      expect(predictor.featureNames()).toEqual(pipe.featureNames());
    }
  });

  test('goes on with partialFit, and leaves its transformers as they are', async () => {
    const pipe = await pipeline([new StandardScaler(), network()]).fit(x, y);
    const loaded = await loadModel<Pipeline>(pipe.toBytes());
    const part = { data: x.data.slice(0, 400), shape: [100, 4] };
    await pipe.partialFit(part, y.slice(0, 100));
    await loaded.partialFit(part, y.slice(0, 100));
    expect(loaded.predictProba(x)).toEqual(pipe.predictProba(x));
  });

  test('holds any estimator of the package', async () => {
    const numbers = Float64Array.from(y, (each) => each / 3);
    const regressor = await pipeline([
      new StandardScaler(),
      new MLPRegressor({ hiddenLayerSizes: [3], maxIter: 2, randomState: 0, onWarning }),
    ]).fit(x, numbers);
    const perceptron = await pipeline([new StandardScaler(), new Perceptron({ onWarning })]).fit(x, y);
    for (const pipe of [regressor, perceptron]) {
      expect((await loadModel<Pipeline>(pipe.toBytes())).predict(x)).toEqual(pipe.predict(x));
      const predictor = await loadPredictor<PipelinePredictor>(pipe.toBytes());
      expect(predictor.predict(x)).toEqual(pipe.predict(x));
      expect(predictor.estimatorType).toBe(pipe.estimatorType);
      expect(predictor.supports('predictProba')).toBe(pipe.supports('predictProba'));
    }
  });

  test('goes to a file and comes back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lamella-'));
    try {
      const pipe = await pipeline([new StandardScaler(), network()]).fit(x, y);
      await saveModel(pipe, join(folder, 'pipe.safetensors'));
      const read = await readModel<Pipeline>(join(folder, 'pipe.safetensors'));
      expect(read.predictProba(x)).toEqual(pipe.predictProba(x));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('toBytes refuses', () => {
  test('a pipeline that is not fitted', () => {
    expect(() => pipeline([new StandardScaler(), network()]).toBytes()).toThrow(NotFittedError);
    expect(() => pipeline([network()]).toBytes()).toThrow(NotFittedError);
  });

  test('functions and classes of the user, by the name of the step', async () => {
    class Mine extends StandardScaler {}
    class MyNetwork extends MLPClassifier {}
    const cases = [
      [['double', new FunctionTransformer({ func: (rows: any) => rows })], network(), 'double'],
      [['mine', new Mine()], network(), 'mine'],
      [['scale', new StandardScaler()], ['net', new MyNetwork({ maxIter: 1, onWarning })], 'net'],
      [['scale', new StandardScaler()], ['pipe', pipeline([new StandardScaler(), network()])], 'pipe'],
    ];
    for (const [step, last, name] of cases) {
      const pipe = await pipeline([step, last] as any[]).fit(x, y);
      expect(() => pipe.toBytes()).toThrow(ValueError);
      expect(() => pipe.toBytes()).toThrow(`Pipeline.toBytes: step '${name as string}' must be one of `);
    }
  });

  test('a pipeline as the estimator of a model of tables, before the file is written', async () => {
    const records = labels.map((label, i) => ({ label, i, odd: i % 2 }));
    const estimator = pipeline([new StandardScaler(), network()]);
    const model = await new TableClassifier({ target: 'label', estimator }).fit(fromRecords(records));
    expect(() => model.toBytes()).toThrow(
      'TableClassifier.toBytes: the estimator must be one of MLPClassifier, MLPRegressor, Perceptron to be stored, but is Pipeline.',
    );
  });
});

type Load = (bytes: Uint8Array) => Promise<unknown>;

describe('fromBytes refuses', () => {
  const file = async () =>
    (
      await pipeline([['scale', new StandardScaler()] as const, ['net', network()] as const]).fit(x, y)
    ).toBytes();

  test.each<[string, (config: any) => void, string]>([
    [
      'an unknown transformer',
      (config) => (config.transformers[0].kind = 'Function'),
      "Pipeline: step 'scale': a stored transformer must have a kind, one of StandardScaler, ",
    ],
    [
      'a transformer that is not fitted',
      (config) => (config.transformers[0].fitted = null),
      "Pipeline: step 'scale' of a model file must be fitted, but is not.",
    ],
    [
      'two steps of one name',
      (config) => (config.names = ['net', 'net']),
      'a name of its own for each of 2 steps',
    ],
    ['a name too few', (config) => config.names.pop(), 'a name of its own for each of 2 steps'],
    ['names with __', (config) => (config.names[0] = 'a__b'), "whose every value is a name without '__'"],
    ['a member too many', (config) => (config.code = '1'), "'code' is not an option"],
  ])('%s', async (_name, change, sentence) => {
    const bytes = withConfig(await file(), change);
    for (const load of [loadModel, loadPredictor, (each) => Pipeline.fromBytes(each)] as Load[]) {
      const error = (await load(bytes).catch((reason: unknown) => reason)) as Error;
      expect(error).toBeInstanceOf(FormatError);
      expect(error.message).toContain(sentence);
    }
  });

  test('an estimator that is none', async () => {
    const inner = (await network().fit(x, y)).toBytes();
    const text = new TextDecoder('latin1').decode(await file());
    const swapped = text.replaceAll('"kind":"MLPClassifier"', '"kind":"MLPAnything12"');
    expect(inner.length).toBeGreaterThan(0);
    const bytes = Uint8Array.from(swapped, (character) => character.charCodeAt(0));
    const unchecked = withHeader(bytes, (header) => delete header.__metadata__.checksum);
    await expectRefusal(
      () => loadModel(unchecked),
      FormatError,
      "A model file must hold an estimator, one of MLPClassifier, MLPRegressor, Perceptron, but holds a model of kind 'MLPAnything12'.",
    );
  });

  test('another kind of model', async () => {
    const bytes = (await network().fit(x, y)).toBytes();
    await expectRefusal(
      () => Pipeline.fromBytes(bytes),
      FormatError,
      "Pipeline.fromBytes: the file must hold a model of kind 'Pipeline', but received 'MLPClassifier'; loadModel reads every kind.",
    );
  });

  test('nothing of steps that do not fit together, which predicting does', async () => {
    const bytes = withConfig(await file(), ({ transformers: [{ fitted }] }) => {
      for (const name of Object.keys(fitted)) if (Array.isArray(fitted[name])) fitted[name].pop();
    });
    const loaded = await loadModel<Pipeline>(bytes);
    expect(() => loaded.predict(x)).toThrow(ShapeError);
    expect(() => loaded.predict({ data: x.data.slice(0, 300), shape: [100, 3] })).toThrow(ShapeError);
  });
});
