import { callbacks, init, layers, optimizers, sequential, StandardScaler, trainTestSplit } from 'lamella';
import type { FitOptions, NdArray, Sequential } from 'lamella';
import { beforeAll, expect, test } from 'vitest';
import { loadBoston } from './boston.js';
import { report } from './networks.js';

const SEEDS = [0, 1, 2, 3, 4];

/** Standardised by the training rows. */
function split(randomState: number): Record<'train' | 'test', { x: NdArray<any>; y: Float64Array }> {
  const { x, y } = loadBoston();
  const { xTrain, xTest, yTrain, yTest } = trainTestSplit(x, y, { randomState });
  const scaler = new StandardScaler();
  const rows = scaler.fitTransform(xTrain);
  return { train: { x: rows, y: yTrain }, test: { x: scaler.transform(xTest), y: yTest } };
}

/** W6: 13-100-1, adam, all rows in every step. */
async function train(
  seed: number,
  x: NdArray<any>,
  y: Float64Array,
  options: FitOptions,
): Promise<Sequential> {
  const model = sequential({
    seed,
    layers: [layers.dense({ units: 100, activation: 'relu', inputShape: [13] }), layers.dense({ units: 1 })],
  });
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { batchSize: y.length, verbose: 0, ...options });
  return model;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

beforeAll(() => init({ variant: 'base' }));

/**
 * The tutorial says 15.6, on a split without a seed; PyTorch on this one 15.3 to 21.6 over five seeds: it
 * overfits.
 */
test('Boston, 10,000 steps, five seeds: train MSE at most .15 each, mean test MSE at most 17.5', async () => {
  const { train: known, test: unseen } = split(2);
  expect(known.y.length).toBe(367);
  const training: number[] = [];
  const testing: number[] = [];
  for (const seed of SEEDS) {
    const model = await train(seed, known.x, known.y, { epochs: 10_000 });
    training.push(model.evaluate(known.x, known.y).loss);
    testing.push(model.evaluate(unseen.x, unseen.y).loss);
  }
  report('W6', { train: training, test: testing, 'mean test': mean(testing) });
  expect(Math.max(...training)).toBeLessThanOrEqual(0.15);
  expect(mean(testing)).toBeLessThanOrEqual(17.5);
});

test('Boston with early stopping on a fifth of the training rows, five splits: mean test MSE at most 14', async () => {
  const testing: number[] = [];
  const epochs: number[] = [];
  for (const seed of SEEDS) {
    const { train: known, test: unseen } = split(seed);
    const stopping = callbacks.earlyStopping({ patience: 200, restoreBestWeights: true });
    const options = { epochs: 10_000, validationSplit: 0.2, callbacks: [stopping] };
    const model = await train(seed, known.x, known.y, options);
    epochs.push(model.history.epoch.length);
    testing.push(model.evaluate(unseen.x, unseen.y).loss);
  }
  report('W6 with early stopping', { epochs, test: testing, 'mean test': mean(testing) });
  expect(mean(testing)).toBeLessThanOrEqual(14);
});
