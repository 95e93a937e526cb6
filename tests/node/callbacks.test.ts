import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callbacks } from 'lamella/node';
import { callbacks as portable } from 'lamella';
import { writeAtomically } from '../../src/node/atomic.js';
import { readEvents } from '../train/callbacks/event-reader.js';
import { FakeModel, logsOf, run } from '../train/callbacks/fake.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lamella-callbacks-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const losses = logsOf('val_loss', [3, 2, 1]);

test('lamella/node has the callbacks of lamella', () => {
  expect(Object.keys(callbacks).sort()).toEqual(Object.keys(portable).sort());
  expect(callbacks.earlyStopping).toBe(portable.earlyStopping);
});

describe('with a path', () => {
  test('modelCheckpoint makes directories and leaves whole files only', async () => {
    const path = join(directory, 'a', '{epoch}', 'model-{val_loss:.1f}');
    await run([callbacks.modelCheckpoint({ path })], losses);
    expect(await readdir(join(directory, 'a', '2'))).toEqual(['model-2.0']);
    expect([...(await readFile(join(directory, 'a', '3', 'model-1.0')))]).toEqual([3]);
  });

  test('csvLogger adds lines, and goes on with a file that exists', async () => {
    const path = join(directory, 'logs', 'training.csv');
    await run([callbacks.csvLogger({ path })], logsOf('loss', [1, 2]));
    await run([callbacks.csvLogger({ path: pathToFileURL(path), append: true })], logsOf('loss', [3]));
    expect(await readFile(path, 'utf8')).toBe('epoch,loss\r\n0,1.0\r\n1,2.0\r\n0,3.0\r\n');
    await run([callbacks.csvLogger({ path, separator: '\t' })], logsOf('loss', [4]));
    expect(await readFile(path, 'utf8')).toBe('epoch\tloss\r\n0\t4.0\r\n');
  });

  test('csvLogger and tensorBoard go on where backupAndRestore resumes training', async () => {
    const csv = join(directory, 'a.csv');
    const all = (append: boolean) => [
      callbacks.csvLogger({ path: csv, append }),
      callbacks.tensorBoard({ path: directory }),
      callbacks.backupAndRestore({ path: join(directory, 'backup') }),
    ];
    for (const append of [false, true]) {
      await rm(csv, { force: true });
      // Killed after the line of epoch 1 was written, but not the backup.
      const crash = {
        onEpochEnd(epoch: number): void {
          if (epoch === 1) throw new Error('power cut');
        },
      };
      await expect(run([...all(append), crash], losses)).rejects.toThrow('power cut');
      expect(await readFile(csv, 'utf8')).toBe('epoch,val_loss\r\n0,3.0\r\n1,2.0\r\n');
      await run(all(append), losses);
      expect(await readFile(csv, 'utf8')).toBe('epoch,val_loss\r\n0,3.0\r\n1,2.0\r\n2,1.0\r\n');
    }
    const events = await readdir(join(directory, 'validation'));
    expect(events).toHaveLength(4);
  });

  test('csvLogger keeps the same file, so that it can be followed', async () => {
    const path = join(directory, 'a.csv');
    const inodes: number[] = [];
    const look = { onEpochEnd: async () => void inodes.push((await stat(path)).ino) };
    await run([callbacks.csvLogger({ path }), look], logsOf('loss', [1, 2, 3]));
    expect(new Set(inodes).size).toBe(1);
  });

  test('tensorBoard writes train/ and validation/', async () => {
    await run([callbacks.tensorBoard({ path: `${directory}/runs/` })], [{ loss: 0.5, val_loss: 2 }]);
    expect((await readdir(join(directory, 'runs'))).sort()).toEqual(['train', 'validation']);
    const [file] = await readdir(join(directory, 'runs', 'validation'));
    expect(file).toMatch(/^events\.out\.tfevents\.\d{10}\..+\.\d+\.1\.v2$/);
    const events = readEvents(await readFile(join(directory, 'runs', 'validation', file)));
    expect(events.map(({ version, values }) => version ?? values)).toEqual([
      'brain.Event:2',
      { epoch_loss: 2 },
    ]);
  });

  test('tensorBoard does without the name of a machine that is not told', async () => {
    const hostname = vi.spyOn(os, 'hostname').mockImplementation(() => {
      throw new Error('Requires sys access to "hostname"');
    });
    syncBuiltinESMExports();
    await run([callbacks.tensorBoard({ path: directory })], [{ loss: 0.5 }]);
    hostname.mockRestore();
    syncBuiltinESMExports();
    const [file] = await readdir(join(directory, 'train'));
    expect(file).toMatch(/^events\.out\.tfevents\.\d{10}\.localhost\.\d+\.1\.v2$/);
  });

  test('backupAndRestore goes on from its file, and deletes it at the end', async () => {
    const path = join(directory, 'backup');
    const crash = {
      onEpochBegin(epoch: number): void {
        if (epoch === 2) throw new Error('power cut');
      },
    };
    await expect(run([callbacks.backupAndRestore({ path }), crash], losses)).rejects.toThrow('power cut');
    expect(await readdir(directory)).toEqual(['backup']);
    const model = new FakeModel();
    await run([callbacks.backupAndRestore({ path })], losses, { model });
    expect([model.step, model.history]).toEqual([3, { val_loss: [3, 2, 1] }]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('errors of the file system are passed on', async () => {
    await writeFile(join(directory, 'file'), '');
    const path = join(directory, 'file', 'model');
    await expect(run([callbacks.modelCheckpoint({ path })], losses)).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    await expect(run([callbacks.backupAndRestore({ path: directory })], losses)).rejects.toMatchObject({
      code: 'EISDIR',
    });
  });

  test.each([
    ['modelCheckpoint', 'modelCheckpoint: path must be a path or a file: URL, but received undefined.'],
    ['csvLogger', 'csvLogger: path must be a path or a file: URL, but received undefined.'],
    ['backupAndRestore', 'backupAndRestore: path must be a path or a file: URL, but received undefined.'],
  ] as const)('%s needs it', (name, sentence) => {
    expect(() => callbacks[name]({} as never)).toThrow(sentence);
    const remote = { path: new URL('https://localhost/a') };
    expect(() => callbacks[name](remote)).toThrow(
      `${name}: path must be a path or a file: URL, but received`,
    );
  });
});

test('a file is replaced whole or not at all', async () => {
  const path = join(directory, 'model');
  await writeAtomically(path, Uint8Array.of(1, 2, 3));
  await expect(writeAtomically(join(path, 'x'), Uint8Array.of(9))).rejects.toThrow();
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  await writeAtomically(path, Uint8Array.of(4));
  expect([...(await readFile(path))]).toEqual([4]);
  expect(await readdir(directory)).toEqual(['model']);
  const many = Array.from({ length: 8 }, (_, i) => writeAtomically(path, new Uint8Array(1000).fill(i)));
  await Promise.all(many);
  const bytes = await readFile(path);
  expect([bytes.length, new Set(bytes).size]).toEqual([1000, 1]);
  expect(await readdir(directory)).toEqual(['model']);
});
