import { describe, expect, test } from 'vitest';
import { toRows } from '../../src/ndarray.js';
import { toKernelRows } from '../../src/network/scale.js';
import type { Dataset } from '../../src/network/feed.js';
import type { Trainer } from '../../src/train/trainer.js';
import { expectSameBits } from '../helpers/allclose.js';
import { sparseSample, topics } from '../helpers/csr.js';
import { denseNetwork } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { networkOf, trainerOf } from '../helpers/training.js';
import { VARIANTS } from '../helpers/wasm.js';

const ADAM = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

describe.each(VARIANTS)('rows of stored values, %s,', (variant) => {
  const { csr, dense } = sparseSample(31, 70, 0.2);
  const labels = { kind: 'labels', data: new Seeded(2).integers(31, 3) } as const;
  const spec = denseNetwork(70, [
    [9, 'relu'],
    [3, 'softmax'],
  ]);
  const opened = (dataset: Dataset, changes = {}): Trainer =>
    trainerOf({
      ...{ network: networkOf(variant, spec), dataset, optimizer: ADAM, batchSize: 8 },
      loss: { name: 'sparseCategoricalCrossentropy' },
      ...changes,
    });

  test('train to the same bits in the arena, out of it, in parts, and dense', () => {
    const [stored, full] = [csr, dense].map((x) => ({ rows: toKernelRows(toRows(x)), targets: labels }));
    const trainers = [
      [opened(full), full],
      [opened(stored), stored],
      [opened(stored, { maxResidentBytes: 0 }), stored],
      [opened(stored, { dataset: undefined }), stored],
      [opened(stored, { dataset: undefined, nnzCapacity: 1, batchSize: 2 }), stored],
    ] as const;
    expect(trainers[1][0].session.plan.resident).toBeDefined();
    expect(trainers[2][0].session.plan.resident).toBeUndefined();
    const order = new Seeded(8);
    for (let t = 0; t < 6; t++) {
      const batch = order.integers(t % 3 === 2 ? 5 : 8, 31);
      const losses = trainers.map(([trainer, dataset]) => trainer.step(dataset, batch, 0.05));
      expect(new Set(losses).size).toBe(1);
    }
    for (const [trainer] of trainers) {
      expectSameBits(trainer.session.weights.view(), trainers[0][0].session.weights.view(), 'parameters');
    }
  });
});

test('memory follows the values that are stored, not the columns', () => {
  const [rows, vocabulary, words, units] = [2000, 20000, 50, 64];
  const { x, y } = topics(rows, vocabulary, words);
  const dataset = { rows: toKernelRows(toRows(x)), targets: { kind: 'labels', data: y } as const };
  const spec = denseNetwork(vocabulary, [
    [units, 'relu'],
    [4, 'softmax'],
  ]);
  const network = networkOf('relaxed', spec);
  const trainer = trainerOf({
    ...{ network, dataset, optimizer: ADAM, batchSize: 200 },
    loss: { name: 'sparseCategoricalCrossentropy' },
  });
  const weights = 4 * vocabulary * units;
  const stored = 8 * rows * words;
  const lists = 2 * 8 * 200 * words + 2 * 4 * vocabulary;
  const panel = 2 * 4 * 8 * vocabulary;
  const { bytes } = trainer.session.plan;
  expect(bytes).toBeGreaterThan(3 * weights + stored);
  expect(bytes).toBeLessThan(3 * weights + stored + lists + panel + 500000);
  network.forward(dataset.rows);
});
