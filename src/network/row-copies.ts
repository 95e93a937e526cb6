// Rows of the caller's arrays → the arena in predictions, and predictions out of it: every kind of rows is
// written as the kernels read it. Not for training, whose rows come with targets (feed.ts).
import type { Arena } from '../engine/arena.js';
import { copyNumbers } from '../ndarray/nested.js';
import type { Rows } from '../ndarray.js';
import { refuseNonFinite, rowsInPieces } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import type { InputPlan } from './input.js';
import type { Matrix } from './layout.js';
import { writeRow } from './sparse/write.js';

/** Copy rows to a stride: target[start + row · stride + column] = source[row · columns + column]. */
function copyRows(
  target: Float32Array,
  start: number,
  stride: number,
  source: Float32Array,
  columns: number,
): void {
  if (stride === columns) {
    target.set(source, start);
    return;
  }
  for (let from = 0; from < source.length; from += columns, start += stride) {
    for (let i = 0; i < columns; i++) target[start + i] = source[from + i];
  }
}

/**
 * Copy the rows [begin, end) of plain arrays to a stride, rounded to float32.
 *
 * @returns whether all of them are plain arrays of `columns` numbers
 */
function copyNestedRows(
  target: Float32Array,
  start: number,
  stride: number,
  nested: readonly unknown[],
  begin: number,
  end: number,
  columns: number,
): boolean {
  const isRow = (row: unknown): row is unknown[] => Array.isArray(row) && row.length === columns;
  let i = begin;
  for (; i + 2 <= end; i += 2, start += 2 * stride) {
    const [first, second] = [nested[i], nested[i + 1]];
    if (!isRow(first) || !isRow(second)) return false;
    if (!copyPair(target, start, start + stride, first, second)) return false;
  }
  if (i === end) return true;
  const last = nested[i];
  return isRow(last) && copyNumbers(target, start, last, 0, columns) === columns;
}

/**
 * Copy two rows of numbers. They lie far from each other in memory: read side by side they take a quarter
 * less time than one after the other.
 *
 * @returns whether all values are numbers
 */
function copyPair(
  target: Float32Array,
  start: number,
  next: number,
  first: readonly unknown[],
  second: readonly unknown[],
): boolean {
  const whole = first.length - (first.length % 2);
  for (let i = 0; i < whole; i += 2) {
    const a = first[i];
    const b = first[i + 1];
    const c = second[i];
    const d = second[i + 1];
    if (typeof a !== 'number' || typeof b !== 'number' || typeof c !== 'number' || typeof d !== 'number') {
      return false;
    }
    target[start + i] = a;
    target[start + i + 1] = b;
    target[next + i] = c;
    target[next + i + 1] = d;
  }
  if (whole === first.length) return true;
  const a = first[whole];
  const c = second[whole];
  if (typeof a !== 'number' || typeof c !== 'number') return false;
  target[start + whole] = a;
  target[next + whole] = c;
  return true;
}

/** The values of the first rows; of plain arrays as far as they are rows of numbers, 0 from there on. */
export function sampleRows({ data, nested, features }: Rows, count: number): Rows['data'] {
  if (!nested) return data;
  const sample = new Float32Array(Math.min(count, nested.length) * features);
  copyNestedRows(sample, 0, features, nested, 0, sample.length / features, features);
  return sample;
}

/** Copy the first rows of a matrix: target[start + row · units + unit]. */
export function takeRows(
  target: Float32Array,
  start: number,
  units: number,
  rows: number,
  source: Float32Array,
  { offset, stride }: Matrix,
): void {
  const skip = stride >>> 2;
  let from = offset >>> 2;
  for (let row = 0; row < rows; row++, from += skip, start += units) {
    for (let i = 0; i < units; i++) target[start + i] = source[from + i];
  }
}

/** Nested rows as `toRows` reads them, or refuses them. */
export function readNested({ nested, unchecked }: Rows): Pieces<Rows> {
  return rowsInPieces(nested, { name: unchecked?.name, flatten: true });
}

/**
 * Copies up to `maxRows` rows into the arena: bytes as they are, others at the stride of the input matrix.
 * Returns their number; 0 if nested rows are not what they seemed to be.
 */
export function loadRows(
  arena: Arena,
  { matrix, staging }: InputPlan,
  rows: Rows,
  begin: number,
  maxRows: number,
): number {
  const { data, features, nested } = rows;
  const end = Math.min(begin + maxRows, rows.rows);
  const first = matrix.offset >>> 2;
  const stride = matrix.stride >>> 2;
  if (rows.sparse) {
    for (let row = begin; row < end; row++) writeRow(arena.f32, first + (row - begin) * stride, rows, row);
    return end - begin;
  }
  if (nested) {
    if (!copyNestedRows(arena.f32, first, stride, nested, begin, end, features)) return 0;
  } else {
    const all = end - begin === rows.rows;
    const source = all ? data : data.subarray(begin * features, end * features);
    if (source instanceof Uint8Array) {
      arena.u8.set(source, staging);
      return end - begin;
    }
    copyRows(arena.f32, first, stride, source, features);
  }
  // Here they are in the cache, and whole vectors.
  const { unchecked } = rows;
  if (unchecked && !arena.allFinite(matrix.offset, (end - begin) * stride)) refuseNonFinite(unchecked);
  return end - begin;
}
