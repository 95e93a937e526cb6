import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MLPClassifier } from 'lamella';
import { FormatError, Perceptron, ValueError } from 'lamella';
import { readModel, saveModel } from 'lamella/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileSystem } from '../../src/node/atomic.js';
import { writeAtomically } from '../../src/node/atomic.js';
import { blobs, trained } from '../estimators/blobs.js';
import { expectRefusal } from '../estimators/refusal.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamella-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('saveModel and readModel', () => {
  test('keep a model by a path and by a file URL', async () => {
    const { x, y } = blobs();
    const classifier = await trained();
    const perceptron = await new Perceptron().fit(x, y);
    const path = join(folder, 'new', 'model.safetensors');
    await saveModel(classifier, path);
    expect((await readModel<MLPClassifier>(path)).predict(x)).toEqual(classifier.predict(x));
    await saveModel(perceptron, pathToFileURL(path));
    const read = await readModel<Perceptron>(pathToFileURL(path));
    expect(read).toBeInstanceOf(Perceptron);
    expect(read.predict(x)).toEqual(perceptron.predict(x));
    expect(await readdir(join(folder, 'new'))).toEqual(['model.safetensors']);
  });

  test('name the file that is no model', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'milk');
    await expectRefusal(
      () => readModel(path),
      FormatError,
      `${path}: The file is not a lamella model; it looks like plain text.`,
    );
  });

  test('pass errors of the file system on', async () => {
    await expect(readModel(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('refuse what is no model', async () => {
    await expectRefusal(
      () => saveModel({} as Perceptron, join(folder, 'model')),
      ValueError,
      'saveModel: model must be a trained model, which has toBytes, but received an object.',
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a write that fails', () => {
  const real: FileSystem = { mkdir, open, readdir, rename, rm, stat };
  const fail = (): never => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  /** Opens files whose one method fails. */
  const failing = (method: 'writeFile' | 'sync'): FileSystem => ({
    ...real,
    open: async (...args: Parameters<typeof open>) => Object.assign(await open(...args), { [method]: fail }),
  });

  test.each<[string, FileSystem]>([
    ['making the folder', { ...real, mkdir: fail }],
    ['opening the temporary file', { ...real, open: fail }],
    ['writing', failing('writeFile')],
    ['bringing the bytes to the disk', failing('sync')],
    ['renaming', { ...real, rename: fail }],
  ])('at %s leaves the old file as it was, and nothing else', async (_name, fs) => {
    const path = join(folder, 'model.safetensors');
    await writeFile(path, 'old');
    await expect(writeAtomically(path, Uint8Array.of(1, 2, 3), fs)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  test('brings the file, then the folder to the disk', async () => {
    const synced: string[] = [];
    const fs: FileSystem = {
      ...real,
      open: async (...args: Parameters<typeof open>) => {
        const handle = await open(...args);
        const sync = handle.sync.bind(handle);
        return Object.assign(handle, {
          sync: () => {
            synced.push(String(args[0]) === folder ? 'folder' : 'file');
            return sync();
          },
        });
      },
      rename: async (...args) => {
        synced.push('rename');
        await rename(...args);
      },
    };
    await writeAtomically(join(folder, 'model'), Uint8Array.of(1), fs);
    expect(synced).toEqual(['file', 'rename', 'folder']);
  });
});
