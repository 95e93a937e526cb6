import { describe, expect, test } from 'vitest';
import { Seeded } from '../../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../../helpers/wasm.js';

const FEATURES = [1, 3, 4, 15, 16, 17, 31, 33, 64, 97];

/** Rows with every density, NaN and both zeros among the values. */
function rowsOf(rows: number, features: number): Float32Array<ArrayBuffer> {
  const seeded = new Seeded(features);
  return Float32Array.from({ length: rows * features }, (_, i) => {
    const density = Math.floor(i / features) / (rows - 1);
    if (seeded.uniform() > density) return i % 3 === 0 ? -0 : 0;
    return i % 29 === 7 ? NaN : seeded.signed();
  });
}

describe.each(VARIANTS)('lists of float32 rows, %s', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(FEATURES)('hold what is not 0 of %d features, in order, in room for all values', (features) => {
    memory.reset();
    const rows = 6;
    const values = rowsOf(rows, features);
    const order = [3, 0, 5, 5, 1, 4];
    const [data, indices] = [memory.put(values), memory.put(Int32Array.from(order))];
    const starts = memory.put(new Int32Array(rows + 1));
    const entries = memory.put(new Uint8Array(8 * rows * features));
    const args = [starts.offset, entries.offset, data.offset, 4 * features, features, indices.offset, rows];
    memory.kernels.floatsToCsr(...args);
    const first = starts.get();
    const words = new DataView(entries.get().buffer);
    order.forEach((from, row) => {
      const listed: [number, number][] = [];
      for (let at = first[row]; at < first[row + 1]; at += 8) {
        const entry = at - entries.offset;
        listed.push([words.getUint32(entry, true), words.getFloat32(entry + 4, true)]);
      }
      const expected = [...values.subarray(from * features, (from + 1) * features)].map(
        (value, k): [number, number] => [32 * k, value],
      );
      expect(listed).toEqual(expected.filter(([, value]) => value !== 0));
    });
    memory.expectGuards('floatsToCsr');
  });
});
