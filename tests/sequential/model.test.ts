import { describe, expect, test } from 'vitest';
import { constraints, layers, modelFromJSON, regularizers, sequential } from '../../src/index.js';
import { classifier, quiet, threeClasses } from './data.js';

const summaryOf = (model: { summary: (options: object) => void }): string[] => {
  const lines: string[] = [];
  model.summary({ print: (line: string) => lines.push(line) });
  return lines;
};

describe('summary', () => {
  const model = sequential({
    layers: [
      layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
      layers.batchNormalization(),
      layers.dense({ units: 10, name: 'a_layer_with_a_name_that_is_too_long_for_its_column' }),
    ],
  });

  test('is the table of Keras 3, 76 wide in a terminal of 80', () => {
    expect(summaryOf(model).slice(0, 8)).toEqual([
      'Model: "sequential"',
      '┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓',
      '┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃',
      '┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩',
      '│ dense (Dense)                   │ (None, 128)            │       100,480 │',
      '├─────────────────────────────────┼────────────────────────┼───────────────┤',
      '│ batch_normalization             │ (None, 128)            │           512 │',
      '│ (BatchNormalization)            │                        │               │',
    ]);
  });

  test('counts parameters in bytes', () => {
    expect(summaryOf(model).slice(-3)).toEqual([
      ' Total params: 102,282 (399.54 KB)',
      ' Trainable params: 102,026 (398.54 KB)',
      ' Non-trainable params: 256 (1.00 KB)',
    ]);
    expect(model.countParams()).toBe(102282);
  });

  test('counts what the optimizer keeps once it has made a step', async () => {
    const { x, y } = threeClasses(10);
    const small = classifier();
    await small.fit(x, y, quiet);
    expect(summaryOf(small).slice(-4)).toEqual([
      ' Total params: 179 (716.00 B)',
      ' Trainable params: 59 (236.00 B)',
      ' Non-trainable params: 0 (0.00 B)',
      ' Optimizer params: 120 (480.00 B)',
    ]);
  });
});

describe('layers', () => {
  test('are named after their class and their number, unless they have a name', () => {
    const model = sequential();
    model.add(layers.dense({ units: 3, inputShape: [2] }));
    model.add(layers.dense({ units: 3, name: 'dense_1' }));
    model.add(layers.dense({ units: 3 }));
    model.add(layers.gaussianNoise({ stddev: 1 }));
    expect(model.layers.map(({ name }) => name)).toEqual(['dense', 'dense_1', 'dense_2', 'gaussian_noise']);
  });

  test('know their shapes and weights', () => {
    const model = classifier();
    const [first, last] = model.layers;
    expect(first.inputShape).toEqual([3]);
    expect(last.outputShape).toEqual([3]);
    expect(first.countParams()).toBe(32);
    expect(last.getWeights().map(({ shape }) => shape)).toEqual([[8, 3], [3]]);
    expect(last.getWeights()[0].data).toEqual(model.getWeights()[2].data);
    last.setWeights([
      { data: new Float32Array(24).fill(0.5), shape: [8, 3] },
      first.getWeights()[1].data.slice(0, 3) as any,
    ]);
    expect(model.getWeights()[2].data[7]).toBe(0.5);
  });

  test('start as their initializers say, the same for the same seed', () => {
    const [a, b, c] = [classifier(3), classifier(3), classifier(4)].map((model) => model.getWeights());
    expect(a).toEqual(b);
    expect(a[0].data).not.toEqual(c[0].data);
    const bound = Math.sqrt(6 / 11);
    expect(Math.max(...a[0].data.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(a[1].data).toEqual(new Float32Array(8));
  });
});

test('a model without a seed draws one with its weights and tells it', () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
  expect(model.seed).toBeUndefined();
  const weights = model.getWeights();
  const again = sequential({ seed: model.seed, layers: [layers.dense({ units: 2, inputShape: [2] })] });
  expect(again.getWeights()).toEqual(weights);
});

test('a model without inputShape is built at the first fit', async () => {
  const { x, y } = threeClasses(20);
  const model = sequential({ seed: 1, layers: [layers.dense({ units: 3, activation: 'softmax' })] });
  model.compile({ loss: 'sparseCategoricalCrossentropy' });
  expect(model.built).toBe(false);
  await model.fit(x, y, quiet);
  expect(model.inputShape).toEqual([3]);
  expect(model.getWeights()[0].shape).toEqual([3, 3]);
});

test('predictions go into the array that is given', () => {
  const model = classifier();
  const out = new Float32Array(6);
  const { data, shape } = model.predict(threeClasses(2).x, { out });
  expect(data).toBe(out);
  expect(shape).toEqual([2, 3]);
  expect(out[0] + out[1] + out[2]).toBeCloseTo(1, 6);
});

describe('JSON', () => {
  const model = sequential({
    name: 'all',
    seed: 11,
    layers: [
      layers.input({ shape: [2, 6] }),
      layers.reshape({ targetShape: [3, -1] }),
      layers.flatten(),
      layers.rescaling({ scale: 2, offset: -1 }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.dense({
        units: 4,
        useBias: false,
        kernelInitializer: 'he_normal',
        kernelRegularizer: regularizers.l1l2({ l1: 0.1, l2: 0.2 }),
        kernelConstraint: constraints.maxNorm({ maxValue: 3, axis: 1 }),
        activityRegularizer: 'l2',
        trainable: false,
      }),
      layers.batchNormalization({ momentum: 0.9, center: false }),
      layers.layerNormalization({ gammaConstraint: 'nonNeg' }),
      layers.activation({ activation: 'leaky_relu' }),
      layers.dropout({ rate: 0.25, name: 'drop' }),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });

  test('makes the same model again, from text and from data', () => {
    const text = JSON.stringify(model.toJSON());
    for (const again of [modelFromJSON(text), modelFromJSON(model.toJSON())]) {
      expect(JSON.stringify(again.toJSON())).toBe(text);
      expect(again.layers.map(({ spec }) => spec)).toEqual(model.layers.map(({ spec }) => spec));
      expect(again.getWeights()).toEqual(model.getWeights());
    }
  });

  test.each([
    ['{', /expected JSON/],
    ['[]', /expected a model to be an object, but received \[\]/],
    [{ ...model.toJSON(), extra: 1 }, /expected the entries .*, but received 'extra'/],
    [{ ...model.toJSON(), version: 2 }, /expected version 1, but received 2/],
    [{ ...model.toJSON(), layers: null }, /expected an array of layers, but received null/],
    [{ ...model.toJSON(), layers: 5 }, /expected an array of layers, but received 5/],
    [{ ...model.toJSON(), layers: Array(10001).fill({}) }, /expected at most 10000 layers, but received/],
    [
      { ...model.toJSON(), layers: [{ type: 'lambda' }] },
      /layer 0 to have one of the types .* received 'lambda'/,
    ],
    [{ ...model.toJSON(), layers: [{ type: 'constructor' }] }, /received 'constructor'/],
    [{ ...model.toJSON(), layers: [{ type: 'dense', units: -1 }] }, /units must be an integer >= 1/],
    [{ ...model.toJSON(), layers: [{ type: 'dense', units: 1, __proto__x: 1 }] }, /is not an option/],
  ])('is refused if it describes no model: %#', (json, sentence) => {
    expect(() => modelFromJSON(json)).toThrow(sentence);
    expect(() => modelFromJSON(json)).toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });
});
