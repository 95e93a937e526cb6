import { describe, expect, test } from 'vitest';
import type { Callback, Sequential } from '../../src/index.js';
import { layers, sequential } from '../../src/index.js';
import { quiet, threeClasses } from './data.js';

const { x, y } = threeClasses(50);

function noisy(seed: number): Sequential {
  const model = sequential({
    seed,
    layers: [
      layers.gaussianNoise({ stddev: 0.2, inputShape: [3] }),
      layers.dense({ units: 16, activation: 'relu' }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

async function trained(seed: number, options: object = {}): Promise<Sequential> {
  const model = noisy(seed);
  await model.fit(x, y, { ...quiet, epochs: 4, batchSize: 8, validationSplit: 0.2, ...options });
  return model;
}

describe('with dropout, noise and shuffling', () => {
  test('the same seed gives the same history and weights, bit for bit', async () => {
    const [a, b] = [await trained(1), await trained(1)];
    expect(a.history.history).toEqual(b.history.history);
    expect(a.getWeights()).toEqual(b.getWeights());
  });

  test('other seeds give others', async () => {
    const [a, b] = [await trained(1), await trained(2)];
    expect(a.history.history.loss).not.toEqual(b.history.history.loss);
  });

  test('callbacks, verbosity and evaluation between change nothing', async () => {
    const watch: Callback<any> = {
      onBatchEnd: async (_index, _logs, model) => {
        model.predict(x);
        model.evaluate(x, y);
        await Promise.resolve();
      },
    };
    const [plain, watched] = [await trained(1), await trained(1, { callbacks: [watch] })];
    expect(watched.history.history).toEqual(plain.history.history);
    expect(watched.getWeights()).toEqual(plain.getWeights());
  });

  test('a state that is taken up goes on as if training had never stopped', async () => {
    const whole = await trained(1);
    const first = await trained(1, { epochs: 2 });
    const second = noisy(9);
    second.setTrainingState(structuredClone(first.getTrainingState()));
    await second.fit(x, y, { ...quiet, initialEpoch: 2, epochs: 4, batchSize: 8, validationSplit: 0.2 });
    expect(second.getWeights()).toEqual(whole.getWeights());
    expect(second.history.history.loss).toEqual(whole.history.history.loss.slice(2));
  });

  test('a callback takes a state up in onTrainBegin, with its epoch and history', async () => {
    const whole = await trained(1);
    const state = structuredClone((await trained(1, { epochs: 3 })).getTrainingState());
    const restore: Callback = { onTrainBegin: (_logs, model) => model.setTrainingState(state) };
    const second = await trained(7, { callbacks: [restore] });
    expect(second.history.history).toEqual(whole.history.history);
    expect(second.getWeights()).toEqual(whole.getWeights());
    expect(second.epochsRun).toBe(4);
  });
});

describe('shuffle', () => {
  /** The order in which rows come, from the losses of single rows at rate 0. */
  async function orders(options: object): Promise<number[][]> {
    const model = sequential({
      seed: 5,
      layers: [layers.dense({ units: 1, kernelInitializer: 'zeros', inputShape: [1] })],
    });
    model.compile({ optimizer: { name: 'sgd', learningRate: 0 }, loss: 'mae' });
    const seen: number[][] = [];
    let sum = 0;
    const watch: Callback = {
      onEpochBegin: () => {
        seen.push([]);
        sum = 0;
      },
      onBatchEnd: (index, { loss }) => {
        seen.at(-1)!.push(Math.round(loss * (index + 1) - sum));
        sum = loss * (index + 1);
      },
    };
    const rows = Array.from({ length: 8 }, (_, i) => i);
    const given = { ...quiet, batchSize: 1, epochs: 3, callbacks: [watch], ...options };
    await model.fit(
      rows.map(() => [0]),
      rows,
      given,
    );
    return seen;
  }

  test('gives every epoch another order of all rows', async () => {
    const [first, second, third] = await orders({});
    for (const order of [first, second, third]) {
      expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    expect(first).not.toEqual(second);
    expect(second).not.toEqual(third);
  });

  test('false keeps the order of the rows', async () => {
    const inOrder = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(await orders({ shuffle: false })).toEqual([inOrder, inOrder, inOrder]);
  });

  test('leaves the rows that validate out', async () => {
    const [first] = await orders({ validationSplit: 0.5 });
    expect([...first].sort()).toEqual([0, 1, 2, 3]);
  });
});
