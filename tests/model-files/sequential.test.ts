import {
  FormatError,
  layers,
  loadModel,
  losses,
  MLPRegressor,
  optimizers,
  regularizers,
  schedules,
  Sequential,
  sequential,
  ValueError,
} from 'lamella';
import type { NdArray } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs } from '../estimators/blobs.js';
import { expectRefusal } from '../estimators/refusal.js';
import { headerOf, withHeader } from '../io/files.js';

const { x, y } = blobs();

/** Every kind of parameter: kernels, biases, moving averages; dropout, so that the random stream counts. */
function model(): Sequential {
  return sequential({
    seed: 3,
    name: 'little',
    layers: [
      layers.dense({
        ...{ units: 9, activation: 'gelu', inputShape: [4] },
        kernelRegularizer: regularizers.l1l2({ l1: 1e-3, l2: 1e-3 }),
      }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 5, useBias: false, kernelConstraint: { name: 'maxNorm', maxValue: 1 } as never }),
      layers.layerNormalization(),
      layers.dense({ units: 3, activation: 'softmax', name: 'probabilities' }),
    ],
  });
}

function compile(given: Sequential, options: object = {}): Sequential {
  given.compile({
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    loss: losses.sparseCategoricalCrossentropy(),
    metrics: ['accuracy'],
    ...options,
  });
  return given;
}

const fitOptions = { epochs: 2, batchSize: 16, verbose: 0 } as const;

function bits(predictions: NdArray): string {
  return Buffer.from(predictions.data.buffer).toString('hex');
}

describe('a Sequential model that was saved and loaded', () => {
  test('has the same layers, weights and predictions, to the bit', async () => {
    const saved = compile(model());
    await saved.fit(x, y, fitOptions);
    const loaded = await loadModel<Sequential>(saved.toBytes());
    expect(loaded).toBeInstanceOf(Sequential);
    expect(loaded.toJSON()).toEqual(saved.toJSON());
    expect(loaded.getWeights()).toEqual(saved.getWeights());
    expect(bits(loaded.predict(x))).toBe(bits(saved.predict(x)));
    expect(loaded.evaluate(x, y)).toEqual(saved.evaluate(x, y));
    expect(Buffer.compare(loaded.toBytes(), saved.toBytes())).toBe(0);
  });

  test.each<[string, object]>([
    ['adam', {}],
    [
      'a schedule',
      {
        optimizer: optimizers.sgd({
          learningRate: schedules.exponentialDecay({
            initialLearningRate: 0.1,
            decaySteps: 3,
            decayRate: 0.9,
          }),
        }),
      },
    ],
    ['nadam by its name', { optimizer: 'nadam' }],
    ['rmsprop with momentum', { optimizer: optimizers.rmsprop({ momentum: 0.9, centered: true }) }],
  ])('goes on training to the same bits as one that was never saved: %s', async (_name, options) => {
    const stayed = compile(model(), options);
    await stayed.fit(x, y, fitOptions);
    const loaded = await Sequential.fromBytes(stayed.toBytes());
    expect(loaded.learningRate).toBe(stayed.learningRate);
    await stayed.fit(x, y, fitOptions);
    await loaded.fit(x, y, fitOptions);
    expect(loaded.history.history).toEqual(stayed.history.history);
    expect(bits(loaded.predict(x))).toBe(bits(stayed.predict(x)));
  });

  test('may never have been trained, or compiled', async () => {
    const loaded = await Sequential.fromBytes(model().toBytes());
    expect(bits(loaded.predict(x))).toBe(bits(model().predict(x)));
    expect(() => loaded.evaluate(x, y)).toThrow(/^little: evaluate needs a compiled model/);
    const compiled = await Sequential.fromBytes(compile(model()).toBytes());
    await compiled.fit(x, y, { ...fitOptions, epochs: 1 });
  });

  test('is to be compiled again where functions were part of it', async () => {
    const saved = compile(model(), { metrics: [() => 1] });
    await saved.fit(x, y, fitOptions);
    const loaded = await Sequential.fromBytes(saved.toBytes());
    expect(bits(loaded.predict(x))).toBe(bits(saved.predict(x)));
    expect(() => loaded.learningRate).toThrow(ValueError);
  });

  test('may be saved by a callback', async () => {
    const saved: Uint8Array[] = [];
    const trained = compile(model());
    await trained.fit(x, y, {
      ...fitOptions,
      callbacks: [{ onEpochEnd: () => void saved.push(trained.toBytes()) }],
    });
    const first = await Sequential.fromBytes(saved[0]);
    await first.fit(x, y, { ...fitOptions, initialEpoch: 1 });
    expect(bits(first.predict(x))).toBe(bits(trained.predict(x)));
  });
});

describe('a Sequential file is refused with', () => {
  function withConfig(change: (config: any) => void): Uint8Array {
    const bytes = compile(model()).toBytes();
    return withHeader(bytes, (header) => {
      const config = JSON.parse(header.__metadata__.config);
      change(config);
      header.__metadata__ = { ...header.__metadata__, checksum: undefined, config: JSON.stringify(config) };
    });
  }

  test.each<[string, (config: any) => void, string]>([
    [
      'more units than its file has weights for',
      (config) => (config.model.layers[0].units = 4000000),
      "Sequential: the array 'layers.0.kernel' of a model file must be float32 of shape (4, 4000000), but received F32 of shape (4, 9).",
    ],
    [
      'a layer that does not exist',
      (config) => (config.model.layers[2].type = 'lambda'),
      'modelFromJSON: expected layer 2 to have one of the types',
    ],
    [
      'a shape of its input that is missing',
      (config) => delete config.model.inputShape,
      'needs a built model, but the shape of the input is not known',
    ],
    [
      'a loss that does not exist',
      (config) => (config.compile.loss = '__proto__'),
      "A model file must hold a sound model: little.compile: '__proto__' is not a loss",
    ],
    [
      'a state of its optimizer that is another one',
      (config) => (config.training.step = 0.5),
      'A model file must hold a sound model: Sequential: training: step must be an integer >= 0, but received 0.5.',
    ],
  ])('%s', async (name, change, sentence) => {
    const error = (await loadModel(withConfig(change)).catch((reason: unknown) => reason)) as Error;
    expect(error, name).toBeInstanceOf(FormatError);
    expect(error.message).toContain(sentence);
  });

  test('weights that are no numbers', async () => {
    const bytes = model().toBytes();
    const { length, text } = headerOf(bytes);
    const header = JSON.parse(text);
    const broken = withHeader(bytes, ({ __metadata__ }) => delete __metadata__.checksum);
    const shift = headerOf(broken).length - length;
    new DataView(broken.buffer).setFloat32(
      8 + length + shift + header['layers.3.kernel'].data_offsets[0],
      Infinity,
      true,
    );
    await expectRefusal(
      () => loadModel(broken),
      FormatError,
      "Sequential: the array 'layers.3.kernel' of a model file must hold finite numbers, but received Infinity at index 0.",
    );
  });

  test('no shapes: it cannot be saved before it is built', async () => {
    await expectRefusal(
      () => sequential({ layers: [layers.dense({ units: 2 })] }).toBytes(),
      ValueError,
      'sequential: toBytes needs a built model, but the shape of the input is not known; give the first layer an inputShape, or call fit first.',
    );
  });
});

describe('an MLPRegressor that was saved and loaded', () => {
  const targets = x.map(([a, b, c]) => [Math.abs(a), b + c]);

  test.each<[string, ConstructorParameters<typeof MLPRegressor>[0], (number | number[])[]]>([
    ['one output', { activation: 'tanh' }, targets.map(([a]) => a)],
    [
      'several outputs',
      { hiddenLayerSizes: [7, 3], activation: ['relu', 'elu'], dropout: [0.1, 0] },
      targets,
    ],
    ['poisson', { loss: 'poisson' }, targets.map(([a]) => a)],
    ['an optimizer of its own', { solver: optimizers.rmsprop({ learningRate: 0.01 }) }, targets],
    ['lbfgs', { solver: 'lbfgs' }, targets],
  ])('predicts the same, to the bit: %s', async (_name, options, values) => {
    const saved = new MLPRegressor({ maxIter: 3, randomState: 0, onWarning: () => {}, ...options });
    await saved.fit(x, values as number[][]);
    const loaded = await loadModel<MLPRegressor>(saved.toBytes());
    expect(loaded.predict(x)).toEqual(saved.predict(x));
    expect(loaded.getParams()).toEqual({ ...saved.getParams(), onWarning: null });
    expect(loaded.loss).toBe(saved.loss);
    expect(loaded.nIter).toBe(saved.nIter);
    if (options?.solver === 'lbfgs') return;
    await saved.partialFit(x, values as number[][]);
    await loaded.partialFit(x, values as number[][]);
    expect(loaded.predict(x)).toEqual(saved.predict(x));
  });
});
