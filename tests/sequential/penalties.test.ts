import { describe, expect, test } from 'vitest';
import type { NdArray, Sequential } from 'lamella';
import { callbacks, init, layers, loadModel, MLPRegressor, regularizers, sequential } from 'lamella';
import { Seeded } from '../helpers/seeded.js';
import { readEvents } from '../train/callbacks/event-reader.js';
import { combinations } from '../helpers/combinations.js';

const ROWS = 10;
const SIZES = Array.from({ length: 9 }, (_, i) => i + 1);
const PAIRS = combinations(SIZES, SIZES);
const ALPHA = 0.7;
const l1 = 0.02;
const l2 = 0.05;

const sum = (values: ArrayLike<number>, term: (value: number) => number): number =>
  Array.from(values, term).reduce((total, value) => total + value, 0);
const penalty = (values: ArrayLike<number>): number => sum(values, (w) => l1 * Math.abs(w) + l2 * w * w);

function data(inputs: number) {
  const seeded = new Seeded(inputs);
  const y = seeded.floats(ROWS, 2);
  return { x: { data: seeded.floats(ROWS * inputs), shape: [ROWS, inputs] }, y };
}

/** tanh(x · kernel + bias) in float64, without tanh for the last layer. */
function outputs(x: NdArray, weights: readonly NdArray[]): Float64Array[] {
  const all = [Float64Array.from(x.data)];
  for (let i = 0; i < weights.length; i += 2) {
    const [kernel, bias] = [weights[i], weights[i + 1].data];
    const [depth, units] = kernel.shape;
    const from = all[i / 2];
    const y = Float64Array.from({ length: ROWS * units }, (_, at) => {
      const [row, unit] = [Math.floor(at / units), at % units];
      let total = bias[unit];
      for (let k = 0; k < depth; k++) total += from[row * depth + k] * kernel.data[k * units + unit];
      return i + 2 < weights.length ? Math.tanh(total) : total;
    });
    all.push(y);
  }
  return all.slice(1);
}

/**
 * Mean squared error, penalties of all weights and of the outputs of every layer but the last, in float64.
 */
function lossByHand(model: Sequential, x: NdArray, y: Float32Array): number {
  const weights = model.getWeights();
  const all = outputs(x, weights);
  const predictions = all.at(-1)!;
  const error = y.reduce((s, t, i) => s + (t - predictions[i]) ** 2, 0) / ROWS;
  const activities = all.slice(0, -1).reduce((s, values) => s + penalty(values) / ROWS, 0);
  return error + activities + weights.reduce((s, { data }) => s + penalty(data), 0);
}

describe('in networks of 1 to 9 inputs and units', () => {
  test('loss and history count L1, L2 and activity penalties as float64 does, also after saving and loading', async () => {
    await init();
    const regularizer = regularizers.l1l2({ l1, l2 });
    const rules = { kernelRegularizer: regularizer, biasRegularizer: regularizer };
    for (const [inputs, units] of PAIRS) {
      const { x, y } = data(inputs);
      const hidden = [units, SIZES[(2 * inputs + units) % 9]].map((width) =>
        layers.dense({ units: width, activation: 'tanh', activityRegularizer: regularizer, ...rules }),
      );
      const model = sequential({ seed: 1, layers: [...hidden, layers.dense({ units: 1, ...rules })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await model.fit(x, y, { verbose: 0, epochs: 2, batchSize: 4 });
      const expected = lossByHand(model, x, y);
      const what = `${inputs} inputs, ${units} units`;
      expect(model.evaluate(x, y).loss / expected, what).toBeCloseTo(1, 5);
      const loaded = (await loadModel(model.toBytes())) as Sequential;
      expect(loaded.evaluate(x, y).loss / expected, `${what}, loaded`).toBeCloseTo(1, 5);
      const { history } = await model.fit(x, y, { verbose: 0, batchSize: ROWS });
      expect(history.loss[0] / expected, `${what}, history`).toBeCloseTo(1, 5);
    }
  });

  test('an MLPRegressor reports the loss of float64, also after saving and loading', async () => {
    for (const [inputs, units] of PAIRS) {
      const { x, y } = data(inputs);
      const mlp = new MLPRegressor({
        hiddenLayerSizes: [units, SIZES[(2 * inputs + units) % 9]],
        ...{ alpha: ALPHA, activation: 'tanh', maxIter: 2, batchSize: 4, randomState: 3, onWarning() {} },
      });
      await mlp.fit(x, y);
      mlp.setParams({ batchSize: ROWS });
      const weights = mlp.coefs.flatMap((kernel, i) => [
        kernel,
        { data: mlp.intercepts[i], shape: [mlp.intercepts[i].length] },
      ]);
      const predictions = outputs(x, weights).at(-1)!;
      const squares = mlp.coefs.reduce((total, { data }) => total + sum(data, (w) => w * w), 0);
      const error = y.reduce((total, t, i) => total + 0.5 * (t - predictions[i]) ** 2, 0);
      const expected = (error + 0.5 * ALPHA * squares) / ROWS;
      const loaded = await MLPRegressor.fromBytes(mlp.toBytes());
      // A step reports the loss before its update.
      for (const one of [mlp, loaded]) {
        await one.partialFit(x, y);
        expect(one.loss / expected, `${inputs} inputs, ${units} units`).toBeCloseTo(1, 5);
      }
    }
  });

  test('distributions of weights count every weight once', async () => {
    for (const [inputs, units] of PAIRS) {
      const { x, y } = data(inputs);
      const model = sequential({
        seed: 1,
        layers: [layers.dense({ units, inputShape: [inputs] }), layers.dense({ units: 1 })],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const files = new Map<string, Uint8Array>();
      const board = callbacks.tensorBoard({
        histogramFreq: 1,
        now: () => 0,
        write: (name, bytes) => void files.set(name, bytes.slice()),
      });
      await model.fit(x, y, { verbose: 0, callbacks: [board] });
      const counts = [...files.values()]
        .flatMap(readEvents)
        .flatMap(({ values }) => Object.entries(values))
        .filter(([tag]) => tag.includes('histogram'))
        .map(([, count]) => count);
      expect(counts).toEqual([inputs * units, units, units, 1]);
    }
  });
});
