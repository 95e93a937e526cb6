import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { FormatError, layers, loadModel, sequential, ValueError } from 'lamella';
import { loadFashionMnist, loadMnist, readIdx, readModel, readNpy, readNpz, saveModel } from 'lamella/node';
import { loadModel as loadPredictor } from 'lamella/predict';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectRefusal } from '../estimators/refusal.js';
import { zipOf } from '../helpers/zip.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamella-'));
});

afterEach(() => rm(folder, { recursive: true }));

const idx = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 100, ...new Uint8Array(100)]);
const model = sequential({ seed: 1, layers: [layers.dense({ units: 2, inputShape: [3] })] });

describe('maxBytes', () => {
  test('of readIdx is for the file and its array together', async () => {
    const path = join(folder, 'raw');
    await writeFile(path, idx);
    expect((await readIdx(path, { maxBytes: 208 })).shape).toEqual([100]);
    await expectRefusal(
      () => readIdx(path, { maxBytes: 207 }),
      FormatError,
      `${path}: IDX: the shape (100) at byte 4 needs 100 bytes, but reading may allocate 99 at most; give another maxBytes.`,
    );
    await expectRefusal(
      () => readIdx(path, { maxBytes: 107 }),
      FormatError,
      `${path}: the file must have at most 107 bytes, as many as reading may allocate, but has 108; give another maxBytes.`,
    );
  });

  test('of readNpy and readNpz is for the file and its arrays together', async () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (25,), }`.padEnd(117);
    const npy = Uint8Array.from([
      0x93,
      ...Buffer.from(`NUMPY\x01\0\x76\0${header}\n`),
      ...new Uint8Array(100),
    ]);
    const [one, several] = [join(folder, 'x.npy'), join(folder, 'x.npz')];
    await writeFile(one, npy);
    await writeFile(several, zipOf([{ name: 'x.npy', content: npy, method: 0 }]));
    const size = (await stat(several)).size;
    expect((await readNpy(one, { maxBytes: 328 })).shape).toEqual([25]);
    expect(await readNpz(pathToFileURL(several), { maxBytes: size + 100 })).toEqual({
      x: { data: new Float32Array(25), shape: [25] },
    });
    const sentence =
      "npy: the shape (25) of 'f4' takes 100 bytes, but reading may allocate 99 at most; give another maxBytes.";
    await expectRefusal(() => readNpy(one, { maxBytes: 327 }), FormatError, `${one}: ${sentence}`);
    await expectRefusal(
      () => readNpz(several, { maxBytes: size + 99 }),
      FormatError,
      `${several}: 'x.npy': ${sentence}`,
    );
    await expect(readNpz(one)).rejects.toThrow(`${one}: zip: the file must be a whole archive`);
    await expect(readNpy(several)).rejects.toThrow('parseNpz reads archives');
  });

  test('of readIdx is for what is compressed too', async () => {
    const path = join(folder, 'bomb.gz');
    const zeros = new Uint8Array(30e6);
    zeros.set([0, 0, 8, 1, 0x01, 0xc9, 0xc3, 0x78]);
    await writeFile(path, gzipSync(zeros, { level: 9 }));
    await expect(readIdx(path, { maxBytes: 1e6 })).rejects.toThrow(FormatError);
    expect((await readIdx(path)).shape).toEqual([30e6 - 8]);
  });

  test('of readModel and loadModel is for the file', async () => {
    const path = join(folder, 'model.safetensors');
    await saveModel(model, path);
    const bytes = model.toBytes();
    const size = bytes.length;
    await readModel(path, { maxBytes: size });
    await expectRefusal(
      () => readModel(path, { maxBytes: size - 1 }),
      FormatError,
      `${path}: the file must have at most ${size - 1} bytes, as many as reading may allocate, but has ${size}; give another maxBytes.`,
    );
    const sentence = `A model file must have at most ${size - 1} bytes, but has ${size}; give another maxBytes.`;
    for (const load of [loadModel, loadPredictor] as (typeof loadModel)[]) {
      await load(bytes, { maxBytes: size });
      await expectRefusal(() => load(bytes, { maxBytes: size - 1 }), FormatError, sentence);
      await expectRefusal(
        () => load(bytes, { maxBytes: 1.5 }),
        ValueError,
        'loadModel: maxBytes must be an integer >= 1, but received 1.5.',
      );
    }
  });

  test('of loadMnist and loadFashionMnist is for each of the four files', async () => {
    const images = new Uint8Array(16 + 784);
    images.set([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]);
    for (const part of ['train', 't10k']) {
      await writeFile(join(folder, `${part}-images-idx3-ubyte`), images);
      await writeFile(join(folder, `${part}-labels-idx1-ubyte`), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
    }
    for (const load of [loadMnist, loadFashionMnist]) {
      expect((await load({ dir: folder, maxBytes: 1584 })).train.x.shape).toEqual([1, 28, 28]);
      await expect(load({ dir: folder, maxBytes: 1583 })).rejects.toThrow(FormatError);
    }
  });

  test('ends what has no end, and takes what says nothing of its size', async () => {
    await expectRefusal(
      () => readIdx('/dev/zero', { maxBytes: 300_000 }),
      FormatError,
      '/dev/zero: the file must have at most 300000 bytes, as many as reading may allocate, but has more; give another maxBytes.',
    );
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, idx);
    expect((await readIdx(pipe)).shape).toEqual([100]);
    await writing;
  });
});
