import { describe, expect, test } from 'vitest';
import { splitScale } from '../../src/network/scale.js';
import { expectSameBits } from '../helpers/allclose.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const FEATURES = [...Array.from({ length: 33 }, (_, i) => i + 1), 784];
const SCALES = [1 / 255, 1, 1 / 256, 2 / 255, 0.1, 1e-3, 12.34, 1 / 127.5, 1e-30, 1e30];

/** Rows in no order, one of them twice, the last of the data among them. */
const ORDER = Int32Array.of(3, 0, 6, 3, 5);
const DATA_ROWS = 7;

/** Ranges of them that threads may have, the last first: what is written behind a range then shows. */
const CUTS = [
  [[0, 5]],
  [
    [3, 5],
    [0, 3],
  ],
  [
    [4, 5],
    [2, 4],
    [1, 2],
    [0, 1],
  ],
];

/** The rows of ORDER, each feature by `value(row, feature)`. */
function picked(features: number, value: (row: number, feature: number) => number): Float32Array {
  return Float32Array.from({ length: ORDER.length * features }, (_, i) =>
    value(ORDER[Math.floor(i / features)], i % features),
  );
}

interface Parts {
  readonly high: number;
  readonly low: number;
}

function partsOf(scale: number): Parts {
  const parts = splitScale(scale);
  if (!parts) throw new Error(`${scale} has no parts`);
  return { high: parts[0], low: parts[1] };
}

function gatherBytes(memory: GuardedMemory, bytes: Uint8Array, features: number, { high, low }: Parts) {
  memory.reset();
  const x = memory.matrix({ rows: ORDER.length, columns: features });
  const indices = memory.put(ORDER);
  const data = memory.putAtEnd(bytes);
  memory.kernels.gatherBytes(
    ...[x.offset, x.stride, data.offset, features, indices.offset, ORDER.length, high, low],
  );
  memory.expectGuards(`${features} features`);
  return x.get();
}

describe.each(VARIANTS)('gatherBytes, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('gives fround(byte · scale) for every byte and scale', () => {
    const features = 256;
    const bytes = Uint8Array.from({ length: DATA_ROWS * features }, (_, i) => (i * 7) % 256);
    for (const scale of SCALES) {
      const expected = picked(features, (row, j) => bytes[row * features + j] * scale);
      expectSameBits(gatherBytes(memory, bytes, features, partsOf(scale)), expected, `scale ${scale}`);
    }
  });

  test('takes any number of features, and reads nothing beyond the last row', () => {
    const scale = 1 / 255;
    for (const features of FEATURES) {
      const bytes = new Seeded(features).bytes(DATA_ROWS * features);
      const expected = picked(features, (row, j) => bytes[row * features + j] * scale);
      const actual = gatherBytes(memory, bytes, features, partsOf(scale));
      expectSameBits(actual, expected, `${features} features`);
    }
  });

  test('touches nothing without rows', () => {
    memory.reset();
    const x = memory.matrix({ rows: 0, columns: 8 });
    const data = memory.put(new Uint8Array(8));
    memory.kernels.gatherBytes(x.offset, x.stride, data.offset, 8, data.offset, 0, 1, 0);
    expect(() => memory.expectGuards('no rows')).not.toThrow();
  });
});

describe.each(VARIANTS)('gatherWords, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('copies rows of floats, bits of NaN included, and reads nothing beyond the last row', () => {
    for (const features of FEATURES) {
      memory.reset();
      const values = new Seeded(features).floats(DATA_ROWS * features);
      values[3 * features] = NaN;
      const x = memory.matrix({ rows: ORDER.length, columns: features });
      const indices = memory.put(ORDER);
      const data = memory.putAtEnd(values);
      memory.kernels.gatherWords(x.offset, x.stride, data.offset, features, indices.offset, ORDER.length);
      memory.expectGuards(`${features} features`);
      const expected = picked(features, (row, j) => values[row * features + j]);
      expectSameBits(x.get(), expected, `${features} features`);
    }
  });

  test('copies labels', () => {
    memory.reset();
    const batch = memory.put(new Int32Array(ORDER.length));
    const indices = memory.put(ORDER);
    const labels = memory.put(Int32Array.of(10, 11, 12, 13, 14, 15, -1));
    memory.kernels.gatherWords(batch.offset, 4, labels.offset, 1, indices.offset, ORDER.length);
    memory.expectGuards('labels');
    expect([...batch.get()]).toEqual([13, 10, -1, 13, 15]);
  });
});

describe.each(VARIANTS)('gatherCsr, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(CUTS)('copies the entries of rows one behind the other, and starts of all: %j', (...cuts) => {
    memory.reset();
    const counts = [0, 2, 5, 3, 1, 0, 40];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const stored = memory.put(Int32Array.from({ length: 2 * total }, (_, i) => 1000 + i));
    const addresses = [stored.offset];
    for (const count of counts) addresses.push((addresses.at(-1) as number) + 8 * count);
    const from = memory.put(Int32Array.from(addresses));
    const indices = memory.put(ORDER);
    const taken = [...ORDER].flatMap((row) => {
      const first = 1000 + (addresses[row] - stored.offset) / 4;
      return Array.from({ length: 2 * counts[row] }, (_, i) => first + i);
    });
    const starts = memory.put(new Int32Array(ORDER.length + 1));
    const entries = memory.put(new Int32Array(taken.length));
    const places = [starts.offset, entries.offset, from.offset, indices.offset];
    for (const [begin, end] of cuts) memory.kernels.gatherCsr(...places, begin, end);
    memory.expectGuards('lists');
    expect([...entries.get().subarray(0, taken.length)]).toEqual(taken);
    let place = entries.offset;
    const ends = [...ORDER].map((row) => (place += 8 * counts[row]));
    expect([...starts.get()]).toEqual([entries.offset, ...ends]);
  });
});

describe.each(VARIANTS)('gatherByteCsr, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(CUTS)('gives every byte that is stored the value that gatherBytes gives it: %j', (...cuts) => {
    for (const features of [1, 3, 4, 5, 64, 97]) {
      memory.reset();
      const bytes = new Seeded(features).bytes(7 * features).map((byte, i) => (i % 3 === 0 ? byte : 0));
      const rows = Array.from({ length: 7 }, (_, row) => [
        ...bytes.subarray(row * features, (row + 1) * features),
      ]);
      const lists = rows.map((row) => row.flatMap((byte, k) => (byte === 0 ? [] : [(k << 8) | byte])));
      const stored = memory.put(Int32Array.of(...lists.flat(), 0, 0, 0, 0));
      const addresses = [stored.offset];
      for (const { length } of lists) addresses.push((addresses.at(-1) as number) + 4 * length);
      const from = memory.put(Int32Array.from(addresses));
      const indices = memory.put(ORDER);
      const data = memory.put(Uint8Array.of(...bytes, ...new Uint8Array(16)));
      const x = memory.matrix({ rows: ORDER.length, columns: features });
      const starts = memory.put(new Int32Array(ORDER.length + 1));
      const total = ORDER.reduce((sum, row) => sum + lists[row].length, 0);
      const entries = memory.put(new Uint8Array(8 * total));
      const parts = [0.003921627998352051, -5.9370901084321304e-8];
      const bytePicks = [indices.offset, ORDER.length];
      memory.kernels.gatherBytes(x.offset, x.stride, data.offset, features, ...bytePicks, ...parts);
      const rest = [entries.offset, from.offset, indices.offset];
      for (const [begin, end] of cuts)
        memory.kernels.gatherByteCsr(starts.offset, ...rest, begin, end, ...parts);
      memory.expectGuards(`${features} features`);
      const listed = new Float32Array(ORDER.length * features);
      const view = new DataView(entries.get().buffer);
      const [...places] = starts.get();
      ORDER.forEach((row, i) => {
        expect(places[i + 1] - places[i]).toBe(8 * lists[row].length);
        for (let at = places[i] - entries.offset; at < places[i + 1] - entries.offset; at += 8) {
          listed[i * features + view.getUint32(at, true) / 32] = view.getFloat32(at + 4, true);
        }
      });
      expectSameBits(listed, x.get(), `${features} features`);
    }
  });
});

describe('splitScale', () => {
  test('finds parts for most scales, and none where the parts would round otherwise', () => {
    const seeded = new Seeded(61);
    const scales = Array.from({ length: 2000 }, () => Math.abs(seeded.signed(2)) + 1e-6);
    const parts = scales.map(splitScale);
    expect(parts.filter((found) => found === undefined).length).toBeLessThan(10);
    parts.forEach((found, i) => {
      if (!found) return;
      for (let byte = 0; byte < 256; byte++) {
        const sum = Math.fround(Math.fround(byte * found[0]) + Math.fround(byte * found[1]));
        if (sum !== Math.fround(byte * scales[i])) expect.fail(`${byte} · ${scales[i]} gives ${sum}`);
      }
    });
  });
});
