import { describe, expect, test } from 'vitest';
import type { CompileOptions, Sequential } from 'lamella';
import { callbacks, layers, optimizers, sequential } from 'lamella';
import { readBackup } from '../../../src/train/callbacks/backup-file.js';
import { Seeded } from '../../helpers/seeded.js';

const { backupAndRestore, earlyStopping, learningRateScheduler, reduceLROnPlateau } = callbacks;

const ROWS = 50;
const x = { data: new Seeded(1).floats(ROWS * 6), shape: [ROWS, 6] };
const y = Array.from({ length: ROWS }, (_, i) => (x.data[6 * i] * x.data[6 * i + 1] > 0 ? 1 : 0));

/** A model with everything that has a state: slots, products, dropout, noise, moving averages, shuffles. */
function model(optimizer: CompileOptions['optimizer'], seed?: number): Sequential {
  const made = sequential({
    ...(seed !== undefined && { seed }),
    layers: [
      layers.dense({ units: 8, activation: 'relu', inputShape: [6] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  made.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy', 'auc'] });
  return made;
}

const own = () => [
  earlyStopping({ patience: 4, restoreBestWeights: true }),
  reduceLROnPlateau({ patience: 1, factor: 0.5 }),
];

const EPOCHS = 8;

/** Every epoch in a process of its own, so to speak: the power fails before each. */
async function interrupted(make: () => Sequential, extra: () => object[]): Promise<Sequential> {
  let file: Uint8Array | undefined;
  const backup = () =>
    backupAndRestore({ write: (_name, bytes) => void (file = bytes.slice()), read: () => file });
  for (let run = 0; ; run++) {
    let began = 0;
    const crash = {
      onEpochBegin(): void {
        if (++began > 1 && run < EPOCHS) throw new Error('power cut');
      },
    };
    const one = make();
    const callbacks = [...extra(), backup(), crash];
    try {
      await one.fit(x, y, { epochs: EPOCHS, batchSize: 16, validationSplit: 0.2, verbose: 0, callbacks });
      expect(run).toBeGreaterThan(2);
      return one;
    } catch (error) {
      expect((error as Error).message).toBe('power cut');
      expect(readBackup(file!).training.epoch).toBe(run + 1);
    }
  }
}

const bits = (one: Sequential): string =>
  one
    .getWeights()
    .map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'))
    .join();

describe('training that loses everything after each epoch ends, bit for bit, as training that does not', () => {
  test.each([
    ['adam', 'adam'],
    ['nadam', 'nadam'],
    ['sgd with momentum', optimizers.sgd({ learningRate: 0.1, momentum: 0.9 })],
    ['centered rmsprop', optimizers.rmsprop({ momentum: 0.5 })],
    ['adagrad', 'adagrad'],
  ])('with %s', async (_name, optimizer) => {
    const whole = model(optimizer, 3);
    const options = { epochs: EPOCHS, batchSize: 16, validationSplit: 0.2, verbose: 0 as const };
    await whole.fit(x, y, { ...options, callbacks: own() });
    const resumed = await interrupted(() => model(optimizer, 3), own);
    expect(resumed.history.history).toEqual(whole.history.history);
    expect(resumed.history.epoch).toEqual(whole.history.epoch);
    expect(bits(resumed)).toBe(bits(whole));
    const [a, b] = [resumed.getTrainingState(), whole.getTrainingState()];
    expect(a.optimizer).toEqual(b.optimizer);
    expect(a.learningRate).toBe(b.learningRate);
  });

  test('with a schedule per epoch, whose rates depend on each other', async () => {
    const schedule = () => [learningRateScheduler((_epoch, rate) => rate * 0.7)];
    const whole = model('adam', 3);
    const options = { epochs: EPOCHS, batchSize: 16, validationSplit: 0.2, verbose: 0 as const };
    await whole.fit(x, y, { ...options, callbacks: schedule() });
    const resumed = await interrupted(() => model('adam', 3), schedule);
    expect(resumed.history.history).toEqual(whole.history.history);
    expect(bits(resumed)).toBe(bits(whole));
  });

  test('without a seed of its own: the backup has the first one', async () => {
    let first: Sequential | undefined;
    const resumed = await interrupted(() => {
      const made = model('adam');
      first ??= made;
      return made;
    }, own);
    const whole = model('adam', first!.seed);
    const options = { epochs: EPOCHS, batchSize: 16, validationSplit: 0.2, verbose: 0 as const };
    await whole.fit(x, y, { ...options, callbacks: own() });
    expect(bits(resumed)).toBe(bits(whole));
  });
});

test('training goes on from a backup that a budget of steps left behind', async () => {
  const whole = model('adam', 3);
  const options = { epochs: 4, batchSize: 16, verbose: 0 as const };
  await whole.fit(x, y, options);
  let file: Uint8Array | undefined;
  const backup = () =>
    backupAndRestore({ write: (_name, bytes) => void (file = bytes.slice()), read: () => file });
  let calls = 0;
  let one: Sequential;
  do {
    one = model('adam', 3);
    await one.fit(x, y, { ...options, maxSteps: 6, callbacks: [backup()] }); // an epoch has 4
    calls += 1;
  } while (file!.length > 0);
  expect(calls).toBe(4);
  expect(one.history.history).toEqual(whole.history.history);
  expect(bits(one)).toBe(bits(whole));
});

test('the backup of another model is refused, and the model left as it was', async () => {
  let file: Uint8Array | undefined;
  const options = { write: (_name: string, bytes: Uint8Array) => void (file = bytes), read: () => file };
  const callback = backupAndRestore({ ...options, deleteCheckpoint: false });
  await model('adam', 3).fit(x, y, { verbose: 0, callbacks: [callback] });
  const other = sequential({ layers: [layers.dense({ units: 1, inputShape: [6] })], seed: 1 });
  other.compile({ optimizer: 'adam', loss: 'mse' });
  const before = bits(other);
  const fitting = other.fit(x, y, { verbose: 0, callbacks: [backupAndRestore(options)] });
  await expect(fitting).rejects.toThrow(
    "sequential: an optimizer's slot must have 2 arrays, one per weight, but received 8.",
  );
  expect(bits(other)).toBe(before);
  expect(other.getTrainingState().optimizer.step).toBe(0);

  const changed = model('lion', 3);
  await expect(changed.fit(x, y, { verbose: 0, callbacks: [backupAndRestore(options)] })).rejects.toThrow(
    'sequential: the state of lion must have 1 arrays per weight, but received that of another optimizer, with 2.',
  );
});
