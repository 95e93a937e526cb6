import { describe, expect, test } from 'vitest';
import type { Layer, NdArray, Sequential } from '../../src/index.js';
import { layers, loadModel, modelFromJSON, regularizers, sequential, ValueError } from '../../src/index.js';
import { threeClasses } from './data.js';

const { x, y } = threeClasses(24);
const quiet = { epochs: 2, batchSize: 8, verbose: 0, onWarning() {} } as const;

/** dense, batch normalization, layer normalization, dense: the first two perhaps frozen from the start. */
function network(trainable?: boolean): Sequential {
  const first = trainable === undefined ? {} : { trainable };
  return sequential({
    seed: 3,
    layers: [
      layers.dense({ units: 5, activation: 'tanh', inputShape: [3], ...first }),
      layers.batchNormalization(first),
      layers.layerNormalization(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

function compiled(model: Sequential): Sequential {
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

const valuesOf = (weights: readonly NdArray[]): number[][] =>
  weights.map(({ data }) => [...data] as number[]);
const freeze = (model: Sequential, trainable = false): void => {
  for (const layer of model.layers.slice(0, 2)) layer.trainable = trainable;
};

function slotsOf(model: Sequential, weights: readonly number[]): number[][] {
  const { slots } = model.getTrainingState().optimizer;
  return slots.flatMap((arrays) => weights.map((i) => [...arrays[i].data]));
}

function summary(model: Sequential): string {
  const lines: string[] = [];
  model.summary({ print: (line) => void lines.push(line) });
  return lines.join('\n');
}

describe('a layer that is frozen', () => {
  const ways: Record<string, () => Sequential> = {
    'before compile': () => {
      const model = network();
      freeze(model);
      return compiled(model);
    },
    'after compile': () => {
      const model = compiled(network());
      freeze(model);
      return model;
    },
    'after its weights were drawn': () => {
      const model = compiled(network());
      model.predict(x);
      freeze(model);
      return model;
    },
  };

  test.each(Object.entries(ways))('%s trains to the bits of one that was made so', async (_, make) => {
    const [made, expected] = [make(), compiled(network(false))];
    const before = valuesOf(made.getWeights());
    await made.fit(x, y, quiet);
    await expected.fit(x, y, quiet);
    const after = valuesOf(made.getWeights());
    expect(after).toEqual(valuesOf(expected.getWeights()));
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
    after.slice(6).forEach((values, i) => expect(values).not.toEqual(before[6 + i]));
  });

  test('trains on when it is trainable again, its moments as they were', async () => {
    const model = compiled(network());
    await model.fit(x, y, quiet);
    const [weights, slots] = [valuesOf(model.getWeights()), slotsOf(model, [0, 1, 2, 3])];
    freeze(model);
    model.trainOnBatch(x, y);
    model.trainOnBatch(x, y);
    expect(valuesOf(model.getWeights()).slice(0, 6)).toEqual(weights.slice(0, 6));
    expect(slotsOf(model, [0, 1, 2, 3])).toEqual(slots);
    freeze(model, true);
    const { step } = model.getTrainingState().optimizer;
    model.trainOnBatch(x, y);
    expect(model.getTrainingState().optimizer.step).toBe(step + 1);
    valuesOf(model.getWeights()).forEach((values, i) => expect(values).not.toEqual(weights[i]));
  });

  test('counts at once for trainOnBatch', () => {
    const model = compiled(network());
    model.trainOnBatch(x, y);
    const before = valuesOf(model.layers[3].getWeights());
    model.layers[3].trainable = false;
    model.trainOnBatch(x, y);
    expect(valuesOf(model.layers[3].getWeights())).toEqual(before);
  });

  test('normalizes by the moving averages, and keeps them, if it is batchNormalization', async () => {
    const model = compiled(network());
    await model.fit(x, y, quiet);
    const [batchLoss, loss] = [model.trainOnBatch(x, y).loss, model.evaluate(x, y).loss];
    expect(Math.abs(batchLoss - loss)).toBeGreaterThan(1e-3);
    freeze(model);
    const averages = valuesOf(model.layers[1].getWeights());
    expect(model.trainOnBatch(x, y).loss).toBeCloseTo(loss, 5);
    expect(valuesOf(model.layers[1].getWeights())).toEqual(averages);
  });

  test('adds no penalty to the loss', () => {
    const model = sequential({
      seed: 1,
      layers: [layers.dense({ units: 1, kernelRegularizer: regularizers.l2({ l2: 1 }), inputShape: [3] })],
    });
    model.compile({ loss: 'mse' });
    const [{ data }] = model.getWeights();
    const { loss } = model.evaluate(x, y);
    model.layers[0].trainable = false;
    const squares = data.reduce((sum, w) => sum + w * w, 0);
    expect(loss - model.evaluate(x, y).loss).toBeCloseTo(squares, 5);
  });

  test('is counted in the summary, written to JSON and bytes, and frozen when they are read', async () => {
    const model = compiled(network());
    expect(summary(model)).toMatch(/Trainable params: 58 .*\n Non-trainable params: 10 /);
    await model.fit(x, y, quiet);
    freeze(model);
    expect(summary(model)).toMatch(/Trainable params: 28 .*\n Non-trainable params: 40 /);
    const again = modelFromJSON(JSON.parse(JSON.stringify(model.toJSON())));
    expect(again.layers.map(({ trainable }) => trainable)).toEqual([false, false, true, true]);
    const loaded = (await loadModel(model.toBytes())) as Sequential;
    expect(loaded.layers.map(({ trainable }) => trainable)).toEqual([false, false, true, true]);
    await model.fit(x, y, quiet);
    await loaded.fit(x, y, quiet);
    expect(valuesOf(loaded.getWeights())).toEqual(valuesOf(model.getWeights()));
    freeze(loaded, true);
    expect(loaded.layers[0].config).not.toHaveProperty('trainable', false);
  });

  test('predicts as before', async () => {
    const model = compiled(network());
    const predicted = model.predict(x);
    freeze(model);
    expect(model.predict(x)).toEqual(predicted);
    await model.fit(x, y, quiet);
    const copy = model.predict(x);
    freeze(model, true);
    expect(model.predict(x)).toEqual(copy);
  });

  test('may be a convolution, or have no weights', async () => {
    const model = sequential({
      seed: 2,
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1] }),
        layers.dropout({ rate: 0.1 }),
        layers.flatten(),
        layers.dense({ units: 1 }),
      ],
    });
    model.compile({ loss: 'mse' });
    for (const layer of model.layers.slice(0, 3)) layer.trainable = false;
    const before = valuesOf(model.getWeights());
    const images = { data: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)), shape: [4, 3, 3, 1] };
    await model.fit(images, [1, 2, 3, 4], quiet);
    const after = valuesOf(model.getWeights());
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
  });

  test('may belong to no model yet', () => {
    const layer = layers.dense({ units: 2, inputShape: [3] });
    layer.trainable = false;
    expect(sequential({ layers: [layer] }).layers[0].trainable).toBe(false);
  });
});

describe('the whole model', () => {
  test('is frozen and trained again by all of its layers', async () => {
    const model = compiled(network());
    expect(model.trainable).toBe(true);
    model.trainable = false;
    expect(model.layers.every(({ trainable }) => !trainable)).toBe(true);
    expect(summary(model)).toContain('Trainable params: 0 (0.00 B)');
    const before = valuesOf(model.getWeights());
    await model.fit(x, y, quiet);
    model.trainOnBatch(x, y);
    expect(valuesOf(model.getWeights())).toEqual(before);
    model.layers[3].trainable = true;
    expect(model.trainable).toBe(true);
    await model.fit(x, y, quiet);
    expect(valuesOf(model.getWeights())[8]).not.toEqual(before[8]);
    model.trainable = true;
    await model.fit(x, y, quiet);
    expect(valuesOf(model.getWeights())[0]).not.toEqual(before[0]);
  });

  test('may be frozen before its shapes are known', async () => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 2 }), layers.dense({ units: 1 })] });
    model.compile({ loss: 'mse' });
    model.trainable = false;
    model.layers[1].trainable = true;
    await model.fit(x, y, quiet);
    const initial = sequential({ seed: 1, layers: [layers.dense({ units: 2 }), layers.dense({ units: 1 })] });
    initial.compile({ optimizer: { name: 'sgd', learningRate: 0 }, loss: 'mse' });
    await initial.fit(x, y, quiet);
    const [trained, before] = [model, initial].map((one) => valuesOf(one.getWeights()));
    expect(trained.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(trained[2]).not.toEqual(before[2]);
  });
});

describe('refused is', () => {
  test('to freeze during fit, in callbacks too, which leaves everything as it was', async () => {
    const model = compiled(network());
    const errors: unknown[] = [];
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        errors.push(error);
      }
    };
    const fit = model.fit(x, y, {
      ...quiet,
      callbacks: [{ onEpochEnd: () => attempt(() => (model.layers[0].trainable = false)) }],
    });
    attempt(() => (model.trainable = false));
    await fit;
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toBeInstanceOf(ValueError);
      expect((error as Error).message).toBe(
        "sequential: trainable of layer 'dense' was set while the model is being trained; await the promise of fit first.",
      );
    }
    expect(model.layers.every(({ trainable }) => trainable)).toBe(true);
    model.layers[0].trainable = false;
  });

  test.each([['no'], [0], [null], [undefined]])('the value %j', (value) => {
    const model = network();
    const set = (target: Layer | Sequential): void => {
      target.trainable = value as never;
    };
    expect(() => set(model)).toThrow(/^sequential: trainable must be a boolean, but received/);
    expect(() => set(model.layers[0])).toThrow(/^layers.dense: trainable must be a boolean, but received/);
  });

  test('by the next fit what nothing trains through, but a file of it can be read', async () => {
    const model = sequential({
      seed: 1,
      layers: [
        layers.dense({ units: 2, activation: 'sign', inputShape: [3], trainable: false }),
        layers.dense({ units: 1 }),
      ],
    });
    model.compile({ loss: 'mse' });
    await model.fit(x, y, quiet);
    model.layers[0].trainable = true;
    await expect(model.fit(x, y, quiet)).rejects.toThrow("layer 'dense' has the activation 'sign'");
    const loaded = (await loadModel(model.toBytes())) as Sequential;
    expect(loaded.predict(x)).toEqual(model.predict(x));
    loaded.layers[0].trainable = false;
    await loaded.fit(x, y, quiet);
  });
});
