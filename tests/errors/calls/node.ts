import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as lamella from 'lamella';
import * as node from 'lamella/node';
import * as predict from 'lamella/predict';
import type { Call } from '../attempt.js';
import { func, refusing } from '../attempt.js';

/** Where files may be written. */
const folder = mkdtempSync(join(tmpdir(), 'lamella-errors-'));

/**
 * Work in that folder, since relative paths are among the wrong ones. Returns what ends that, and removes it.
 */
export function workAside(): () => void {
  const before = process.cwd();
  process.chdir(folder);
  return () => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  };
}

const path = (name: string): string => join(folder, name);

function model(): node.Sequential {
  const made = node.sequential({ seed: 1, layers: [node.layers.dense({ units: 1, inputShape: [2] })] });
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  return made;
}

function train(callback: unknown): Promise<unknown> {
  const x = [
    [0, 1],
    [1, 0],
  ];
  return model().fit(x, [0, 1], {
    epochs: 1,
    verbose: 0,
    validationData: [x, [0, 1]],
    callbacks: [callback as never],
  });
}

const options: Record<string, () => Record<string, unknown>> = {
  modelCheckpoint: () => ({
    ...{
      path: path('{epoch:02d}.safetensors'),
      monitor: 'val_loss',
      verbose: 0,
      saveBestOnly: true,
      mode: 'min',
    },
    ...{ saveFreq: 1, initialValueThreshold: 100 },
  }),
  csvLogger: () => ({ path: path('log.csv'), separator: ';', append: true }),
  tensorBoard: () => ({
    ...{
      path: path('logs'),
      updateFreq: 'epoch',
      histogramFreq: 1,
      writeStepsPerSecond: true,
      now: (): number => 0,
    },
  }),
  backupAndRestore: () => ({ path: path('backup'), saveFreq: 'epoch', deleteCheckpoint: true }),
};

const callbacks: Call[] = Object.entries(options).map(([name, make]) =>
  func(
    `node.callbacks.${name}`,
    (...args) =>
      train((node.callbacks as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args)),
    () => [make()],
  ),
);

const reset = async (): Promise<void> => {
  await node.init();
  await node.init({ threads: 1 });
};

export const nodeCalls: readonly Call[] = [
  ...callbacks,
  refusing(func('node.readIdx', node.readIdx, () => [path('none.idx'), { maxBytes: 1000 }])),
  refusing(func('node.readNpy', node.readNpy, () => [path('none.npy'), { maxBytes: 1000 }])),
  refusing(func('node.readNpz', node.readNpz, () => [path('none.npz'), { maxBytes: 1000 }])),
  refusing(
    func('node.readCifar', node.readCifar, () => [[path('none.bin')], { kind: 'cifar100', maxBytes: 1000 }]),
  ),
  refusing(
    func('node.imageFolder', node.imageFolder, () => [
      path('none'),
      { size: [28, 28], channels: 3, maxBytes: 1000 },
    ]),
  ),
  refusing(
    func('node.readModel', node.readModel, () => [
      pathToFileURL(path('none.safetensors')),
      { maxBytes: 1000 },
    ]),
  ),
  func('node.saveModel', node.saveModel, () => [
    { toBytes: () => model().toBytes() },
    path('model.safetensors'),
  ]),
  refusing(func('node.loadMnist', node.loadMnist, () => [{ dir: path('none'), maxBytes: 1000 }])),
  refusing(
    func('node.loadFashionMnist', node.loadFashionMnist, () => [{ dir: path('none'), maxBytes: 1000 }]),
  ),
  {
    ...func('node.init', node.init, () => [{ variant: 'base', threads: 1, module: undefined }]),
    after: reset,
  },
  { ...func('predict.init', predict.init, () => [{ variant: 'base', module: undefined }]), after: reset },
  {
    ...func('init', lamella.init, () => [{ variant: 'base', threads: 1, module: undefined }]),
    after: reset,
  },
  func('engine', lamella.engine, () => []),
  func('predict.engine', predict.engine, () => []),
];
