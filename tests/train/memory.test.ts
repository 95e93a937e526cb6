import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { newOptimizerState } from '../../src/network/optimizers.js';
import { inBatches } from '../../src/network/feed.js';
import { fit } from '../../src/train/fit.js';
import { denseNetwork } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MIB = 2 ** 20;
const spec = denseNetwork(4, [
  [5, 'relu'],
  [2, 'linear'],
]);
const seeded = new Seeded(19);
const dataset = datasetOf(seeded.floats(10 * 4), 10, seeded.floats(10 * 2));

/** One more model: built, trained for two epochs, asked once, and forgotten. */
async function trainOne(): Promise<void> {
  const network = networkOf('base', spec);
  const optimizer = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
  const setup = { network, dataset, loss: { name: 'meanSquaredError' }, optimizer, batchSize: 5 } as const;
  await fit({
    ...{ network, trainer: trainerOf({ ...setup, state: newOptimizerState() }), firstEpoch: 1, lastEpoch: 2 },
    batches: () => inBatches(dataset, allRows(10), 5),
    rate: () => 0.01,
    hooks: { onEpoch: () => undefined },
  });
  network.forward(dataset.rows);
}

async function memoryAfter(models: number): Promise<number> {
  for (let i = 0; i < models; i++) {
    await trainOne();
    // A memory is given back when its last view is collected, which the engine puts off while there is room.
    if (i % 50 === 49) collect();
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().rss;
}

test('a thousand small models, one after another, take no more memory than three hundred', async () => {
  const before = await memoryAfter(300);
  const after = await memoryAfter(700);
  // Had they stayed, 700 networks would take 40 MiB, and their training more.
  expect((after - before) / MIB).toBeLessThan(25);
});
