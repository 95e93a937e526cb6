import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FormatError, ValueError } from 'lamella';
import { readCifar } from 'lamella/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectRefusal } from '../estimators/refusal.js';
import { Seeded } from '../helpers/seeded.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamella-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Writes a file of records: labels, then 3,072 random bytes each. Returns its path and the images. */
async function write(name: string, labels: number[][]): Promise<{ path: string; images: Uint8Array[] }> {
  const random = new Seeded(name.length);
  const images = labels.map(() => random.bytes(3072));
  const path = join(folder, name);
  await writeFile(path, Uint8Array.from(labels.flatMap((own, i) => [...own, ...images[i]])));
  return { path, images };
}

/** The value of a channel of a pixel, where the file has it. */
const planar = (image: Uint8Array, row: number, column: number, channel: number): number =>
  image[channel * 1024 + row * 32 + column];

describe('readCifar', () => {
  test('reads files of CIFAR-10 one behind the other, channels last', async () => {
    const one = await write('data_batch_1.bin', [[3], [9], [0]]);
    const two = await write('test.bin', [[7]]);
    const { x, y, ...rest } = await readCifar([one.path, pathToFileURL(two.path)]);
    expect([x.shape, x.scale, rest]).toEqual([[4, 32, 32, 3], 1 / 255, {}]);
    expect(y).toEqual(Uint8Array.of(3, 9, 0, 7));
    [...one.images, ...two.images].forEach((image, i) => {
      for (const [row, column] of [
        [0, 0],
        [0, 31],
        [5, 9],
        [31, 31],
      ]) {
        for (let channel = 0; channel < 3; channel++) {
          const value = x.data[((i * 32 + row) * 32 + column) * 3 + channel];
          expect(value).toBe(planar(image, row, column, channel));
        }
      }
    });
  });

  test('reads CIFAR-100 with both labels of every image', async () => {
    const { path, images } = await write('train.bin', [
      [19, 99],
      [0, 5],
    ]);
    const { x, y, yCoarse } = await readCifar(path, { kind: 'cifar100' });
    expect(y).toEqual(Uint8Array.of(99, 5));
    expect(yCoarse).toEqual(Uint8Array.of(19, 0));
    expect(x.shape).toEqual([2, 32, 32, 3]);
    expect([...x.data.subarray(3072, 3078)]).toEqual(
      [0, 1].flatMap((c) => [0, 1, 2].map((k) => planar(images[1], 0, c, k))),
    );
  });

  test('takes maxBytes for the files and the arrays together', async () => {
    const { path } = await write('a.bin', [[1], [2]]);
    expect((await readCifar(path, { maxBytes: 4 * 3073 })).y).toHaveLength(2);
    await expectRefusal(
      () => readCifar(path, { maxBytes: 4 * 3073 - 1 }),
      FormatError,
      'readCifar: 2 images take 6146 bytes, but reading may allocate 6145 more at most; give another maxBytes.',
    );
    await expect(readCifar([path, path], { maxBytes: 3 * 3073 })).rejects.toThrow(
      'the file must have at most 3073 bytes',
    );
  });
});

describe('readCifar refuses', () => {
  test('labels that are out of range, naming the byte', async () => {
    const ten = await write('a.bin', [[1], [10]]);
    const hundred = await write('b.bin', [[20, 1]]);
    await expectRefusal(
      () => readCifar(ten.path),
      FormatError,
      `${ten.path}: CIFAR: the label at byte 3073 must be from 0 to 9, but is 10.`,
    );
    await expectRefusal(
      () => readCifar(hundred.path, { kind: 'cifar100' }),
      FormatError,
      `${hundred.path}: CIFAR: the label at byte 0 must be from 0 to 19, but is 20.`,
    );
  });

  test('sizes that are no number of records, and files of the other kind', async () => {
    const { path } = await write('a.bin', [[1, 1]]);
    await expectRefusal(
      () => readCifar(path),
      FormatError,
      `${path}: CIFAR: the file must have records of 3073 bytes, but has 3074; give kind: 'cifar100' for its records.`,
    );
    await writeFile(path, '');
    await expect(readCifar(path)).rejects.toThrow(
      'CIFAR: the file must have records of 3073 bytes, but has 0.',
    );
  });

  test('what is no path, no file, no kind', async () => {
    await expect(readCifar([])).rejects.toThrow(ValueError);
    await expect(readCifar([''])).rejects.toThrow('readCifar: path must be a path or a file: URL');
    await expect(readCifar(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readCifar('x', { kind: 'cifar' as never })).rejects.toThrow(
      "kind must be one of 'cifar10', 'cifar100'",
    );
  });
});
