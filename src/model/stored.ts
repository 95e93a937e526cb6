import type { Arena } from '../engine/arena.js';
import type { Call } from '../engine/kernels.js';
import type { Rows } from '../ndarray.js';
import { ascending } from '../random.js';
import type { ListsPlan } from './lists.js';
import { LEAST_INPUTS } from './lists.js';
import type { NetworkSpec } from './spec.js';

// Rows of which only some values are stored. Where the first layer reads lists, they become lists without ever being dense.

/** Bytes of a row of a weight panel: what a column counts in lists (assembly/sparse.ts). */
const ROW_BYTES = 32;

/** Whether a network takes stored rows as lists. */
export function takesLists({ layers, inputShape }: NetworkSpec): boolean {
  return layers[0].type === 'dense' && inputShape[0] >= LEAST_INPUTS;
}

/** The most entries that lists of `batch` of these rows have; undefined where rows do not come as lists. */
export function mostEntries(spec: NetworkSpec, { sparse, rows }: Rows, batch: number): number | undefined {
  if (!sparse || !takesLists(spec)) return undefined;
  const counts = Int32Array.from({ length: rows }, (_, row) => sparse.starts[row + 1] - sparse.starts[row]);
  const largest = counts.sort().subarray(-batch);
  return largest.reduce((sum, count) => sum + count, 0);
}

/** Entries of the lists of some rows, dense ones included. */
export function countEntries({ data, features, sparse }: Rows, batch: Int32Array): number {
  let count = 0;
  for (const row of batch) {
    if (sparse) count += sparse.starts[row + 1] - sparse.starts[row];
    else for (let i = row * features; i < (row + 1) * features; i++) if (data[i] !== 0) count++;
  }
  return count;
}

/** Writes row lists of some rows, dense ones included. */
export function writeLists(
  { i32, f32 }: Arena,
  { rowStarts, rowEntries }: Pick<ListsPlan, 'rowStarts' | 'rowEntries'>,
  { data, features, scale, sparse }: Rows,
  batch: Int32Array,
): void {
  let entry = rowEntries >>> 2;
  let start = rowStarts >>> 2;
  i32[start++] = rowEntries;
  for (const row of batch) {
    const from = sparse ? sparse.starts[row] : row * features;
    const end = sparse ? sparse.starts[row + 1] : from + features;
    for (let i = from; i < end; i++) {
      const value = data[i] * scale;
      if (value === 0) continue;
      i32[entry] = ROW_BYTES * (sparse ? sparse.columns[i] : i - from);
      f32[entry + 1] = value;
      entry += 2;
    }
    i32[start++] = 4 * entry;
  }
}

/** Row lists of resident rows numbered by `indices`; `starts` has the address of every row's entries. */
export function storedListCalls(
  { rowStarts, rowEntries }: ListsPlan,
  starts: number,
  indices: number,
  rows: number,
): Call[] {
  return [{ kernel: 'gatherLists', args: [rowStarts, rowEntries, starts, indices, rows] }];
}

/** Writes all rows as entries, and the address of every row's. */
export function writeEntries(
  arena: Arena,
  { data, starts }: { readonly data: number; readonly starts: number },
  rows: Rows,
): void {
  writeLists(arena, { rowStarts: starts, rowEntries: data }, rows, ascending(rows.rows));
}

/** Writes a row, its zeros included. */
export function writeRow(
  target: Float32Array,
  to: number,
  { data, features, scale, sparse }: Rows,
  row: number,
): void {
  const from = row * features;
  if (sparse) {
    target.fill(0, to, to + features);
    for (let i = sparse.starts[row]; i < sparse.starts[row + 1]; i++)
      target[to + sparse.columns[i]] = data[i];
  } else if (data instanceof Uint8Array) {
    for (let j = 0; j < features; j++) target[to + j] = data[from + j] * scale;
  } else target.set(data.subarray(from, from + features), to);
}
