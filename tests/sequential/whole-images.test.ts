import { afterAll, describe, expect, test } from 'vitest';
import { pool } from '../../src/engine/threads/pool.js';
import type { Layer, Sequential } from '../../src/index.js';
import { layers, loadModel, modelFromJSON, sequential } from '../../src/index.js';
import { Seeded } from '../helpers/seeded.js';
import { quiet } from './data.js';

afterAll(() => pool.end());

const any = (value: unknown): any => value;
const [ROWS, HEIGHT, WIDTH] = [60, 7, 6];

/** Every layer of images that draws, pools, pads or normalizes; `channels` no multiple of a vector. */
function between(): Layer[] {
  return [
    layers.randomTranslation({ heightFactor: 0.2, widthFactor: [-0.1, 0.3], fillMode: 'constant' }),
    layers.randomRotation({ factor: 0.1, interpolation: 'nearest' }),
    layers.randomZoom({ heightFactor: 0.2, fillValue: 0.5, fillMode: 'wrap' }),
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
    layers.batchNormalization({ momentum: 0.8 }),
    layers.activation({ activation: 'relu' }),
    layers.layerNormalization(),
    layers.spatialDropout2d({ rate: 0.3 }),
    layers.gaussianNoise({ stddev: 0.05 }),
    layers.dropout({ rate: 0.1 }),
  ];
}

function model(channels: number, last: Layer = layers.globalAveragePooling2d()): Sequential {
  const made = sequential({
    name: 'images',
    seed: 3,
    layers: [
      layers.input({ shape: [HEIGHT, WIDTH, channels] }),
      ...between(),
      last,
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return made;
}

function images(channels: number): { x: any; y: number[] } {
  const seeded = new Seeded(channels);
  const shape = [ROWS, HEIGHT, WIDTH, channels];
  const data = seeded.floats(ROWS * HEIGHT * WIDTH * channels);
  return { x: { data, shape }, y: Array.from(seeded.integers(ROWS, 3)) };
}

async function trained(channels: number, options: object = {}, last?: Layer): Promise<Sequential> {
  const made = model(channels, last);
  const { x, y } = images(channels);
  await made.fit(x, y, { ...quiet, epochs: 2, batchSize: 32, validationSplit: 0.2, ...options });
  return made;
}

const known = (made: Sequential): unknown => [made.history.history, made.getWeights()];

describe('a network of image layers', () => {
  test.each([1, 3, 10])('has the same bits on any number of threads, with %i channels', async (channels) => {
    const last = () => layers.globalMaxPooling2d({ keepdims: true });
    const one = known(await trained(channels, {}, last()));
    expect(known(await trained(channels, { threads: 2 }, last()))).toEqual(one);
    expect(known(await trained(channels, { threads: 3 }, last()))).toEqual(one);
  });

  test('goes on from a state as if training had never stopped', async () => {
    const whole = await trained(3, { epochs: 3 });
    const first = await trained(3, { epochs: 1 });
    const second = model(3);
    second.setTrainingState(structuredClone(first.getTrainingState()));
    const { x, y } = images(3);
    const options = { initialEpoch: 1, epochs: 3, batchSize: 32, validationSplit: 0.2 };
    await second.fit(x, y, { ...quiet, ...options });
    expect(second.getWeights()).toEqual(whole.getWeights());
  });

  test('is saved and loaded with its moving averages by channels', async () => {
    const saved = await trained(5);
    const { x } = images(5);
    const loaded = any(await loadModel(saved.toBytes()));
    expect(loaded.getWeights()).toEqual(saved.getWeights());
    expect(loaded.predict(x)).toEqual(saved.predict(x));
    const [, , mean, variance] = saved.layers[4].getWeights();
    expect([mean.shape, variance.shape]).toEqual([[5], [5]]);
    expect(new Set(mean.data).size).toBe(5);
    expect(variance.data.every((value) => value > 0 && value !== 1)).toBe(true);
  });

  test('is made again from its JSON', () => {
    const made = model(2);
    const again = modelFromJSON(JSON.stringify(made.toJSON()));
    expect(again.toJSON()).toEqual(made.toJSON());
    expect(again.layers.map(({ spec }) => spec)).toEqual(made.layers.map(({ spec }) => spec));
  });

  test('is summed up with the names and shapes of Keras', () => {
    const lines: string[] = [];
    model(2).summary({ print: (line: string) => lines.push(line) });
    const text = lines.join('\n');
    for (const part of [
      'zero_padding2d (ZeroPadding2D)  │ (None, 10, 7, 2) ',
      'random_zoom (RandomZoom)        │ (None, 7, 6, 2) ',
      'batch_normalization             │ (None, 10, 7, 2)       │             8',
      'spatial_dropout2d               │ (None, 10, 7, 2)       │             0',
      'global_average_pooling2d        │ (None, 2) ',
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe('augmentation', () => {
  const stillness = (layer: Layer): Sequential => {
    const made = sequential({
      seed: 2,
      layers: [layers.input({ shape: [5, 4, 1] }), layer, layers.flatten(), layers.dense({ units: 2 })],
    });
    made.compile({ loss: 'mse', optimizer: { name: 'sgd', learningRate: 0 } });
    return made;
  };
  const x = any(
    Array.from({ length: 6 }, (_, row) => [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3].map((j) => [row + i * j]))),
  );
  const y = Array.from({ length: 6 }, (_, row) => [row, -row]);

  test.each([
    ['translations', () => layers.randomTranslation({ heightFactor: [0.5, 0.5], widthFactor: 0.2 })],
    ['rotations', () => layers.randomRotation({ factor: [0.25, 0.3] })],
    ['zooms', () => layers.randomZoom({ heightFactor: [-0.5, -0.4] })],
  ])('by %s acts while training and at no other time', async (_, make) => {
    const made = stillness(make());
    const before = made.predict(x);
    const { loss } = made.evaluate(x, y);
    const seen = made.trainOnBatch(x, y).loss;
    expect(seen).not.toBeCloseTo(loss, 3);
    expect(made.predict(x)).toEqual(before);
    expect(made.evaluate(x, y).loss).toBe(loss);
    const again = stillness(make());
    expect(again.trainOnBatch(x, y).loss).toBe(seen);
    expect(again.trainOnBatch(x, y).loss).not.toBe(seen);
  });
});

describe('image layers refuse', () => {
  test.each([
    [
      'negative padding',
      () => layers.zeroPadding2d({ padding: -1 }),
      'layers.zeroPadding2d: padding must be an integer >= 0, [height, width], or [[top, bottom], [left, right]], but received -1.',
    ],
    [
      'padding of three sides',
      () => layers.zeroPadding2d({ padding: any([1, [1, 2, 3]]) }),
      'layers.zeroPadding2d: padding must be an integer >= 0, [height, width], or [[top, bottom], [left, right]], but received [1, [...]].',
    ],
    [
      'factors out of range',
      () => layers.randomRotation({ factor: 1.5 }),
      'layers.randomRotation: factor must be a number >= -1 and <= 1, or two of them, [least, most], but received 1.5.',
    ],
    [
      'three factors',
      () => layers.randomZoom({ heightFactor: any([0, 0.1, 0.2]) }),
      'layers.randomZoom: heightFactor must be a number >= -1 and <= 1, or two of them, [least, most], but received [0, 0.1, 0.2].',
    ],
    [
      'missing factors',
      () => layers.randomTranslation(any({ heightFactor: 0.1 })),
      'layers.randomTranslation: widthFactor must be given.',
    ],
    [
      'unknown ways to fill',
      () => layers.randomZoom({ heightFactor: 0.1, fillMode: any('mirror') }),
      "layers.randomZoom: fillMode must be one of 'constant', 'nearest', 'reflect', 'wrap', but received 'mirror'.",
    ],
    [
      'unknown options',
      () => layers.randomZoom(any({ heightFactor: 0.1, fillmode: 'wrap' })),
      "layers.randomZoom: 'fillmode' is not an option; did you mean 'fillMode'?",
    ],
    [
      'a rate of 1',
      () => layers.spatialDropout2d({ rate: 1 }),
      'layers.spatialDropout2d: rate must be a number >= 0 and < 1, but received 1.',
    ],
    [
      'keepdims that is no boolean',
      () => layers.globalMaxPooling2d({ keepdims: any(1) }),
      'layers.globalMaxPooling2d: keepdims must be a boolean, but received 1.',
    ],
  ])('%s', (_what, act, sentence) => {
    expect(act).toThrow(expect.objectContaining({ message: sentence, code: 'VALUE' }));
  });

  test.each([
    ['zeroPadding2d', () => layers.zeroPadding2d()],
    ['globalAveragePooling2d', () => layers.globalAveragePooling2d()],
    ['globalMaxPooling2d', () => layers.globalMaxPooling2d()],
    ['spatialDropout2d', () => layers.spatialDropout2d({ rate: 0.1 })],
    ['randomTranslation', () => layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 })],
    ['randomRotation', () => layers.randomRotation({ factor: 0.1 })],
    ['randomZoom', () => layers.randomZoom({ heightFactor: 0.1 })],
  ])('rows that are no images: %s', (type, make) => {
    expect(() => sequential({ layers: [layers.input({ shape: [28, 28] }), make()] })).toThrow(
      expect.objectContaining({
        code: 'SHAPE',
        message: expect.stringContaining(
          `A ${type} layer takes images, shape (height, width, channels), but received the shape (28, 28); put a reshape layer that adds the channels before it.`,
        ),
      }),
    );
  });

  test('softmax over images', () => {
    const make = () =>
      sequential({
        layers: [layers.input({ shape: [4, 4, 3] }), layers.activation({ activation: 'softmax' })],
      });
    expect(make).toThrow(
      /softmax is over the features of a row, shape \(features\), but received the shape \(4, 4, 3\); put a flatten layer/,
    );
  });
});
