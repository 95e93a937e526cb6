import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, expect, test, vi } from 'vitest';
import { pool } from '../../../src/engine/threads/pool.js';
import { PROTOCOL } from '../../../src/engine/threads/worker.js';
import { MLPClassifier, UnsupportedError, engine, init, layers, sequential } from '../../../src/index.js';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  pool.end();
  await init({ threads: 1 });
});

const x = {
  data: Float32Array.from({ length: 300 * 100 }, (_, i) => ((i * 37) % 101) / 101),
  shape: [300, 100],
};
const y = Array.from({ length: 300 }, (_, i) => i % 3);
const options = { hiddenLayerSizes: [128, 128], batchSize: 50, maxIter: 6, randomState: 1, onWarning() {} };

/**
 * The most milliseconds that the calling thread has slept since: before and after every sleep it looks at the
 * clock.
 */
function sleepCounter(): () => number {
  const clock = vi.spyOn(performance, 'now');
  return () => (clock.mock.calls.length / 2) * PROTOCOL.sleepMs;
}

test('a worker that ends is an error within three seconds, with the weights of the last epoch', async () => {
  const model = new MLPClassifier(options);
  let after = new Float32Array();
  let slept = (): number => Infinity;
  const fit = model.fit(x, y, {
    threads: 2,
    onEpoch({ epoch }) {
      if (epoch !== 2) return;
      after = model.coefs[1].data.slice();
      slept = sleepCounter();
      pool.end();
    },
  });
  await expect(fit).rejects.toThrow(UnsupportedError);
  expect(slept()).toBeLessThan(3000);
  await expect(fit).rejects.toThrow(
    'A worker thread was lost in epoch 3: expected all threads to finish the step, but one ended or did not answer; the weights after epoch 2 are restored; fit again, or with threads: 1.',
  );
  expect(model.coefs[1].data).toEqual(after);
  await model.fit(x, y, { threads: 2 });
  expect(model.nIter).toBe(6);
});

test('a worker that ends within a step of convolutions is an error as soon, and the model goes on', async () => {
  const model = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [10, 10, 1] }),
      layers.batchNormalization(),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const images = { data: x.data, shape: [300, 10, 10, 1] };
  let after: unknown;
  let slept = (): number => Infinity;
  const callbacks = {
    onEpochEnd(epoch: number) {
      if (epoch !== 1) return;
      after = model.getWeights();
      slept = sleepCounter();
      pool.end();
    },
  };
  const options = { threads: 2, batchSize: 50, verbose: 0 } as const;
  const fit = model.fit(images, y, { ...options, epochs: 6, callbacks });
  await expect(fit).rejects.toThrow('the weights after epoch 2 are restored');
  expect(slept()).toBeLessThan(3000);
  expect(model.getWeights()).toEqual(after);
  expect(model.predict(images).data.every(Number.isFinite)).toBe(true);
  await model.fit(images, y, { ...options, epochs: 1 });
  expect(model.getWeights()).not.toEqual(after);
});

test('workers are shared, counted while they work, and end when idle for two seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const inUse: number[] = [];
  const fit = (threads: number): Promise<unknown> =>
    new MLPClassifier({ ...options, maxIter: 1 }).fit(x, y, {
      threads,
      onEpoch: () => void inUse.push(engine().threads),
    });
  await fit(2);
  await fit(3);
  expect(pool.size).toBe(2);
  await fit(2);
  expect(pool.size).toBe(2);
  expect(inUse).toEqual([2, 3, 2]);
  expect(engine().threads).toBe(1);
  vi.advanceTimersByTime(1999);
  expect(pool.size).toBe(2);
  vi.advanceTimersByTime(1);
  expect(pool.size).toBe(0);
});

test('the second of two trainings at once computes on one thread', async () => {
  const models = [1, 2].map(() => new MLPClassifier({ ...options, maxIter: 2 }));
  await Promise.all(models.map((model) => model.fit(x, y, { threads: 2 })));
  expect(engine().threads).toBe(1);
  expect(models[0].coefs).toEqual(models[1].coefs);
  expect(pool.size).toBe(1);
});

test("init tells how many threads fit takes; 'auto' leaves small networks on one", async () => {
  await init({ threads: 2 });
  expect(engine().threads).toBe(2);
  await new MLPClassifier({ ...options, maxIter: 1 }).fit(x, y);
  expect(pool.size).toBe(1);
  pool.end();
  let inUse: number | undefined;
  const onEpoch = (): void => void (inUse = engine().threads);
  const small = new MLPClassifier({ ...options, maxIter: 1, hiddenLayerSizes: [5] });
  await small.fit(x, y, { threads: 'auto', onEpoch });
  expect(inUse).toBe(1);
  expect(engine().threads).toBe(2);
  await new MLPClassifier({ ...options, maxIter: 1 }).partialFit(x, y, { classes: [0, 1, 2], threads: 2 });
  expect(pool.size).toBe(0);
});

const lasting = { ...options, maxIter: 1e6, nIterNoChange: 1e6 };

/**
 * Train on 'auto' until `workers` are there and have had sixty epochs to compute in, however long a busy
 * machine takes to start them; again if they did not answer at all. Gives what it came to, and the workers
 * that lived after every epoch.
 */
async function trainWith(workers: number, onEpoch: () => void): Promise<[MLPClassifier, number[]]> {
  for (let attempt = 1; ; attempt++) {
    const model = new MLPClassifier(lasting);
    const sizes: number[] = [];
    const enough = new AbortController();
    const watch = (): void => {
      onEpoch();
      sizes.push(pool.size);
      if (sizes.filter((size) => size === workers).length >= 60) enough.abort();
    };
    const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(30000)]);
    await expect(model.fit(x, y, { threads: 'auto', signal, onEpoch: watch })).rejects.toMatchObject({
      name: expect.stringMatching(/^(Abort|Timeout)Error$/),
    });
    if (enough.signal.aborted) return [model, sizes];
    if (attempt === 8) throw new Error(`${workers} workers were not there in 8 times 30 s.`);
  }
}

test("'auto' starts workers when a training lasts; whoever computes, the bits are the same", async () => {
  const found = Math.min(2, availableParallelism());
  const inUse: number[] = [];
  const onEpoch = (): void => void inUse.push(engine().threads);
  for (const already of [false, true]) {
    const [auto, sizes] = await trainWith(found - 1, onEpoch);
    if (!already) expect(sizes[0]).toBe(0);
    expect(sizes.at(-1)).toBe(found - 1);
    const one = await new MLPClassifier({ ...lasting, maxIter: auto.nIter }).fit(x, y, { threads: 1 });
    expect(auto.coefs).toEqual(one.coefs);
    expect(auto.lossCurve).toEqual(one.lossCurve);
  }
  expect(Math.max(...inUse)).toBeLessThanOrEqual(found);
  expect(engine().threads).toBe(1);
  await new MLPClassifier({ ...lasting, maxIter: 2 }).fit(x, y, { threads: 2, onEpoch });
  expect(inUse.at(-1)).toBe(2);
});

test("a training on 'auto' may be aborted, or end, before its workers are there", async () => {
  const signal = AbortSignal.timeout(120);
  await expect(new MLPClassifier(lasting).fit(x, y, { threads: 'auto', signal })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  await new MLPClassifier({ ...options, maxIter: 2 }).fit(x, y, { threads: 'auto' });
  const { lossCurve } = await new MLPClassifier(options).fit(x, y, { threads: 2 });
  expect(lossCurve).toEqual((await new MLPClassifier(options).fit(x, y)).lossCurve);
});

test('a process ends as soon as it has nothing more to do, its idle workers with it', async () => {
  const folder = mkdtempSync(fileURLToPath(new URL('../../../build/threads-', import.meta.url)));
  try {
    const index = fileURLToPath(new URL('../../../src/index.ts', import.meta.url));
    const bundle = { bundle: true, splitting: true, format: 'esm', target: 'es2022' } as const;
    await build({ ...bundle, entryPoints: [index], outdir: folder, minify: true, logLevel: 'error' });
    // Were it to wait until its workers have been idle for two seconds, it would wait for half an hour.
    const script = `import { MLPClassifier, engine } from './index.js';
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (callback, ms) => setTimeout(callback, 1000 * ms);
      const x = Array.from({ length: 300 }, (_, i) => Array.from({ length: 99 }, (_, j) => (i * j) % 7));
      const model = new MLPClassifier({ hiddenLayerSizes: [128], maxIter: 2, onWarning() {} });
      let threads;
      await model.fit(x, x.map((_, i) => i % 3), { threads: 2, onEpoch() { threads = engine().threads; } });
      console.log(threads);`;
    writeFileSync(join(folder, 'run.mjs'), script);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'run.mjs')]);
    expect(stdout).toBe('2\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
