import { describe, expect, test } from 'vitest';
import { callbacks, FormatError, layers, sequential } from 'lamella';
import { crc32 } from '../../../src/data/crc32.js';
import type { Tensor } from '../../../src/io/safetensors.js';
import { readBackup, writeBackup } from '../../../src/train/callbacks/backup-file.js';
import type { Backup } from '../../../src/train/callbacks/backup-file.js';
import { readSafetensors } from '../../../src/io/read-safetensors.js';
import { writeSafetensors } from '../../../src/io/safetensors.js';
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
      epoch: 4,
      random: { key: new Uint32Array(624).fill(4294967295), position: 3, spareNormal: -0.1 },
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

  /** Give bytes the checksum of their content. */
  const summed = (bytes: Uint8Array): Uint8Array => {
    const text = new TextDecoder('latin1').decode(bytes);
    const at = text.indexOf('"checksum":"') + 12;
    bytes.set(new TextEncoder().encode('00000000'), at);
    bytes.set(new TextEncoder().encode(crc32(bytes).toString(16).padStart(8, '0')), at);
    return bytes;
  };

  /** The same backup, with another text for its state, and a checksum that fits. */
  const changed = (from: string, to: string, more: [string, Tensor][] = []): Uint8Array => {
    const { arrays, metadata } = readSafetensors(writeBackup(backup));
    const state = metadata.get('state')!;
    expect(state).toContain(from);
    return summed(
      writeSafetensors(new Map([...arrays, ...more]), {
        ...{ checksum: '00000000', 'lamella.backup': '1', state: state.replace(from, to) },
      }),
    );
  };

  test('without its checksum is refused, and so is one with another', () => {
    const { arrays, metadata } = readSafetensors(writeBackup(backup));
    const { checksum, ...rest } = Object.fromEntries(metadata);
    expect(checksum).toMatch(/^[0-9a-f]{8}$/);
    const damaged = 'but received other bytes: it is damaged; delete it to begin anew.';
    expect(() => readBackup(writeSafetensors(arrays, rest))).toThrow(damaged);
    const other = { ...rest, checksum: '01234567' };
    expect(() => readBackup(writeSafetensors(arrays, other))).toThrow(damaged);
    expect(readBackup(changed('"epoch":4', '"epoch":4'))).toEqual(backup);
  });

  test('of which any bit is flipped is refused', () => {
    const small: Backup = {
      training: { ...new FakeModel().getTrainingState(), history: { loss: [] } },
      callbacks: [{ best: 0.5, bestWeights: [{ data: Float32Array.of(1), shape: [1] }] }],
    };
    const bytes = writeBackup(small);
    expect(readBackup(bytes)).toEqual(small);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flip = (): void => void (bytes[bit >> 3] ^= 1 << (bit & 7));
      flip();
      expect(() => readBackup(bytes)).toThrow(FormatError);
      flip();
    }
    expect(readBackup(bytes)).toEqual(small);
  });

  test('that was cut short, or has more bytes, is refused', () => {
    const bytes = writeBackup(backup);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => readBackup(bytes.subarray(0, length))).toThrow(FormatError);
    }
    expect(() => readBackup(Uint8Array.of(...bytes, 0))).toThrow(FormatError);
  });

  test('that claims more epochs than memory holds takes no memory for them', () => {
    const { training } = readBackup(changed('"epoch":4', '"epoch":1000000000'));
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    model.setTrainingState({ ...model.getTrainingState(), epoch: training.epoch, history: training.history });
    expect(model.history.epoch).toEqual([999999996, 999999997, 999999998, 999999999]);
  });

  test('with arrays that its state does not speak of is refused', () => {
    const array: Tensor = { dtype: 'F32', shape: [1], data: Float32Array.of(1) };
    expect(() => readBackup(changed('"seed":7', '"seed":7', [['weights/1', array]]))).toThrow(
      "backup: the arrays must be those of the state only, but received 'weights/1'.",
    );
  });

  test.each([
    ['"epoch":4', '"epoch":-1', 'backup: epoch must be an integer >= 0, but received -1.'],
    ['"epoch":4', '"epoch":3', 'backup: loss must be a list of at most 3 values, but received 4.'],
    [
      '"seed":7',
      '"seed":7,"extra":1',
      "backup: state must have the members epoch, seed, weights, learningRate, history, optimizer, random, callbacks only, but received 'extra'.",
    ],
    [
      '"step":0',
      '"step":0,"steps":0',
      "backup: optimizer must have the members step, beta1Power, beta2Power, decayPower, momentumProduct, slots only, but received 'steps'.",
    ],
    ['"position":3', '"position":625', 'backup: position must be at most 624, but received 625.'],
    [
      '["b","value"',
      '["b","text"',
      "backup: b must be of the kind 'arrays' or 'value', but received 'text'.",
    ],
    [
      '["b","value"',
      '["a","value"',
      "backup: the names of the values of a callback must differ, but received 'a'.",
    ],
    [
      '["b","value",true]',
      '["b","value",true,1]',
      'backup: callbacks must be a list of at most 3 values, but received 4.',
    ],
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
