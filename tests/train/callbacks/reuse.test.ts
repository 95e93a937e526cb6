import { expect, test } from 'vitest';
import { callbacks, layers, optimizers, sequential } from 'lamella';
import type { Sequential } from 'lamella';
import type { Callback } from '../../../src/train/callbacks/types.js';
import { printed } from './fake.js';

type Write = (name: string, bytes: Uint8Array | string) => void;

const mine = { monitor: 'mine', mode: 'min' as const, verbose: 1 };
const now = (): number => 0;

/** Every callback that there is, with options that make it keep something from epoch to epoch. */
const all: Record<keyof typeof callbacks, (write: Write) => Callback<any>> = {
  earlyStopping: () => callbacks.earlyStopping({ ...mine, patience: 2, restoreBestWeights: true }),
  modelCheckpoint: (write) =>
    callbacks.modelCheckpoint({ ...mine, saveBestOnly: true, name: '{epoch}', write }),
  reduceLROnPlateau: () => callbacks.reduceLROnPlateau({ ...mine, patience: 2, factor: 0.5, cooldown: 1 }),
  learningRateScheduler: () =>
    callbacks.learningRateScheduler({ schedule: (epoch, rate) => rate / (1 + epoch), verbose: 1 }),
  csvLogger: (write) => callbacks.csvLogger({ write }),
  tensorBoard: (write) =>
    callbacks.tensorBoard({ write, now, updateFreq: 3, writeStepsPerSecond: true, histogramFreq: 2 }),
  terminateOnNaN: () => callbacks.terminateOnNaN(),
  backupAndRestore: (write) => callbacks.backupAndRestore({ write, read: () => undefined }),
  progress: (write) =>
    callbacks.progress({ write: (text) => write('', text), now, verbose: 1, terminal: true }),
};

/** The names of event files differ from fit to fit. */
const withoutRun = (name: string): string => name.replace(/tfevents.*/, 'tfevents');

const hex = (bytes: Uint8Array | string): string =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('hex');

function newModel(): Sequential {
  const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: optimizers.sgd({ learningRate: 1 / 64 }), loss: 'mse' });
  return model;
}

/** Train a new model on four rows, two steps an epoch; every epoch logs one of `values` as 'mine'. */
async function fit(callback: Callback<any>, values: readonly number[]): Promise<object> {
  const model = newModel();
  const told = { onEpochEnd: (epoch: number, logs: any) => void (logs.mine = values[epoch]) };
  const warnings: string[] = [];
  let outcome = {};
  const lines = await printed(async () => {
    const { history, epoch } = await model.fit([[0], [1], [2], [3]], [0, 1, 2, 3], {
      ...{ verbose: 0, epochs: values.length, batchSize: 2, callbacks: [told, callback] },
      onWarning: ({ message }) => void warnings.push(message),
    });
    outcome = { history, epoch };
  });
  const weights = model.getWeights().map(({ data }) => [...data]);
  return { ...outcome, lines, warnings, weights, state: callback.getState?.(), fields: { ...callback } };
}

test.each(Object.entries(all))('%s begins anew in every fit', async (_name, create) => {
  let files: [string, string][] = [];
  const write: Write = (name, bytes) => void files.push([withoutRun(name), hex(bytes)]);
  const once = async (callback: Callback<any>, values: readonly number[]): Promise<object> => {
    files = [];
    const outcome: any = await fit(callback, values);
    delete outcome.fields.onBatchEnd; // bound to its callback
    return { ...outcome, files };
  };
  // The first fit ends with values that the second never comes to, in the middle of all that is counted.
  const used = create(write);
  await once(used, [3, 2, 1, NaN, 1]);
  const values = [9, 8, 7, 7, 7, 7, 8];
  const again = await once(used, values);
  expect(again).toEqual(await once(create(write), values));
});

test('a learning rate is not reduced while values fall, whatever an earlier fit has reached', async () => {
  const callback = callbacks.reduceLROnPlateau({ monitor: 'mine', mode: 'min', patience: 2, factor: 0.5 });
  for (const values of [
    [3, 2, 1],
    [9, 8, 7, 6, 5, 4],
  ]) {
    const { history } = (await fit(callback, values)) as { history: Record<string, number[]> };
    expect(history.learning_rate).toEqual(values.map(() => 1 / 64));
  }
});
