import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from './packing.js';

const CALLS = 100_000;

/** Bytes that a prediction allocates, and bytes by which the heap has grown after all of them. */
const script = `
  const { layers, sequential } = await import(process.argv[1]);
  const model = sequential({ seed: 1, layers: [
    layers.dense({ units: 16, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ] });
  const row = { data: Float32Array.from({ length: 20 }, (_, i) => i % 3), shape: [1, 20] };
  const options = { out: new Float32Array(10) };
  const predict = (calls) => { for (let i = 0; i < calls; i++) model.predict(row, options); };
  const used = () => process.memoryUsage().heapUsed;
  predict(30_000);
  gc();
  const before = used();
  predict(20_000);
  const each = (used() - before) / 20_000;
  predict(${CALLS});
  gc();
  console.log(JSON.stringify({ each, grown: used() - before }));
`;

test('100,000 predictions of single rows into the same array leave nothing, and next to nothing on the way', () => {
  // No collection falls into the measured calls: the young generation is larger than what they allocate.
  const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];
  const args = [...flags, '--input-type=module', '--eval', script, `file://${root}dist/node/index.js`];
  const { each, grown } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  expect(each).toBeLessThan(100);
  expect(grown).toBeLessThan(300_000);
});
