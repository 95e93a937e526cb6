import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as lamella from 'lamella';
import type * as Partition from '../../src/engine/partition.js';
import type * as Opening from '../../src/train/open-trainer.js';
import { SlicedSession } from '../../src/train/sliced-session.js';
import { Trainer } from '../../src/train/trainer.js';
import { asText } from '../helpers/event-loop.js';
import { hashOf, trainings } from '../helpers/trainings.js';

const cut = vi.hoisted(() => ({ nanoseconds: 500, slices: 0 }));

// Every step in slices, and these so short that every call is cut.
vi.mock('../../src/train/open-trainer.js', async (original): Promise<typeof Opening> => ({
  ...(await original<typeof Opening>()),
  openTrainer: (options) => Trainer.open({ ...options, sliced: SlicedSession }),
}));
vi.mock('../../src/engine/partition.js', async (original) => {
  const actual = await original<typeof Partition>();
  const cutIntoSlices: typeof Partition.cutIntoSlices = (calls) => {
    const slices = actual.cutIntoSlices(calls, cut.nanoseconds);
    cut.slices += slices.length;
    return slices;
  };
  return { ...actual, cutIntoSlices };
});

const expected: Record<string, string> = JSON.parse(
  readFileSync(new URL('../goldens/bits.json', import.meta.url), 'utf8'),
);

beforeAll(() => lamella.init({ variant: 'base' }));
afterAll(() => lamella.init({ variant: 'auto' }));

describe('steps in slices have the bits of whole steps', () => {
  test.each(Object.keys(trainings))('%s', async (name) => {
    cut.slices = 0;
    expect(await hashOf(name, lamella)).toBe(expected[name]);
    if (name !== 'perceptron') expect(cut.slices).toBeGreaterThan(10);
  });

  test('on two threads', async () => {
    for (const name of ['convolution, pooling, dropout', 'dense, norms, decay and constraints']) {
      expect(await hashOf(name, lamella, { threads: 2 }), name).toBe(expected[name]);
    }
  });
});

describe('between two slices of a step', () => {
  const rows = 64;
  const x = {
    data: Float32Array.from({ length: rows * 6 }, (_, i) => ((i * 37) % 19) / 9 - 1),
    shape: [rows, 6],
  };
  const y = Int32Array.from({ length: rows }, (_, i) => i % 3);

  function newModel(): lamella.Sequential {
    const { layers } = lamella;
    const model = lamella.sequential({
      seed: 2,
      layers: [
        layers.dense({ units: 16, inputShape: [6] }),
        layers.batchNormalization({ momentum: 0.5 }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    return model;
  }

  const predictions = (model: lamella.Sequential): number[] => Array.from(model.predict(x).data);
  const weights = (model: lamella.Sequential): number[][] =>
    model.getWeights().map(({ data }) => Array.from(data));

  let now = 1e9;

  /**
   * Trains with a clock by which every slice is due for a rest; `onTurn` is called whenever the host has its
   * turn.
   */
  async function train(model: lamella.Sequential, onTurn: () => void, signal?: AbortSignal): Promise<void> {
    vi.stubGlobal('performance', { now: () => (now += 30) });
    let running = true;
    const turn = (): void => {
      if (!running) return;
      onTurn();
      setImmediate(turn);
    };
    setImmediate(turn);
    try {
      await model.fit(x, y, { epochs: 2, batchSize: 32, shuffle: false, verbose: 0, signal });
    } finally {
      running = false;
      vi.unstubAllGlobals();
    }
  }

  test('predictions and weights are those of the last whole step', async () => {
    const model = newModel();
    const steps: number[][] = [];
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 32,
      shuffle: false,
      verbose: 0,
      callbacks: { onBatchEnd: () => void steps.push(predictions(model)) },
    });
    const again = newModel();
    const allowed = new Set([predictions(again), ...steps].map((values) => values.join()));
    const seen: string[] = [];
    await train(again, () => seen.push(predictions(again).join()));
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((values) => !allowed.has(values))).toEqual([]);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(4);
    expect(weights(again)).toEqual(weights(model));
  });

  test('a saved state is that of a whole step: weights, optimizer and step', async () => {
    const state = (model: lamella.Sequential): string => {
      const { weights: values, optimizer } = model.getTrainingState();
      return asText([values, optimizer]);
    };
    const loaded = async (bytes: Uint8Array): Promise<string> => state(await lamella.loadModel(bytes));
    const model = newModel();
    const whole = new Set<string>();
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 32,
      shuffle: false,
      verbose: 0,
      callbacks: {
        onTrainBegin: () => void whole.add(state(model)),
        onBatchEnd: () => void whole.add(state(model)),
      },
    });
    for (const save of [state, (each: lamella.Sequential) => each.toBytes()]) {
      const again = newModel();
      const saved: (string | Uint8Array)[] = [];
      await train(again, () => again.built && saved.push(save(again)));
      expect(state(again)).toBe(state(model));
      const states = await Promise.all(
        saved.map(async (each) => (typeof each === 'string' ? each : loaded(each))),
      );
      const begun = states.filter((each) => !each.includes('"step":0'));
      expect(begun.length).toBeGreaterThan(20);
      expect(begun.filter((each) => !whole.has(each))).toEqual([]);
    }
  });

  test('an abort drops what the step has done, moving statistics included', async () => {
    const states: number[][][] = [];
    const model = newModel();
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 32,
      shuffle: false,
      verbose: 0,
      callbacks: { onBatchEnd: () => void states.push(weights(model)) },
    });
    let all = 0;
    await train(newModel(), () => void all++);
    for (const turns of [1, 2, 3, 4, 5, 6].map((sixth) => Math.floor((all * sixth) / 7))) {
      const aborted = newModel();
      const abort = new AbortController();
      let left = turns;
      const training = train(aborted, () => --left === 0 && abort.abort('enough'), abort.signal);
      await expect(training).rejects.toBe('enough');
      const initial = newModel();
      expect([weights(initial), ...states]).toContainEqual(weights(aborted));
    }
  });
});
