import {
  layers,
  loadModel,
  MLPClassifier,
  MLPRegressor,
  modelFromJSON,
  Perceptron,
  pipeline,
  sequential,
  StandardScaler,
  type Sequential,
} from 'lamella';
import { loadModel as loadPredictor } from 'lamella/predict';
import { describe, expect, test } from 'vitest';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = ['no', 'yes', 'yes', 'no'];
const options = { hiddenLayerSizes: [3], maxIter: 2, randomState: 1, onWarning: () => {} };

const classifier = await new MLPClassifier(options).fit(x, y);
const regressor = await new MLPRegressor(options).fit(x, [0, 1, 1, 2]);
const perceptron = await new Perceptron().fit(x, y);
const loaded = await loadModel(network().toBytes());
const predictors = {
  classifier: await loadPredictor(classifier.toBytes()),
  perceptron: await loadPredictor(perceptron.toBytes()),
  sequential: await loadPredictor(network().toBytes()),
};

function network(): Sequential {
  return sequential({
    seed: 3,
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }),
      layers.batchNormalization(),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

/** The model as a property, in an array and alone: `toJSON` is called with 'model', '0' and ''. */
function stringified(model: unknown): (() => string)[] {
  return [{ model }, [model], model].map((value) => () => JSON.stringify(value));
}

describe('JSON.stringify', () => {
  test.each([
    [
      'an MLPClassifier',
      classifier,
      /^MLPClassifier: JSON would leave out .*; keep the bytes of toBytes\(\)\.$/,
    ],
    ['an MLPRegressor', regressor, /^MLPRegressor: JSON would leave out .* toBytes\(\)\.$/],
    ['an unfitted MLPClassifier', new MLPClassifier(), /^MLPClassifier: JSON would leave out/],
    ['a Perceptron', perceptron, /^Perceptron: JSON would leave out .* toBytes\(\)\.$/],
    [
      'a Pipeline',
      pipeline([new StandardScaler(), new MLPClassifier()]),
      /^Pipeline: .* keep the bytes of toBytes\(\)\.$/,
    ],
    [
      'a Sequential',
      network(),
      /^sequential: .*; save toBytes\(\), or stringify toJSON\(\) .* toJSON\({ weights: true }\)/,
    ],
    ['a loaded model', loaded, /^sequential: .*toBytes\(\)/],
    ['a ClassifierPredictor', predictors.classifier, /^MLPClassifier: .*toBytes\(\)/],
    ['a PerceptronPredictor', predictors.perceptron, /^Perceptron: .*toBytes\(\)/],
    ['a SequentialPredictor', predictors.sequential, /^sequential: .*loaded from\.$/],
  ])('refuses %s instead of leaving out its weights', (_name, model, sentence) => {
    for (const call of stringified(model)) {
      expect(call).toThrow(
        expect.objectContaining({ code: 'VALUE', message: expect.stringMatching(sentence) }),
      );
    }
  });

  test('refuses estimators however toJSON is called', () => {
    const calls = [classifier, regressor, perceptron, pipeline([classifier])] as {
      toJSON(options?: object): unknown;
    }[];
    for (const model of calls) {
      expect(() => model.toJSON()).toThrow(/toBytes\(\)/);
      expect(() => model.toJSON({ weights: true })).toThrow(/toBytes\(\)/);
    }
  });
});

describe('toJSON of a Sequential', () => {
  test('is the architecture without weights', () => {
    const model = network();
    const again = modelFromJSON(JSON.stringify(model.toJSON()));
    expect(model.toJSON()).not.toHaveProperty('weights');
    expect(model.toJSON({ weights: false })).toEqual(model.toJSON());
    expect(again.toJSON()).toEqual(model.toJSON());
  });

  test('has the weights as nested numbers if asked, to the bit', () => {
    const model = network();
    model.setWeights(
      model.getWeights().map(({ data, shape }) => ({ data: data.map((value, i) => value + i / 7), shape })),
    );
    const json = model.toJSON({ weights: true });
    expect(json.weights).toHaveLength(8);
    expect(json.weights![7]).toEqual([0, 1 / 7, 2 / 7].map(Math.fround));
    for (const given of [json, JSON.stringify(json)]) {
      const again = modelFromJSON(given);
      expect(again.getWeights()).toEqual(model.getWeights());
      expect(again.toJSON({ weights: true })).toEqual(json);
    }
  });

  test('includes the seed that the weights were drawn with', () => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
    const { seed } = model.toJSON({ weights: true });
    expect(seed).toBe(model.seed);
    expect(seed).toBeTypeOf('number');
  });

  test('takes no weights before the model is built, and at most 1,000,000', () => {
    const shapeless = sequential({ layers: [layers.dense({ units: 2 })] });
    expect(() => shapeless.toJSON({ weights: true })).toThrow(/toJSON with weights needs a built model/);
    const large = sequential({ layers: [layers.dense({ units: 1000, inputShape: [1000] })] });
    expect(() => large.toJSON({ weights: true })).toThrow(
      'sequential: toJSON takes at most 1000000 weights, but the model has 1001000; use toBytes().',
    );
    const most = sequential({
      layers: [layers.dense({ units: 1000, useBias: false, kernelInitializer: 'zeros', inputShape: [1000] })],
    });
    expect(most.toJSON({ weights: true }).weights).toHaveLength(1);
  });

  test('refuses unknown options', () => {
    expect(() => network().toJSON({ weight: true } as object)).toThrow(/did you mean 'weights'/);
    expect(() => network().toJSON({ weights: 1 } as unknown as object)).toThrow(/weights must be a boolean/);
  });
});

describe('modelFromJSON refuses weights that', () => {
  const json = network().toJSON({ weights: true });
  const last = json.weights!.length - 1;

  test.each([
    ['are no array', 5, /expected a list of 8 arrays, but received 5/],
    ['are null', null, /expected a list of 8 arrays, but received null/],
    ['are too few', json.weights!.slice(1), /expected a list of 8 arrays, but received 7/],
    ['have another shape', json.weights!.with(last, [1, 2]), /expected the shape \(3\) for array 7/],
    ['are ragged', json.weights!.with(last - 1, [[1], [1, 2]]), /modelFromJSON: /],
    ['are not numbers', json.weights!.with(last, ['a', 'b', 'c'] as unknown as number[]), /modelFromJSON: /],
    ['are NaN', json.weights!.with(last, [0, NaN, 0]), /expected finite numbers, but received NaN/],
    ['are infinite in float32', json.weights!.with(last, [0, 1e39, 0]), /expected finite numbers/],
  ])('%s', (_name, weights, sentence) => {
    const call = (): Sequential => modelFromJSON({ ...json, weights });
    expect(call).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringMatching(sentence) }),
    );
  });

  test('belong to a model whose shapes are not known', () => {
    const { inputShape: _, ...shapeless } = json;
    expect(() => modelFromJSON(shapeless)).toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });
});

test('a description inside a model file holds no weights', async () => {
  const { readSafetensors } = await import('../../src/io/read-safetensors.js');
  const { writeSafetensors } = await import('../../src/io/safetensors.js');
  const { arrays, metadata } = readSafetensors(network().toBytes());
  const config = JSON.parse(metadata.get('config')!) as { model: object };
  Object.assign(config.model, { weights: [] });
  const { checksum: _, ...kept } = Object.fromEntries(metadata);
  const file = writeSafetensors(arrays, { ...kept, config: JSON.stringify(config) });
  await expect(loadModel(file)).rejects.toThrow(/but received 'weights'/);
});
