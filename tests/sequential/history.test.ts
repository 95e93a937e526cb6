import { describe, expect, test } from 'vitest';
import { callbacks } from '../../src/index.js';
import { History } from '../../src/sequential/fit-run.js';
import { printed } from '../train/callbacks/fake.js';
import { classifier, line, quiet, threeClasses } from './data.js';

describe('the history', () => {
  test('has training values by name, then validation values, from whichever epoch on they come', () => {
    const history = new History();
    history.record(0, { loss: 3, val_loss: 5 });
    history.record(1, { loss: 2, accuracy: 1, val_loss: 4, val_accuracy: 0 });
    expect(history.epoch).toEqual([0, 1]);
    expect(Object.entries(history.history)).toEqual([
      ['accuracy', [1]],
      ['loss', [3, 2]],
      ['val_accuracy', [0]],
      ['val_loss', [5, 4]],
    ]);
  });

  test('takes any name', () => {
    const history = new History();
    for (let epoch = 0; epoch < 2; epoch++) history.record(epoch, JSON.parse('{"__proto__":1,"toString":2}'));
    expect(Object.keys(history.history)).toEqual(['__proto__', 'toString']);
    expect(Object.getOwnPropertyDescriptor(history.history, '__proto__')!.value).toEqual([1, 1]);
  });

  test('copies nothing from one epoch to the next', () => {
    const history = new History();
    history.record(0, { loss: 0, val_loss: 0 });
    const { loss, val_loss: validation } = history.history;
    let read = 0;
    const counted = (values: number[]): number[] =>
      new Proxy(values, {
        get(target, name, receiver): unknown {
          if (typeof name === 'string' && /^\d+$/.test(name)) read += 1;
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
    history.history.loss = counted(loss);
    for (let epoch = 1; epoch < 1000; epoch++) history.record(epoch, { loss: epoch, val_loss: epoch });
    expect(read).toBe(0);
    expect(history.history.val_loss).toBe(validation);
    expect([loss.length, validation.length, history.epoch.length]).toEqual([1000, 1000, 1000]);
  });

  test('gives copies, and takes up the epochs that have values', () => {
    const history = new History();
    history.record(3, { loss: 1 });
    history.record(4, { loss: 2, val_loss: 3 });
    const values = history.values();
    history.record(5, { loss: 0 });
    expect(values).toEqual({ loss: [1, 2], val_loss: [3] });
    const restored = new History();
    restored.restore(5, values);
    restored.record(5, { loss: 0 });
    expect([restored.epoch, restored.history]).toEqual([history.epoch, history.history]);
    expect(values.loss).toEqual([1, 2]);
    restored.restore(1e9, {});
    expect(restored.epoch).toEqual([]);
  });
});

describe('an epoch that ends in a loss that is not finite', () => {
  const [x, y] = [[[1e3]], [1e3]];
  /** Everything that callbacks are told of epochs. */
  const recorder = () => {
    const told: any[] = [];
    return { told, onEpochEnd: (epoch: number, logs: object) => void told.push([epoch, { ...logs }]) };
  };

  test.each([
    ['is the last of the history and of callbacks when fit rejects', []],
    ['is their last where terminateOnNaN ends training', [callbacks.terminateOnNaN()]],
  ])('%s', async (_name, extra) => {
    const model = line(1e6);
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e6 }, loss: 'mse', metrics: ['mae'] });
    const record = recorder();
    const options = { ...quiet, epochs: 200, validationData: [x, y] as [number[][], number[]] };
    let fault: any;
    await printed(async () => {
      fault = await model.fit(x, y, { ...options, callbacks: [...extra, record] }).catch((e: unknown) => e);
    });
    expect(fault?.code).toBe(extra.length > 0 ? undefined : 'DIVERGED');
    const { history, epoch } = model.history;
    expect(Object.keys(history)).toEqual(['loss', 'mae', 'val_loss', 'val_mae']);
    const last = epoch.length - 1;
    expect(last).toBeGreaterThan(0);
    expect(Object.values(history).map((values) => values.length)).toEqual(Array(4).fill(last + 1));
    expect(history.loss.slice(0, -1).every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(history.loss[last])).toBe(false);
    expect([history.mae[last], history.val_loss[last], history.val_mae[last]]).toEqual([NaN, NaN, NaN]);
    const values = Object.fromEntries(Object.entries(history).map(([name, all]) => [name, all[last]]));
    expect(record.told.at(-1)).toEqual([last, values]);
    expect(model.epochsRun).toBe(last + 1);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  test('is stored with finite weights and a new optimizer', async () => {
    const saved: Uint8Array[] = [];
    const model = line(1e6);
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e6, momentum: 0.9 }, loss: 'mse' });
    const write = (_name: string, bytes: Uint8Array): void => void saved.push(bytes);
    const keep = [callbacks.modelCheckpoint({ write }), callbacks.csvLogger({ write: () => {} })];
    await expect(model.fit(x, y, { ...quiet, epochs: 200, callbacks: keep })).rejects.toThrow();
    const { Sequential } = await import('../../src/index.js');
    const loaded = await Sequential.fromBytes(saved.at(-1)!);
    expect(loaded.getWeights()).toEqual(model.getWeights());
    expect(loaded.getTrainingState().optimizer).toMatchObject({ step: 0, slots: [] });
  });

  test('counts as no improvement, and the warning says why', async () => {
    const warnings: string[] = [];
    const { x: rows, y: labels } = threeClasses(8);
    const model = classifier();
    model.compile({
      optimizer: { name: 'sgd', learningRate: 1e38 },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    const stop = callbacks.earlyStopping({ monitor: 'accuracy', patience: 5, restoreBestWeights: true });
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    const running = model.fit(rows, labels, { verbose: 0, epochs: 9, callbacks: [stop], onWarning });
    await expect(running).rejects.toThrow(/expected finite numbers/);
    const epoch = model.history.epoch.length;
    expect(warnings).toContain(
      `accuracy is NaN in epoch ${epoch} because training diverged; NaN never counts as an improvement.`,
    );
  });
});
