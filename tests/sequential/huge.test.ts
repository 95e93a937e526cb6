import {
  FormatError,
  LamellaError,
  layers,
  loadModel,
  modelFromJSON,
  sequential,
  UnsupportedError,
} from 'lamella';
import { loadModel as loadPredictor } from 'lamella/predict';
import { describe, expect, test } from 'vitest';
import { withHeader } from '../io/files.js';

/** The largest integer that options may be. */
const HUGE = 2 ** 53 - 1;

type Change = (config: any) => void;

/**
 * A small model's file whose description is changed: nothing in it tells, since its checksum may be left out.
 */
function changed(model: { toBytes(): Uint8Array }, change: Change): Uint8Array {
  return withHeader(model.toBytes(), (header) => {
    const config = JSON.parse(header.__metadata__.config);
    change(config.model);
    header.__metadata__.config = JSON.stringify(config);
    delete header.__metadata__.checksum;
  });
}

/** What this process has taken of memory and processor at most while something ran: MB and seconds. */
async function cost(work: () => unknown): Promise<{ error: unknown; megabytes: number; seconds: number }> {
  const before = [process.memoryUsage(), process.cpuUsage()] as const;
  let error: unknown;
  try {
    await work();
  } catch (reason) {
    error = reason;
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const bytes = heapUsed - before[0].heapUsed + arrayBuffers - before[0].arrayBuffers;
  const { user, system } = process.cpuUsage(before[1]);
  return { error, megabytes: bytes / 1e6, seconds: (user + system) / 1e6 };
}

async function expectBounded(work: () => unknown): Promise<unknown> {
  const { error, megabytes, seconds } = await cost(work);
  if (error !== undefined) expect(error).toBeInstanceOf(LamellaError);
  expect(megabytes).toBeLessThan(30);
  expect(seconds).toBeLessThan(2);
  return error;
}

const images = [8, 6, 2];

/** Both ways to load a file. */
const LOADERS: readonly ((bytes: Uint8Array) => Promise<unknown>)[] = [loadModel, loadPredictor];

/** A layer of every kind that takes images, or rows; what is behind it takes whatever it makes. */
const KINDS: Record<string, () => ReturnType<typeof layers.dense>> = {
  conv2d: () => layers.conv2d({ filters: 2, kernelSize: 3 }),
  'conv2d with a border': () => layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
  'depthwise conv2d': () => layers.conv2d({ filters: 2, kernelSize: 3, groups: 2 }),
  maxPooling2d: () => layers.maxPooling2d(),
  averagePooling2d: () => layers.averagePooling2d({ padding: 'same' }),
  globalAveragePooling2d: () => layers.globalAveragePooling2d(),
  globalMaxPooling2d: () => layers.globalMaxPooling2d({ keepdims: true }),
  zeroPadding2d: () => layers.zeroPadding2d(),
  spatialDropout2d: () => layers.spatialDropout2d({ rate: 0.5 }),
  randomTranslation: () => layers.randomTranslation({ heightFactor: 0.5, widthFactor: 0.5 }),
  randomRotation: () => layers.randomRotation({ factor: 0.5 }),
  randomZoom: () => layers.randomZoom({ heightFactor: 0.5 }),
  batchNormalization: () => layers.batchNormalization(),
  layerNormalization: () => layers.layerNormalization(),
  unitNormalization: () => layers.unitNormalization(),
  activation: () => layers.activation({ activation: 'gelu' }),
  dropout: () => layers.dropout({ rate: 0.5 }),
  gaussianNoise: () => layers.gaussianNoise({ stddev: 1 }),
  rescaling: () => layers.rescaling({ scale: 2 }),
  flatten: () => layers.flatten(),
  reshape: () => layers.reshape({ targetShape: [-1] }),
};

/** Descriptions in which every number, and every part of a list, has one of some values in turn. */
function* variants(description: Record<string, any>): Generator<[string, Change]> {
  for (const [name, value] of Object.entries(description)) {
    for (const large of [1e4, 3e7, HUGE]) {
      if (typeof value === 'number') yield [`${name} ${large}`, (layer) => (layer[name] = large)];
      if (!Array.isArray(value)) continue;
      yield [`all of ${name} ${large}`, (layer) => (layer[name] = fill(layer[name], large))];
      yield [`one of ${name} ${large}`, (layer) => (layer[name][0] = fill(layer[name][0], large))];
    }
  }
}

function fill(value: unknown, large: number): unknown {
  return Array.isArray(value) ? value.map((part) => fill(part, large)) : large;
}

const SHAPES = [
  [30_000_000, 6, 2],
  [8, 30_000_000, 2],
  [20_000, 20_000, 2],
  [100_000, 100_000, 2],
  [1e9, 1e9, 2],
  [HUGE, HUGE, 2],
  [8, 6, HUGE],
];

describe.each(Object.entries(KINDS))('%s', (_name, make) => {
  const small = sequential({ seed: 1, layers: [...freshImages(), make()] });

  test('is loaded with any input or refused, in little time and memory', async () => {
    for (const shape of SHAPES) {
      const bytes = changed(small, (model) => (model.inputShape = shape));
      for (const load of LOADERS) {
        const error = await expectBounded(() => load(bytes));
        if (error !== undefined)
          expect([FormatError, UnsupportedError]).toContain((error as Error).constructor);
      }
    }
  });

  test('is loaded with any options or refused, in little time and memory', async () => {
    const [description] = small.toJSON().layers.slice(-1) as Record<string, any>[];
    for (const [what, change] of variants(description)) {
      const bytes = changed(small, (model) => change(model.layers.at(-1)));
      const error = await expectBounded(() => loadModel(bytes));
      if (error !== undefined)
        expect([FormatError, UnsupportedError], what).toContain((error as Error).constructor);
    }
  });

  test('is made, compiled and described with any input and options, or refused', async () => {
    const { inputShape, layers: described, ...rest } = small.toJSON();
    const last = described.at(-1) as Record<string, any>;
    const jsons = [
      ...SHAPES.map((shape) => ({ ...rest, layers: described, inputShape: shape })),
      ...[...variants(last)].map(([, change]) => {
        const layer = structuredClone(last);
        change(layer);
        return { ...rest, inputShape, layers: [...described.slice(0, -1), layer] };
      }),
    ];
    for (const json of jsons) {
      await expectBounded(() => {
        const model = modelFromJSON(json);
        model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
        model.summary({ print: () => {} });
        model.toJSON();
      });
    }
  });
});

/** No weights: the shape of the input is not tied to any array of a file. */
function freshImages(): ReturnType<typeof layers.dense>[] {
  return [layers.activation({ activation: 'linear', inputShape: images })];
}

describe('huge layers', () => {
  test('a shape of a million dimensions is refused in a short sentence', () => {
    const many = Array.from({ length: 1e6 }, () => 1);
    const expected = 'but received [1, 1, 1, 1, 1, ... (1000000 values)].';
    expect(() => layers.input({ shape: many })).toThrow(expected);
    expect(() => layers.reshape({ targetShape: many })).toThrow(expected);
    expect(() => layers.conv2d({ filters: 1, kernelSize: many as any })).toThrow(expected);
  });

  test('a file of 1 kB with a convolution of 180 million values is refused at once', async () => {
    const small = sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 6, 1] }),
        layers.globalAveragePooling2d(),
      ],
    });
    const bytes = changed(small, (model) => (model.inputShape = [30_000_000, 6, 1]));
    expect(bytes.length).toBeLessThan(2000);
    for (const load of LOADERS) {
      const error = await expectBounded(() => load(bytes));
      expect(error).toBeInstanceOf(UnsupportedError);
      expect((error as Error).message).toBe(
        'The network needs 9556 MiB of WebAssembly memory to predict a single row, but a memory has at most 4096 MiB; use smaller inputs, fewer units or fewer filters.',
      );
    }
  });

  test('a padding that makes images of 14 GB is refused by name when the layer is added', () => {
    expect(() =>
      sequential({ layers: [layers.zeroPadding2d({ padding: 30_000, inputShape: [28, 28, 1] })] }),
    ).toThrow(
      new UnsupportedError(
        "sequential, layer 'zero_padding2d': the output of shape (60028, 60028, 1) needs 13746 MiB a row, but a model has at most 4096 MiB; use smaller shapes.",
      ),
    );
  });

  test('a layer that is refused leaves the model as it was', () => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const wide = layers.dense({ units: 2 ** 31 });
    expect(() => model.add(wide)).toThrow(UnsupportedError);
    expect(wide.name).toBe('');
    model.add(layers.dense({ units: 4 }));
    expect(model.layers.map(({ name }) => name)).toEqual(['dense', 'dense_1']);
    expect(model.countParams()).toBe(9 + 16);
    expect(model.predict([[1, 2]]).shape).toEqual([1, 4]);
  });

  test('predictions that no memory holds are refused', () => {
    const model = sequential({ layers: [layers.zeroPadding2d({ padding: 10_000, inputShape: [1, 1, 1] })] });
    expect(() => model.predict({ data: new Float32Array(100_000), shape: [100_000, 1, 1, 1] })).toThrow(
      /^Predictions of shape \(100000, 400040001\) need \d+ MiB of memory, but this runtime gives less; predict fewer rows at a time\.$/,
    );
  });

  test('a wide stride hands gradients down, a huge one says what it cannot', async () => {
    const strided = (strides: number): ReturnType<typeof sequential> => {
      const shape = [strides, strides, 1];
      const model = sequential({
        layers: [
          layers.conv2d({ filters: 1, kernelSize: 1, inputShape: shape }),
          layers.conv2d({ filters: 1, kernelSize: 1, strides }),
        ],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      return model;
    };
    const rows = (size: number): any => ({
      data: new Float32Array(size * size).fill(1),
      shape: [1, size, size, 1],
    });
    const y: any = { data: Float32Array.of(1), shape: [1, 1, 1, 1] };
    expect(Number.isFinite(strided(40).trainOnBatch(rows(40), y).loss)).toBe(true);
    expect(() => strided(2000).trainOnBatch(rows(2000), y)).toThrow(
      new UnsupportedError(
        'A conv2d layer hands gradients down through strides whose product is at most 4096, but received strides [2000, 2000]; let nothing below it be trained.',
      ),
    );
  });

  test('a kernel of 10,000 x 10,000 pixels is described at once', async () => {
    const small = sequential({
      layers: [layers.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8, 1] })],
    });
    const json: any = small.toJSON();
    json.inputShape = [20_000, 20_000, 1];
    json.layers[0].kernelSize = [10_000, 10_000];
    await expectBounded(() => modelFromJSON(json).summary({ print: () => {} }));
  });

  test('a large window over a large image is not run ahead of the first prediction', async () => {
    const small = sequential({ layers: [layers.maxPooling2d({ inputShape: [8, 8, 1] })] });
    const bytes = changed(small, (model) => {
      model.inputShape = [500, 500, 1];
      Object.assign(model.layers[0], { poolSize: [300, 300], strides: [1, 1] });
    });
    await expectBounded(() => loadPredictor(bytes));
  });
});

test('weights in JSON are looked at before any are drawn', async () => {
  const { layers: described, ...rest } = sequential({
    layers: [layers.dense({ units: 1, inputShape: [10] })],
  }).toJSON();
  const wide = { ...described[0], units: 90_000_000 };
  for (const weights of [[], [[1], [1]], 'none']) {
    const error = await expectBounded(() => modelFromJSON({ ...rest, layers: [wide], weights }));
    expect(error).toBeInstanceOf(FormatError);
  }
});

test('a text of millions of empty parts is refused before it is parsed', async () => {
  for (const empty of ['{}', '[]']) {
    const text = `{"layers":[${`${empty},`.repeat(2_100_000)}${empty}]}`;
    const error = await expectBounded(() => modelFromJSON(text));
    expect(error).toEqual(
      new FormatError(
        'modelFromJSON: expected at most 2097152 objects and as many arrays, but received more.',
      ),
    );
  }
});
