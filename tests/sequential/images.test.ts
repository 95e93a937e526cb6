import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/index.js';
import { constraints, layers, modelFromJSON, sequential, ShapeError, ValueError } from '../../src/index.js';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { Seeded } from '../helpers/seeded.js';

type ConvOptions = Parameters<typeof layers.conv2d>[0];

const conv = (options: Partial<ConvOptions> = {}): Layer =>
  layers.conv2d({ filters: 4, kernelSize: 3, ...options });

const model = (shape: number[], ...body: Layer[]) =>
  sequential({ seed: 1, name: 'images', layers: [layers.input({ shape }), ...body] });

describe('shapes', () => {
  test.each([
    [[28, 28, 1], {}, [26, 26, 4]],
    [[28, 28, 1], { padding: 'same' }, [28, 28, 4]],
    [[29, 28, 2], { padding: 'same', strides: 2 }, [15, 14, 4]],
    [[29, 28, 2], { strides: [2, 3] }, [14, 9, 4]],
    [[9, 9, 2], { dilationRate: 3, kernelSize: [3, 2] }, [3, 6, 4]],
  ] as [number[], Partial<ConvOptions>, number[]][])(
    'of %j through conv2d %j are %j',
    (shape, options, output) => {
      expect(model(shape, conv(options)).layers[0].outputShape).toEqual(output);
    },
  );

  test.each([
    [[9, 8, 3], {}, [4, 4, 3]],
    [[9, 8, 3], { padding: 'same' }, [5, 4, 3]],
    [[9, 8, 3], { poolSize: 3, strides: 2 }, [4, 3, 3]],
    [[9, 8, 3], { poolSize: [2, 4], strides: null }, [4, 2, 3]],
  ] as const)('of %j through pooling %j are %j', (shape, options, output) => {
    for (const pooling of [layers.maxPooling2d(options), layers.averagePooling2d(options)]) {
      expect(model([...shape], pooling).layers[0].outputShape).toEqual(output);
    }
  });

  test('of weights are (height, width, channels of a group, filters), and names are Keras’s', () => {
    const made = model([8, 8, 6], conv({ groups: 2, kernelSize: [3, 2] }), layers.maxPooling2d());
    expect(made.getWeights().map(({ shape }) => shape)).toEqual([[3, 2, 3, 4], [4]]);
    expect(made.layers.map(({ name }) => name)).toEqual(['conv2d', 'max_pooling2d']);
    expect(made.layers.map(({ className }) => className)).toEqual(['Conv2D', 'MaxPooling2D']);
    expect(made.countParams()).toBe(3 * 2 * 3 * 4 + 4);
  });
});

describe('initial weights', () => {
  test('fill what Glorot’s limits leave for a window’s inputs and outputs', () => {
    const [{ data }] = model([8, 8, 6], conv({ filters: 10 })).getWeights();
    const limit = Math.sqrt(6 / (9 * 6 + 9 * 10));
    const most = Math.max(...Array.from(data as Float32Array, Math.abs));
    expect(most).toBeLessThanOrEqual(Math.fround(limit));
    expect(most).toBeGreaterThan(0.98 * limit);
  });
});

describe('what cannot be is refused before anything is trained', () => {
  test.each([
    ['a window larger than the image', [2, 8, 1], () => conv()],
    ['a dilated window larger than the image', [8, 6, 1], () => conv({ dilationRate: 3 })],
    ['pooling larger than the image', [8, 1, 1], () => layers.maxPooling2d()],
    ['rows of features', [8], () => conv()],
    ['images without channels', [8, 8], () => conv()],
    ['rows of features for pooling', [8], () => layers.averagePooling2d()],
    ['channels that the groups do not divide', [8, 8, 3], () => conv({ groups: 2 })],
    ['softmax, which is over a whole row', [8, 8, 3], () => conv({ activation: 'softmax' })],
    ['a border beyond all memory', [8, 8, 3], () => conv({ padding: 'same', dilationRate: 1e9 })],
  ])('%s', (_, shape, layer) => {
    expect(() => model(shape, layer())).toThrow(ShapeError);
  });

  test('a dilation whose border no memory holds, by its name', () => {
    expect(() => model([28, 28, 1], conv({ padding: 'same', dilationRate: 1e9 }))).toThrow(
      "images, layer 'conv2d': A conv2d layer with padding 'same' needs images that take at most 256 MiB with their border, but kernelSize [3, 3] and dilationRate [1000000000, 1000000000] border the shape (28, 28, 1) to 2000000028 x 2000000028 pixels.",
    );
  });

  test('images with their channels first; channels last may be said', () => {
    for (const make of [
      (dataFormat: any) => layers.conv2d({ filters: 4, kernelSize: 3, dataFormat }),
      (dataFormat: any) => layers.maxPooling2d({ dataFormat }),
      (dataFormat: any) => layers.zeroPadding2d({ dataFormat }),
      (dataFormat: any) => layers.globalAveragePooling2d({ dataFormat }),
      (dataFormat: any) => layers.spatialDropout2d({ rate: 0.1, dataFormat }),
      (dataFormat: any) => layers.randomZoom({ heightFactor: 0.1, dataFormat }),
      (dataFormat: any) => layers.flatten({ dataFormat }),
    ]) {
      for (const first of ['channelsFirst', 'channels_first']) {
        expect(() => make(first)).toThrow(
          `: dataFormat must be 'channelsLast', as images are (height, width, channels), channels last only, but received '${first}'.`,
        );
      }
      expect(make('channels_last').spec).toEqual(make(undefined).spec);
    }
  });

  test.each([
    [{ filters: 0 }, 'filters must be an integer >= 1, but received 0'],
    [{ kernelSize: 0 }, 'kernelSize must be an integer >= 1 or a pair of them, but received 0'],
    [{ kernelSize: [3, 3, 3] }, 'kernelSize must be an integer >= 1 or a pair of them'],
    [{ strides: 0 }, 'strides must be an integer >= 1 or a pair of them, but received 0'],
    [{ strides: [1, 0] }, 'strides must be an integer >= 1 or a pair of them'],
    [{ padding: 'full' }, "padding must be one of 'valid', 'same', but received 'full'"],
    [{ groups: 3 }, 'groups must divide the 4 filters, but received 3'],
    [{ strides: 2, dilationRate: 2 }, 'strides and dilationRate cannot both be greater than 1'],
    [{ kernelConstraint: constraints.maxNorm({ axis: 1 }) }, 'must have an axis of 0, [0, 1] or [0, 1, 2]'],
    [{ kernelsize: 3 }, "did you mean 'kernelSize'"],
  ])('%j', (options, message) => {
    const make = () => layers.conv2d({ filters: 4, kernelSize: 3, ...options } as ConvOptions);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});

describe('a model of images', () => {
  const seeded = new Seeded(6);
  const ROWS = 30;
  const images = seeded.bytes(ROWS * 10 * 9);
  const labels = seeded.integers(ROWS, 3);
  const small = () =>
    model(
      [10, 9, 1],
      layers.rescaling({ scale: 1 / 255 }),
      conv({ activation: 'relu', padding: 'same' }),
      layers.maxPooling2d(),
      conv({ filters: 8, kernelSize: [2, 3], groups: 2, activation: 'tanh' }),
      layers.averagePooling2d(),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    );

  test('takes (rows, height, width) of bytes where there is one channel', async () => {
    const run = async (shape: number[]) => {
      const made = small();
      made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      await made.fit({ data: images, shape }, labels, { epochs: 2, verbose: 0 });
      return made.getWeights().map(({ data }) => data);
    };
    expect(await run([ROWS, 10, 9])).toEqual(await run([ROWS, 10, 9, 1]));
    await expect(run([ROWS, 9, 10])).rejects.toThrow(ShapeError);
    await expect(run([ROWS, 90])).rejects.toThrow(ShapeError);
  });

  test('is made again from its description', async () => {
    const first = small();
    const second = modelFromJSON(JSON.stringify(first.toJSON()));
    expect(second.toJSON()).toEqual(first.toJSON());
    second.setWeights(first.getWeights());
    const x = { data: images, shape: [ROWS, 10, 9] };
    expect(second.predict(x).data).toEqual(first.predict(x).data);
  });

  test('predicts a row the same, whatever comes with it', async () => {
    const made = small();
    const all = made.predict({ data: images, shape: [ROWS, 10, 9] });
    for (const row of [0, 7, ROWS - 1]) {
      const one = images.slice(row * 90, (row + 1) * 90);
      const { data } = made.predict({ data: one, shape: [1, 10, 9] });
      expectSameBits(
        data as Float32Array,
        (all.data as Float32Array).slice(3 * row, 3 * row + 3),
        `row ${row}`,
      );
    }
  });

  test.each([
    [0, [3, 1]],
    [
      [0, 1],
      [6, 2],
    ],
    [
      [0, 1, 2],
      [12, 3],
    ],
  ] as const)('keeps the norms of its filters along %j', async (axis, [count]) => {
    const kernelConstraint = constraints.unitNorm({ axis });
    const made = model(
      [8, 8, 2],
      conv({ kernelSize: [3, 2], filters: 9, kernelConstraint }),
      layers.flatten(),
    );
    made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = seeded.floats(4 * 128);
    const targets = { data: seeded.floats(4 * 6 * 7 * 9), shape: [4, 6 * 7 * 9] };
    await made.fit({ data: x, shape: [4, 8, 8, 2] }, targets, { epochs: 1, verbose: 0 });
    const [{ data }] = made.getWeights();
    const rest = 12 / count;
    const norms = new Float64Array(rest * 9);
    (data as Float32Array).forEach((value, i) => {
      norms[(Math.floor(i / 9) % rest) * 9 + (i % 9)] += value * value;
    });
    expectClose(norms, new Float64Array(norms.length).fill(1), 'norms', { units: 40 });
  });
});
