import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { readBackup, writeBackup } from '../../../src/train/callbacks/backup-file.js';
import type { Backup } from '../../../src/train/callbacks/backup-file.js';
import { readSafetensors } from '../../../src/io/safetensors/read.js';
import { writeSafetensors } from '../../../src/io/safetensors/write.js';
import { FakeModel, logsOf, run } from './fake.js';

const { backupAndRestore, earlyStopping, reduceLROnPlateau } = callbacks;

function store() {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    write: (name: string, bytes: Uint8Array): void => void files.set(name, bytes),
    read: (name: string) => files.get(name),
  };
}

/** Ends training as a crash would, before an epoch. */
const crash = (epoch: number) => ({
  onEpochBegin(index: number): void {
    if (index === epoch) throw new Error('power cut');
  },
});

const losses = logsOf('val_loss', [5, 4, 6, 7, 3, 8, 8, 8]);
const others = () => [
  earlyStopping({ patience: 3, restoreBestWeights: true }),
  reduceLROnPlateau({ patience: 1, cooldown: 1, factor: 0.5 }),
];

describe('backupAndRestore', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('after a crash before epoch %d ends as without it', async (epoch) => {
    const whole = await run(others(), losses);
    const { write, read, files } = store();
    const interrupted = run([...others(), backupAndRestore({ write, read }), crash(epoch)], losses);
    await expect(interrupted).rejects.toThrow('power cut');
    expect(files.get('backup.safetensors')!.length).toBeGreaterThan(0);

    const resumed = await run([backupAndRestore({ write, read }), ...others()], losses);
    expect(resumed.model.history).toEqual(whole.model.history);
    expect([resumed.epochs, resumed.model.weight]).toEqual([whole.epochs, whole.model.weight]);
    expect(resumed.model.step).toBe(whole.model.step);
    expect(files.get('backup.safetensors')).toEqual(new Uint8Array(0));
  });

  test('removes the backup by its own function, or not at all', async () => {
    const { write, read, files } = store();
    const removed: string[] = [];
    const remove = (name: string): void => void removed.push(name);
    await run([backupAndRestore({ write, read, remove, name: 'b' })], losses);
    expect(removed).toEqual(['b']);
    await run([backupAndRestore({ write, read, deleteCheckpoint: false })], losses);
    expect(files.get('backup.safetensors')!.length).toBeGreaterThan(0);
    const model = new FakeModel();
    await run([backupAndRestore({ write, read })], losses, { model });
    expect([model.epochsRun, model.step]).toEqual([8, 8]);
  });

  test('keeps the backup of a fit that ended before its last epoch, without the epoch cut short', async () => {
    const { write, read, files } = store();
    const model = new FakeModel();
    const backup = backupAndRestore({ write, read });
    const params = { epochs: 2, initialEpoch: 0, steps: 2, verbose: 0 as const, callbacks: [backup] };
    backup.setParams(params);
    await backup.onTrainBegin({}, model);
    [model.step, model.epochsRun] = [2, 1];
    await backup.onEpochSettled(0, {}, model);
    const { training } = readBackup(files.get('backup.safetensors')!);
    expect(training.epoch).toBe(1);
    [model.step, model.epochsRun] = [3, 2];
    await backup.onEpochSettled(1, {}, model);
    await backup.onTrainEnd({}, model);
    expect(readBackup(files.get('backup.safetensors')!).training.epoch).toBe(1);
  });

  test('refuses the backup of a fit with other callbacks', async () => {
    const { write, read } = store();
    await run([earlyStopping(), backupAndRestore({ write, read, deleteCheckpoint: false })], losses);
    const sentence =
      'backupAndRestore: the backup must be of a fit with the same callbacks in the same order, but received one with the state of 1 of them where';
    await expect(run([backupAndRestore({ write, read })], losses)).rejects.toThrow(
      `${sentence} 0 have a state`,
    );
    const other = [reduceLROnPlateau(), backupAndRestore({ write, read })];
    await expect(run(other, losses)).rejects.toThrow(`${sentence} 1 have a state; delete it to begin anew.`);
  });

  test.each([
    [{}, 'backupAndRestore: write must be a function (name, bytes), but received undefined.'],
    [
      { write: () => {} },
      'backupAndRestore: read must be a function (name) => bytes, but received undefined.',
    ],
    [{ saveFreq: 3 }, "backupAndRestore: saveFreq must be 'epoch', but received 3."],
  ])('refuses %o', (options, sentence) => {
    expect(() => backupAndRestore(options as never)).toThrow(sentence);
  });
});

describe('a backup', () => {
  const backup: Backup = {
    training: {
      ...new FakeModel().getTrainingState(),
      random: { key: Uint32Array.of(1, 4294967295), position: 3, spareNormal: -0.1 },
      history: { loss: [0.1, NaN, -Infinity, -0], ['__proto__']: [1] },
      learningRate: undefined,
    },
    callbacks: [{ a: -0, b: true, c: null, d: [{ data: Float32Array.of(NaN, -0), shape: [2, 1] }] }, {}],
  };

  test('comes back to the bit', () => {
    expect(readBackup(writeBackup(backup))).toEqual(backup);
    expect(Object.is((readBackup(writeBackup(backup)).callbacks[0].a as number) ?? 0, -0)).toBe(true);
    expect(readBackup(writeBackup(backup)).training.weights[0].data).toEqual(Float32Array.of(0, -0));
  });

  test('of other bytes is refused', () => {
    expect(() => readBackup(new Uint8Array(3))).toThrow('safetensors: at byte 0');
    expect(() => readBackup(writeSafetensors(new Map()))).toThrow(
      "backup: metadata 'lamella.backup' must be '1', but received undefined.",
    );
  });

  /** The same backup, with another text for its state. */
  const changed = (from: string, to: string): Uint8Array => {
    const { arrays, metadata } = readSafetensors(writeBackup(backup));
    const state = metadata.get('state')!;
    expect(state).toContain(from);
    return writeSafetensors(arrays, { 'lamella.backup': '1', state: state.replace(from, to) });
  };

  test.each([
    ['"epoch":0', '"epoch":-1', 'backup: epoch must be an integer >= 0, but received -1.'],
    [
      '"weights":1',
      '"weights":2',
      "backup: the array 'weights/1' must be there, of dtype F32, but received undefined.",
    ],
    [
      '"weights":1',
      '"weights":1e15',
      "backup: the array 'weights/1' must be there, of dtype F32, but received undefined.",
    ],
    ['"beta2Power":"NaN"', '"beta2Power":"nan"', "backup: beta2Power must be a number, but received 'nan'."],
    ['"slots":[1]', '"slots":{}', 'backup: slots must be a list, but received an object.'],
    ['"step":0', '"step":0.5', 'backup: step must be an integer >= 0, but received 0.5.'],
    [
      '["b","value",true]',
      '[1,"value",true]',
      'backup: the name of a value must be a string, but received 1.',
    ],
  ])('with %s changed to %s is refused', (from, to, sentence) => {
    expect(() => readBackup(changed(from, to))).toThrow(sentence);
  });
});
