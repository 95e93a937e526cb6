import type { Arena } from '../engine/arena.js';
import { ENTRY_PADDING, PANEL_BYTES } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Places, Rows } from '../ndarray.js';
import { ascending } from '../random.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { ListsPlan } from './lists.js';
import { LEAST_INPUTS } from './lists.js';
import type { ScaleParts } from './scale.js';
import type { NetworkSpec } from './spec.js';

// Rows of which only some values are stored. Where the first layer reads lists, they become lists without
// ever being dense.

/** Whether a network takes stored rows as lists. */
export function takesLists({ layers, inputShape }: NetworkSpec): boolean {
  return layers[0].type === 'dense' && inputShape[0] >= LEAST_INPUTS;
}

/** The number of values that are not 0 of every row. */
export function* countValues({ data, rows, features, sparse }: Rows): Pieces<Int32Array> {
  const counts = new Int32Array(rows);
  yield* ranges(rows, sparse ? 1 : features, (begin, end) => {
    for (let row = begin; row < end; row++) {
      counts[row] = sparse
        ? sparse.starts[row + 1] - sparse.starts[row]
        : countNonZero(data, row * features, features);
    }
  });
  return counts;
}

function countNonZero(data: Rows['data'], from: number, length: number): number {
  let count = 0;
  for (let i = from; i < from + length; i++) if (data[i] !== 0) count++;
  return count;
}

/** The sum of the `batch` largest counts: the most entries that lists of so many rows have. */
export function largestSum(counts: Int32Array, batch: number): number {
  const rowsWith = new Int32Array(1 + counts.reduce((most, count) => Math.max(most, count), 0));
  for (const count of counts) rowsWith[count] += 1;
  let sum = 0;
  for (let count = rowsWith.length - 1, left = batch; count > 0 && left > 0; count--) {
    const rows = Math.min(left, rowsWith[count]);
    sum += rows * count;
    left -= rows;
  }
  return sum;
}

/** The most entries that lists of `batch` of these rows have; undefined where rows do not come as lists. */
export function mostEntries(spec: NetworkSpec, rows: Rows, batch: number): number | undefined {
  return rows.sparse && takesLists(spec) ? largestSum(runAtOnce(countValues(rows)), batch) : undefined;
}

/** Entries of the lists of some rows, dense ones included. */
export function countEntries({ data, features, sparse }: Rows, batch: Int32Array): number {
  let count = 0;
  for (const row of batch) {
    if (sparse) count += sparse.starts[row + 1] - sparse.starts[row];
    else count += countNonZero(data, row * features, features);
  }
  return count;
}

/**
 * Writes row lists of some rows, dense ones included. `entry`: where their entries begin, in words; where
 * they end is returned, for the rows that follow.
 */
export function writeLists(
  { i32, f32 }: Arena,
  { rowStarts, rowEntries }: Pick<ListsPlan, 'rowStarts' | 'rowEntries'>,
  { data, features, scale, sparse }: Rows,
  batch: Int32Array,
  entry = rowEntries >>> 2,
): number {
  let start = rowStarts >>> 2;
  i32[start++] = 4 * entry;
  for (const row of batch) {
    if (sparse) {
      for (let i = sparse.starts[row]; i < sparse.starts[row + 1]; i++) {
        i32[entry++] = PANEL_BYTES * sparse.columns[i];
        f32[entry++] = data[i] * scale;
      }
    } else {
      const from = row * features;
      for (let i = from; i < from + features; i++) {
        if (data[i] === 0) continue;
        i32[entry++] = PANEL_BYTES * (i - from);
        f32[entry++] = data[i] * scale;
      }
    }
    i32[start++] = 4 * entry;
  }
  return entry;
}

/** Writes as many rows from `begin` on, up to `most`, as there is room for as lists. Returns their number. */
export function writeNextLists(
  arena: Arena,
  lists: ListsPlan,
  rows: Rows & { readonly sparse: Places },
  begin: number,
  most: number,
): number {
  const { starts } = rows.sparse;
  let end = begin + 1;
  while (end < rows.rows && end - begin < most && starts[end + 1] - starts[begin] <= lists.most) end++;
  const batch = Int32Array.from({ length: end - begin }, (_, i) => begin + i);
  writeLists(arena, lists, rows, batch);
  return end - begin;
}

/** Row lists of resident rows numbered by `indices`. */
export function storedListCalls(
  { rowStarts, rowEntries }: ListsPlan,
  { starts, scale }: Stored,
  indices: number,
  rows: number,
): Call[] {
  const args = [rowStarts, rowEntries, starts, indices, 0, rows] as const;
  return [scale ? call('gatherByteLists', ...args, ...scale) : call('gatherLists', ...args)];
}

/** Bytes of stored entries (assembly/gather.ts): bytes with their columns take half the room. */
export function storedBytes({ entries = 0, scale }: Pick<Stored, 'entries' | 'scale'>): number {
  return (scale ? 4 : 8) * entries + ENTRY_PADDING;
}

/** A data set that is kept as lists: offsets of the entries, and of the address of every row's. */
interface Stored {
  readonly data: number;
  readonly starts: number;
  readonly entries?: number;
  /** Of bytes. */
  readonly scale?: ScaleParts;
}

/** Writes all rows as entries, and the address of every row's. */
export function* writeEntries(arena: Arena, { data, starts, scale }: Stored, rows: Rows): Pieces<void> {
  const numbers = ascending(rows.rows);
  let entry = data >>> 2;
  yield* ranges(rows.rows, rows.data.length / rows.rows, (begin, end) => {
    const lists = { rowStarts: starts + 4 * begin, rowEntries: data };
    entry = scale
      ? writeByteEntries(arena, entry, lists.rowStarts >>> 2, rows, begin, end)
      : writeLists(arena, lists, rows, numbers.subarray(begin, end), entry);
  });
}

function writeByteEntries(
  { i32 }: Arena,
  entry: number,
  start: number,
  { data, features }: Rows,
  begin: number,
  end: number,
): number {
  i32[start++] = 4 * entry;
  for (let row = begin; row < end; row++) {
    const from = row * features;
    for (let k = 0; k < features; k++) {
      const byte = data[from + k];
      if (byte !== 0) i32[entry++] = (k << 8) | byte;
    }
    i32[start++] = 4 * entry;
  }
  return entry;
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
