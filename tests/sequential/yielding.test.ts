import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Callback, Sequential } from '../../src/index.js';
import { layers, MLPClassifier, sequential } from '../../src/index.js';
import { Seeded } from '../helpers/seeded.js';
import { classifier, quiet, slowClock, threeClasses } from './data.js';

const { x, y } = threeClasses(64);

/** Counts the turns of the event loop until it is stopped. */
function turnCounter(): { turns: number; stop: () => void } {
  const counter = { turns: 0, stop: () => (stopped = true) };
  let stopped = false;
  const next = (): void => {
    counter.turns += 1;
    if (!stopped) setImmediate(next);
  };
  setImmediate(next);
  return counter;
}

/** The most calls of `step` in one turn. */
function mostPerTurn(counter: { turns: number }): { step: () => void; most: () => number } {
  const perTurn = new Map<number, number>();
  return {
    step: () => void perTurn.set(counter.turns, (perTurn.get(counter.turns) ?? 0) + 1),
    most: () => Math.max(...perTurn.values()),
  };
}

afterEach(() => void vi.restoreAllMocks());

describe('fit gives way to the host', () => {
  const ROWS = 256;
  const images = { data: new Seeded(1).floats(ROWS * 1000), shape: [ROWS, 1000] };
  const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 2);

  test('after 2 GFLOP: every three steps of 6 · 256 · 512,000', async () => {
    const model = sequential({
      layers: [layers.dense({ units: 511, activation: 'relu' }), layers.dense({ units: 2 })],
    });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const counter = turnCounter();
    const { step, most } = mostPerTurn(counter);
    const watch: Callback = { onBatchEnd: step };
    const targets = { data: new Float32Array(2 * ROWS), shape: [ROWS, 2] };
    await model.fit(images, targets, { ...quiet, batchSize: ROWS, epochs: 9, callbacks: [watch] });
    counter.stop();
    expect(most()).toBeLessThanOrEqual(3);
  });

  test('in MLPClassifier too', async () => {
    const mlp = new MLPClassifier({
      hiddenLayerSizes: [511],
      maxIter: 9,
      batchSize: ROWS,
      onWarning: () => {},
    });
    const counter = turnCounter();
    const { step, most } = mostPerTurn(counter);
    await mlp.fit(images, labels, { onEpoch: step });
    counter.stop();
    expect(most()).toBeLessThanOrEqual(3);
  });

  test('after 50 ms, however small the steps are', async () => {
    slowClock();
    const counter = turnCounter();
    const { step, most } = mostPerTurn(counter);
    await classifier().fit(x, y, { ...quiet, epochs: 200, callbacks: { onBatchEnd: step } });
    counter.stop();
    expect(counter.turns).toBeGreaterThanOrEqual(8);
    expect(most()).toBeLessThanOrEqual(50);
  });

  test('and to other models: trained at once, they become what they become alone', async () => {
    const [a, b] = [classifier(1), classifier(2)];
    const options = { ...quiet, epochs: 20 };
    const slow: Callback = { onEpochEnd: () => new Promise((resolve) => setImmediate(resolve)) };
    await Promise.all([
      a.fit(x, y, { ...options, callbacks: [slow] }),
      b.fit(x, y, { ...options, callbacks: [slow] }),
    ]);
    const [c, d] = [classifier(1), classifier(2)];
    await c.fit(x, y, options);
    await d.fit(x, y, options);
    expect([a.getWeights(), b.getWeights()]).toEqual([c.getWeights(), d.getWeights()]);
  });

  test('whose predictions in between change nothing', async () => {
    const [watched, alone] = [classifier(1), classifier(1)];
    const options = { ...quiet, epochs: 20, batchSize: 8 };
    let predictions = 0;
    const other: Callback = {
      onBatchEnd: () =>
        new Promise((resolve) =>
          setImmediate(() => {
            expect(watched.predict(x).data.every(Number.isFinite)).toBe(true);
            expect(watched.evaluate(x, y).loss).toBeGreaterThan(0);
            predictions += 1;
            resolve();
          }),
        ),
    };
    await watched.fit(x, y, { ...options, callbacks: [other] });
    await alone.fit(x, y, options);
    expect(predictions).toBe(160);
    expect(watched.getWeights()).toEqual(alone.getWeights());
  });
});

describe('a budget', () => {
  test('of time ends training at the step that goes beyond it', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    let steps = 0;
    const clock: Callback = {
      onBatchEnd: () => {
        steps += 1;
        now += 10;
      },
    };
    const { epoch } = await classifier().fit(x, y, {
      ...quiet,
      epochs: 9,
      batchSize: 16,
      maxTimeMs: 55,
      callbacks: [clock],
    });
    expect(steps).toBe(6);
    expect(epoch).toEqual([0, 1]);
  });

  test('of steps is kept over epochs, even where the clock stands still', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    let steps = 0;
    const count: Callback = { onBatchEnd: () => void (steps += 1) };
    const model = classifier();
    await model.fit(x, y, {
      ...quiet,
      epochs: 9,
      batchSize: 16,
      maxSteps: 7,
      maxTimeMs: 1,
      callbacks: [count],
    });
    expect(steps).toBe(7);
    expect(model.getTrainingState().optimizer.step).toBe(7);
  });
});

describe('a callback that throws', () => {
  const hooks = [
    'onTrainBegin',
    'onEpochBegin',
    'onBatchEnd',
    'onEpochEnd',
    'onEpochSettled',
    'onTrainEnd',
  ] as const;

  test.each(hooks)(
    'in %s ends fit, at once or later, and leaves the weights of the last whole step',
    async (hook) => {
      for (const later of [false, true]) {
        const model: Sequential = classifier();
        const fault = new Error(hook);
        let last = model.getWeights();
        const record: Callback = { onBatchEnd: () => void (last = model.getWeights()) };
        const thrower: Callback = {
          [hook]: async () => {
            if (later) await new Promise((resolve) => setImmediate(resolve));
            throw fault;
          },
        };
        if (!later)
          thrower[hook] = () => {
            throw fault;
          };
        const callbacks = [record, thrower];
        await expect(model.fit(x, y, { ...quiet, epochs: 2, callbacks })).rejects.toBe(fault);
        expect(model.getWeights()).toEqual(last);
        expect(model.predict(x).data.every(Number.isFinite)).toBe(true);
        await model.fit(x, y, quiet);
      }
    },
  );
});
