import { parseNpy, parseNpz } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Mutation } from '../model-files/mutations.js';
import { readSafetensors } from '../../src/io/read-safetensors.js';
import { openImage } from '../../src/node/images.js';
import { fileOf } from '../io/files.js';
import { readGolden } from '../data/goldens.js';
import { damages, faultOfReading } from '../helpers/damage.js';
import { zipOf } from '../helpers/zip.js';
import { byteMutations, faultOf, smallFiles, valueMutations } from '../model-files/mutations.js';

const KINDS = [
  ...['MLPClassifier', 'MLPRegressor', 'Perceptron', 'Sequential of rows', 'Sequential of images'],
  ...['TableClassifier', 'TableRegressor', 'Pipeline'],
];
let files: Map<string, Uint8Array>;

beforeAll(async () => {
  files = await smallFiles();
});

interface Golden {
  readonly name: string;
  readonly dtype: string;
  readonly file: string;
}

/** The first file of NumPy's that is as it is wanted. */
function goldenFile(kind: 'arrays' | 'archives', wanted: (golden: Golden) => boolean): Uint8Array {
  const { [kind]: all } = readGolden<Record<string, readonly Golden[]>>('numpy_files');
  return new Uint8Array(Buffer.from(all.find(wanted)!.file, 'base64'));
}

async function faultsOf(mutations: Iterable<Mutation>): Promise<{ count: number; faults: string[] }> {
  const faults: string[] = [];
  let count = 0;
  for (const mutation of mutations) {
    const fault = await faultOf(mutation);
    if (fault !== undefined) faults.push(fault);
    count++;
  }
  return { count, faults };
}

describe.each(KINDS)('%s: every changed file is refused by a LamellaError, or is a model', (kind) => {
  test('with any byte changed, or cut anywhere', async () => {
    const { count, faults } = await faultsOf(byteMutations(files.get(kind)!));
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(9000);
  });

  test('with any value of its header and its description changed', async () => {
    const { count, faults } = await faultsOf(valueMutations(files.get(kind)!));
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(1000);
  });
});

describe('every damaged file of data is refused by a LamellaError, or is read', () => {
  const archive = goldenFile('archives', ({ name }) => name === 'savez_compressed');

  test.each<[string, Uint8Array, (bytes: Uint8Array) => unknown, boolean]>([
    ['.npy of numbers', goldenFile('arrays', ({ dtype }) => dtype === '>i8'), parseNpy, false],
    ['.npy of strings', goldenFile('arrays', ({ dtype }) => dtype === '>U5'), parseNpy, false],
    ['.npz', archive, parseNpz, true],
    [
      'zip64',
      zipOf([{ name: 'x.npy', content: goldenFile('arrays', () => true), zip64: true }], { zip64: true }),
      parseNpz,
      true,
    ],
  ])('%s, with any byte changed, or cut anywhere', async (_name, file, read, checked) => {
    // What has checksums gives what it gave.
    const expected = checked ? JSON.stringify(await read(file)) : undefined;
    const faults: string[] = [];
    for (const damage of damages(file)) {
      const fault = await faultOfReading(damage, read, expected);
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults).toEqual([]);
  });

  // JPEG has no checksums.
  test.each([
    ...['PNG of mode RGB', 'PNG with a palette of 4 bits', 'PNG with a transparent grey'],
    ...['JPEG', 'progressive JPEG', 'grey JPEG'],
  ])('%s, with any byte changed, or cut anywhere', async (name) => {
    const { images } = readGolden<{ images: readonly Golden[] }>('pillow_images');
    const file = new Uint8Array(Buffer.from(images.find((image) => image.name === name)!.file, 'base64'));
    const isPng = name.startsWith('PNG');
    const read = async (bytes: Uint8Array): Promise<unknown> => (await openImage(bytes)).decode(10e6);
    const expected = isPng ? JSON.stringify(await read(file)) : undefined;
    const faults: string[] = [];
    for (const damage of damages(file)) {
      const fault = await faultOfReading(damage, read, expected);
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults).toEqual([]);
  });
});

test.each([
  ['values in arrays', 4_194_304, (count: number) => `[${'0,'.repeat(count)}0]`],
  [
    'names in objects',
    1_048_576,
    (count: number) => `{${Array.from({ length: count + 1 }, (_, i) => `"${i.toString(36)}":0`).join(',')}}`,
  ],
] as const)('a header of too many %s is refused in little memory', (what, most, make) => {
  const file = fileOf(`{"a":${make(most)}}`);
  const before = process.memoryUsage().heapUsed;
  expect(() => readSafetensors(file)).toThrow(`must have at most ${most} ${what}, but received`);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400e6);
});
