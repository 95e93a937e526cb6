import * as lamella from 'lamella';
import { layers, MLPClassifier, MLPRegressor, Perceptron, sequential } from 'lamella';
import type { Layer, MLPOptions, NdArray } from 'lamella';
import * as predict from 'lamella/predict';
import type { ClassifierPredictor, PerceptronPredictor, RegressorPredictor } from 'lamella/predict';
import type { SequentialPredictor } from 'lamella/predict';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { blobs, trained } from '../estimators/blobs.js';
import { withHeader } from '../io/files.js';

const { x, y } = blobs();

/** Rows of a shape: values in [-1, 1), `zeros` of them 0. */
function rowsOf(rows: number, shape: readonly number[], zeros = 0): NdArray {
  let state = 12345;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const length = shape.reduce((product, size) => product * size, rows);
  const data = Float32Array.from({ length }, () => (next() < zeros ? 0 : 2 * next() - 1));
  return { data, shape: [rows, ...shape] };
}

const networks: Record<string, { shape: number[]; stack: () => Layer[] }> = {
  'dense layers of every width': {
    shape: [70],
    stack: () => [
      layers.dense({ units: 90, activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 67, activation: 'gelu', useBias: false }),
      layers.gaussianNoise({ stddev: 1 }),
      layers.dense({ units: 3, activation: 'softmax' }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  },
  'normalized rows': {
    shape: [11],
    stack: () => [
      layers.rescaling({ scale: 2, offset: -0.5 }),
      layers.batchNormalization(),
      layers.dense({ units: 12, activation: 'tanh' }),
      layers.layerNormalization(),
      layers.unitNormalization(),
      layers.activation({ activation: 'elu' }),
      layers.dense({ units: 5, activation: 'logSoftmax' }),
    ],
  },
  'convolutions with pooling': {
    shape: [13, 11, 3],
    stack: () => [
      layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.conv2d({ filters: 9, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.batchNormalization(),
      layers.spatialDropout2d({ rate: 0.5 }),
      layers.conv2d({ filters: 9, kernelSize: 3, groups: 9, padding: 'same' }),
      layers.layerNormalization(),
      layers.unitNormalization(),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 6, kernelSize: 2, groups: 3, strides: 2, activation: 'silu' }),
      layers.flatten(),
      layers.dense({ units: 4 }),
    ],
  },
  'the mean of every channel': {
    shape: [6, 6, 2],
    stack: () => [
      layers.conv2d({ filters: 5, kernelSize: 2, dilationRate: 2 }),
      layers.globalAveragePooling2d(),
    ],
  },
  'the largest of every channel': {
    shape: [6, 6, 2],
    stack: () => [layers.conv2d({ filters: 5, kernelSize: 2 }), layers.globalMaxPooling2d()],
  },
};

describe.each(['base', 'relaxed'] as const)(
  'on %s, lamella/predict predicts the bits of lamella',
  (variant) => {
    let own: typeof predict;

    beforeAll(async () => {
      await lamella.init({ variant });
      // A second engine state, as in a program that has lamella/predict alone.
      vi.resetModules();
      own = await import('lamella/predict');
      await own.init({ variant });
      expect(own.engine().wasmBytes).toBeLessThan(0.5 * (lamella.engine().wasmBytes as number));
    });

    afterAll(() => lamella.init());

    test.each<MLPOptions>([
      { hiddenLayerSizes: [70, 9], activation: ['relu', 'mish'], dropout: 0.25 },
      { solver: 'lbfgs', maxIter: 5 },
      { earlyStopping: true, hiddenLayerSizes: [] },
    ])('of MLPClassifier %j', async (options) => {
      const saved = await trained(options);
      const loaded = await own.loadModel<ClassifierPredictor>(saved.toBytes());
      expect(loaded.predict(x)).toEqual(saved.predict(x));
      expect(loaded.predictProba(x)).toEqual(saved.predictProba(x));
      expect(loaded.predictLogProba(x.slice(0, 1))).toEqual(saved.predictLogProba(x.slice(0, 1)));
      for (const name of [
        'classes',
        'coefs',
        'intercepts',
        'lossCurve',
        'nFeaturesIn',
        'outActivation',
      ] as const) {
        expect(loaded[name]).toEqual(saved[name]);
      }
      expect(loaded).not.toHaveProperty('fit');
    });

    test('of MLPClassifier with two classes, and with several labels per row', async () => {
      const options = { maxIter: 3, onWarning: () => {}, randomState: 1 };
      const two = await new MLPClassifier(options).fit(
        x,
        y.map((code) => (code > 0 ? 'b' : 'a')),
      );
      const several = await new MLPClassifier(options).fit(
        x,
        y.map((code) => [Number(code > 0), Number(code > 1)]),
      );
      for (const saved of [two, several]) {
        const loaded = await own.loadModel<ClassifierPredictor>(saved.toBytes());
        expect(loaded.predict(x)).toEqual(saved.predict(x));
        expect(loaded.predictProba(x)).toEqual(saved.predictProba(x));
      }
    });

    test('of MLPRegressor with one value and with two', async () => {
      const options = { maxIter: 3, onWarning: () => {}, randomState: 1 };
      for (const targets of [y, y.map((code) => [code, 1 - code])]) {
        const saved = await new MLPRegressor(options).fit(x, targets);
        const loaded = await own.loadModel<RegressorPredictor>(saved.toBytes());
        expect(loaded.predict(x)).toEqual(saved.predict(x));
        const out = new Float32Array(targets.flat().length);
        loaded.predict(x, { out });
        expect(out.some((value) => value !== 0)).toBe(true);
      }
    });

    test('of Perceptron', async () => {
      const saved = await new Perceptron({ maxIter: 3, tol: null }).fit(x, y);
      const loaded = await own.loadModel<PerceptronPredictor>(saved.toBytes());
      expect(loaded.predict(x)).toEqual(saved.predict(x));
      expect(loaded.decisionFunction(x)).toEqual(saved.decisionFunction(x));
      expect(loaded.coef).toEqual(saved.coef);
    });

    test.each(Object.entries(networks))('of Sequential: %s', async (_name, { shape, stack }) => {
      const saved = sequential({ seed: 5, layers: [layers.input({ shape }), ...stack()] });
      const loaded = await own.loadModel<SequentialPredictor>(saved.toBytes());
      const dense = rowsOf(130, shape);
      const bytes = {
        data: new Uint8Array(dense.data.length).map((_, i) => (i * 37) % 256),
        shape: dense.shape,
        scale: 1 / 255,
      };
      for (const given of [dense, rowsOf(1, shape), rowsOf(7, shape, 0.9), bytes]) {
        expect(loaded.predict(given)).toEqual(saved.predict(given));
      }
      expect(loaded.predictClasses(dense)).toEqual(saved.predictClasses(dense));
      const lines = (model: { summary(options: object): void }): string[] => {
        const printed: string[] = [];
        model.summary({ print: (line: string) => printed.push(line) });
        return printed;
      };
      expect(lines(loaded)).toEqual(lines(saved));
      expect(loaded).not.toHaveProperty('fit');
    });

    test('of rows that are given as lists', async () => {
      const { shape, stack } = networks['dense layers of every width'];
      const saved = sequential({ seed: 5, layers: [layers.input({ shape }), ...stack()] });
      const loaded = await own.loadModel<SequentialPredictor>(saved.toBytes());
      const lists = {
        data: Float32Array.of(1, -2, 0.5, 3),
        indices: Int32Array.of(3, 69, 0, 64),
        indptr: Int32Array.of(0, 2, 2, 4),
        shape: [3, 70] as [number, number],
      };
      expect(loaded.predict(lists)).toEqual(saved.predict(lists));
    });
  },
);

describe('in a program with both entries', () => {
  test('errors are of the same class, and what one init chooses both use', async () => {
    expect(predict.LamellaError).toBe(lamella.LamellaError);
    await predict.init({ variant: 'base' });
    expect(lamella.engine().variant).toBe('base');
    await lamella.init({ variant: 'base' });
    const saved = await trained();
    const loaded = await predict.loadModel<ClassifierPredictor>(saved.toBytes());
    expect(loaded.predictProba(x)).toEqual(saved.predictProba(x));
    await lamella.init();
    expect(predict.engine().variant).toBe(lamella.engine().variant);
  });
});

describe('loadModel of lamella/predict refuses what that of lamella refuses, with the same errors', () => {
  const refusal = async (
    load: (bytes: Uint8Array) => Promise<unknown>,
    bytes: Uint8Array,
  ): Promise<unknown> =>
    load(bytes).then(
      () => 'accepted',
      (error: Error) => `${error.constructor.name}: ${error.message}`,
    );

  test('damaged files, other kinds, later versions, arrays of another shape', async () => {
    const bytes = (await trained()).toBytes();
    const layered = sequential({ seed: 1, layers: [layers.dense({ units: 2, inputShape: [3] })] }).toBytes();
    const edited = (change: (metadata: Record<string, string>) => void): Uint8Array =>
      withHeader(bytes, ({ __metadata__: metadata }) => {
        delete metadata.checksum;
        change(metadata);
      });
    const inputs = (metadata: Record<string, string>): void => {
      const config = JSON.parse(metadata.config);
      config.network.inputs = 5;
      metadata.config = JSON.stringify(config);
    };
    const flipped = layered.slice();
    flipped[flipped.length - 1] ^= 1;
    const files: unknown[] = [
      ...[[], new Uint8Array(3), bytes.slice(0, -1), layered.slice(0, 40), flipped],
      ...['Forest', 'Sequential', 'Perceptron'].map((kind) => edited((metadata) => (metadata.kind = kind))),
      edited((metadata) => (metadata.version = '2')),
      edited((metadata) => (metadata.config = '{}')),
      edited(inputs),
    ];
    for (const file of files) {
      const expected = await refusal(lamella.loadModel, file as Uint8Array);
      expect(expected).toMatch(/^(FormatError|ValueError): /);
      expect(await refusal(predict.loadModel, file as Uint8Array)).toBe(expected);
    }
  });
});

test.each(['base', 'relaxed'])('the binary predict-%s holds nothing that trains', (variant) => {
  const bytes = readFileSync(new URL(`../../build/wasm/predict-${variant}.wasm`, import.meta.url));
  const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  expect(names).toContain('denseForward');
  expect(
    names.filter((name) => /gradient|backward|update|sweep|loss|entropy|dropout|noise/i.test(name)),
  ).toEqual([]);
});
