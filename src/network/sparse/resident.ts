// Data sets as CSR in training: how many non-zeros their rows have, and writing all of them to where they
// stay in the arena. Not for single batches and predictions (write.ts).
import type { Arena } from '../../engine/arena.js';
import type { Rows } from '../../ndarray.js';
import { ascending } from '../../random.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { NetworkSpec } from '../spec.js';
import { acceptsCsr } from './choose.js';
import type { ResidentCsr } from './format.js';
import { writeCsr } from './write.js';

/** Counts the non-zeros of every row. */
export function* countNonZeros(rows: Rows): Pieces<Int32Array> {
  const counts = new Int32Array(rows.rows);
  yield* ranges(rows.rows, rows.sparse ? 1 : rows.features, (begin, end) => {
    for (let row = begin; row < end; row++) counts[row] = nnzOf(rows, row);
  });
  return counts;
}

function nnzOf({ data, features, sparse }: Rows, row: number): number {
  if (sparse) return sparse.starts[row + 1] - sparse.starts[row];
  let count = 0;
  for (let i = row * features; i < (row + 1) * features; i++) if (data[i] !== 0) count++;
  return count;
}

/** The sum of the `batch` largest counts: the most non-zeros that so many rows have. */
export function largestSum(counts: Int32Array, batch: number): number {
  const rowsWith = new Int32Array(1 + counts.reduce((max, count) => Math.max(max, count), 0));
  for (const count of counts) rowsWith[count] += 1;
  let sum = 0;
  for (let count = rowsWith.length - 1, left = batch; count > 0 && left > 0; count--) {
    const rows = Math.min(left, rowsWith[count]);
    sum += rows * count;
    left -= rows;
  }
  return sum;
}

/** The most non-zeros of `batch` rows that come as CSR; undefined where rows or the network are dense. */
export function nnzCapacity(spec: NetworkSpec, rows: Rows, batch: number): number | undefined {
  return rows.sparse && acceptsCsr(spec) ? largestSum(runAtOnce(countNonZeros(rows)), batch) : undefined;
}

/** Non-zeros of some rows, dense ones included. */
export function nnz(rows: Rows, batch: Int32Array): number {
  return batch.reduce((sum, row) => sum + nnzOf(rows, row), 0);
}

/** Writes all rows of a data set as CSR that stays in the arena. */
export function* writeResidentCsr(
  arena: Arena,
  { data, rowOffsets, scale }: ResidentCsr,
  rows: Rows,
): Pieces<void> {
  const numbers = ascending(rows.rows);
  let entry = data >>> 2;
  yield* ranges(rows.rows, rows.data.length / rows.rows, (begin, end) => {
    const csr = { rowOffsets: rowOffsets + 4 * begin, rowEntries: data };
    entry = scale
      ? writeByteCsr(arena, entry, csr.rowOffsets >>> 2, rows, begin, end)
      : writeCsr(arena, csr, rows, numbers.subarray(begin, end), entry);
  });
}

function writeByteCsr(
  { i32 }: Arena,
  entry: number,
  at: number,
  { data, features }: Rows,
  begin: number,
  end: number,
): number {
  i32[at++] = 4 * entry;
  for (let row = begin; row < end; row++) {
    const from = row * features;
    for (let k = 0; k < features; k++) {
      const byte = data[from + k];
      if (byte !== 0) i32[entry++] = (k << 8) | byte;
    }
    i32[at++] = 4 * entry;
  }
  return entry;
}
