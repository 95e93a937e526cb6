import { describe, expect, test } from 'vitest';
import { toKernelRows } from '../../src/network/scale.js';
import type { NetworkSpec } from '../../src/network/spec.js';
import type { Dataset, Targets } from '../../src/network/feed.js';
import type { Trainer } from '../../src/train/trainer.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseNetwork } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { networkOf, trainerOf } from '../helpers/training.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { VARIANTS } from '../helpers/wasm.js';

const ROWS = 31;
const ADAM = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const seeded = new Seeded(7);

/** No two float32 parts give its products with all bytes: rows become float32 when they are taken. */
const SCALE_WITHOUT_PARTS = 1.5197987066250014;

function datasetOf(
  data: Float32Array | Uint8Array,
  scale: number,
  targets: Targets,
  weights?: Float32Array,
): Dataset {
  const features = data.length / ROWS;
  const rows = { data, rows: ROWS, features, scale, shape: [ROWS, features] };
  return { rows: toKernelRows(rows), targets, weights };
}

const labels: Targets = { kind: 'labels', data: seeded.integers(ROWS, 3) };
const values: Targets = { kind: 'values', data: seeded.floats(ROWS * 3) };
const weights = seeded.shares(ROWS).map((share) => share + 0.1);

/** Values of 70 inputs, most of them 0: the first layer reads lists. */
const sparse = seeded.bytes(ROWS * 70).map((byte) => (byte < 200 ? 0 : byte));

const DATASETS: Record<string, Dataset> = {
  'floats and labels': datasetOf(seeded.floats(ROWS * 13), 1, labels),
  'floats, values and weights': datasetOf(seeded.floats(ROWS * 13), 1, values, weights),
  bytes: datasetOf(seeded.bytes(ROWS * 13), 1 / 255, labels),
  'bytes of another scale': datasetOf(seeded.bytes(ROWS * 13), 0.37, values),
  'bytes of a scale that has no parts': datasetOf(seeded.bytes(ROWS * 13), SCALE_WITHOUT_PARTS, labels),
  'bytes that are mostly 0': datasetOf(sparse, 1 / 255, labels, weights),
  'floats that are mostly 0': datasetOf(Float32Array.from(sparse), 1, values),
};

function opened(
  variant: KernelVariant,
  spec: NetworkSpec,
  dataset: Dataset,
  maxResidentBytes?: number,
): Trainer {
  const name = dataset.targets.kind === 'labels' ? 'sparseCategoricalCrossentropy' : 'meanSquaredError';
  const network = networkOf(variant, spec);
  return trainerOf({ network, dataset, loss: { name }, optimizer: ADAM, batchSize: 8, maxResidentBytes });
}

describe.each(VARIANTS)('%s:', (variant) => {
  test.each(Object.keys(DATASETS))('%s train to the same bits in the arena and out of it', (name) => {
    const dataset = DATASETS[name];
    expect(dataset.rows.data instanceof Uint8Array).toBe(/^bytes(?!.*no parts)/.test(name));
    const output = dataset.targets.kind === 'labels' ? 'softmax' : 'linear';
    const spec = denseNetwork(dataset.rows.features, [
      [9, 'relu'],
      [3, output],
    ]);
    const [resident, gathered] = [undefined, 0].map((most) => opened(variant, spec, dataset, most));
    expect(resident.session.plan.resident).toBeDefined();
    expect(gathered.session.plan.resident).toBeUndefined();
    expect(resident.session.plan.input.csr !== undefined).toBe(name.endsWith('mostly 0'));
    const order = new Seeded(8);
    for (let t = 0; t < 6; t++) {
      const batch = order.integers(t % 3 === 2 ? 5 : 8, ROWS);
      expect(gathered.step(dataset, batch, 0.05)).toBe(resident.step(dataset, batch, 0.05));
    }
    expectSameBits(gathered.session.weights.view(), resident.session.weights.view(), name);
  });

  test('rows without weights weigh 1 after others that had weights', () => {
    const dataset = DATASETS['floats and labels'];
    const spec = denseNetwork(dataset.rows.features, [[3, 'softmax']]);
    const [one, other] = [1, 2].map(() => opened(variant, spec, dataset));
    const batch = new Seeded(9).integers(8, ROWS);
    one.session.step({ ...dataset, weights }, batch, false);
    expect(one.step(dataset, batch, 0.05)).toBe(other.step(dataset, batch, 0.05));
  });

  test('a data set that is just too large for its limit is not kept', () => {
    const dataset = DATASETS['floats, values and weights'];
    const bytes = 4 * ROWS * (13 + 3 + 1);
    const spec = denseNetwork(13, [[3, 'linear']]);
    for (const [most, kept] of [
      [bytes, true],
      [bytes - 1, false],
    ] as const) {
      expect(opened(variant, spec, dataset, most).session.plan.resident !== undefined).toBe(kept);
    }
  });
});
