import * as lamella from 'lamella';
import type { Call } from '../attempt.js';
import { func } from '../attempt.js';

const x = [
  [0, 1],
  [1, 0],
];
const y = [0, 1];

function model(): lamella.Sequential {
  const made = lamella.sequential({ seed: 1, layers: [lamella.layers.dense({ units: 1, inputShape: [2] })] });
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  return made;
}

/** A short training with a callback, so that what its factory lets pass is used. */
function train(callback: unknown): Promise<unknown> {
  return model().fit(x, y, {
    epochs: 2,
    verbose: 0,
    validationData: [x, y],
    callbacks: [callback as never],
    onWarning: () => {},
  });
}

const monitored = (): object => ({ monitor: 'val_loss', verbose: 0, mode: 'min' });
const write = (): void => {};
const read = (): undefined => undefined;

const options: Record<keyof typeof lamella.callbacks, () => Record<string, unknown>> = {
  earlyStopping: () => ({
    ...{ ...monitored(), minDelta: 0, patience: 1, baseline: 1, restoreBestWeights: true, startFromEpoch: 0 },
  }),
  modelCheckpoint: () => ({
    ...{ ...monitored(), write, name: 'a-{epoch:02d}-{val_loss:.2f}', saveBestOnly: true, saveFreq: 'epoch' },
    ...{ initialValueThreshold: 100 },
  }),
  reduceLROnPlateau: () => ({
    ...{ ...monitored(), factor: 0.5, patience: 1, minDelta: 0, cooldown: 1, minLr: 0.001 },
  }),
  learningRateScheduler: () => ({ schedule: (): number => 0.1, verbose: 0 }),
  csvLogger: () => ({ write, read, name: 'log.csv', separator: ';', append: true }),
  tensorBoard: () => ({
    ...{ write, logDir: 'logs', updateFreq: 'batch', histogramFreq: 1, writeStepsPerSecond: true },
    now: (): number => 0,
  }),
  terminateOnNaN: () => ({ raiseError: true }),
  backupAndRestore: () => ({
    write,
    read,
    remove: (): void => {},
    name: 'backup',
    saveFreq: 'epoch',
    deleteCheckpoint: true,
  }),
  progress: () => ({ write, terminal: true, verbose: 1, now: (): number => 0 }),
};

const factory = (name: string): ((...args: unknown[]) => any) =>
  (lamella.callbacks as unknown as Record<string, (...args: unknown[]) => any>)[name];

const ofFactories: Call[] = Object.entries(options).map(([name, make]) =>
  func(
    `callbacks.${name}`,
    (...args) => train(factory(name)(...args)),
    () => [make()],
  ),
);

const logs = (): object => ({ loss: 1, val_loss: 2 });

/** The hooks of a callback with what `fit` hands to them. */
const hooks: Record<string, () => unknown[]> = {
  setParams: () => [
    { epochs: 1, initialEpoch: 0, steps: 1, verbose: 0, callbacks: [], onWarning: (): void => {} },
  ],
  onTrainBegin: () => [{}, model()],
  onEpochBegin: () => [0, {}, model()],
  onBatchEnd: () => [0, logs(), model()],
  onEpochEnd: () => [1, logs(), model()],
  onEpochSettled: () => [0, logs(), model()],
  onTrainEnd: () => [logs(), model()],
  due: () => [0],
  draw: () => [logs()],
};

/** Names of the functions that an object and its classes have, without those of Object. */
function members(object: object): string[] {
  const names = new Set<string>();
  for (let part = object; part && part !== Object.prototype; part = Object.getPrototypeOf(part) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(part))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names].sort();
}

function ofMembers(name: string, make: () => Record<string, unknown>): Call[] {
  const own = (): any => factory(name)(make());
  return members(own() as object).map((member) =>
    func(
      `callbacks.${name}#${member}`,
      async (...args) => {
        const callback = own();
        if (member !== 'setParams') callback.setParams?.(...hooks.setParams());
        await callback[member](...args);
        if (member !== 'setState') return;
        await callback.onEpochEnd?.(1, logs(), model());
      },
      member === 'setState' ? () => [own().getState()] : (hooks[member] ?? (() => [])),
    ),
  );
}

export const trainingCalls: readonly Call[] = [
  ...ofFactories,
  func(
    'callbacks.learningRateScheduler of a function',
    (given: unknown) => train(lamella.callbacks.learningRateScheduler(given as never)),
    () => [(): number => 0.1],
  ),
  ...Object.entries(options).flatMap(([name, make]) => ofMembers(name, make)),
];
