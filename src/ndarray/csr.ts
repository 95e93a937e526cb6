/**
 * Compressed sparse rows: checks that their parts fit together, and makes rows for the engine or a dense
 * array of them. The kernels for such rows are in assembly/; dense input is read by read.ts and rows.ts.
 */
import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { CsrRows, Places, Rows } from './types.js';
import {
  allocate,
  checkBuffer,
  elementCount,
  formatShape,
  isTypedArray,
  MAX_BYTES,
  plainTyped,
  readShape,
  formatPlace,
} from './types.js';
import { copied } from './values.js';

/** CSR rows whose parts fit together, as arrays and typed arrays of this realm. */
export interface CheckedCsr {
  readonly data: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly indptr: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number];
}

/** The most columns: they are numbered by 32-bit integers. */
const MAX_COLUMNS = 2147483647;

/**
 * Check CSR rows: shape (rows, columns); indptr of rows + 1 entries, rising from 0 to the number of stored
 * values; every column index inside the shape. A column may occur twice in a row: its values are added, as in
 * scipy.
 *
 * @returns the parts, without a copy
 */
export function* checkCsr(given: CsrRows, name: string): Pieces<CheckedCsr> {
  const sizes = readShape(given.shape, name);
  elementCount(sizes, name);
  if (sizes.length !== 2) {
    throw new ShapeError(
      `${name} in CSR form must have 2 dimensions, but received the shape ${formatShape(sizes)}.`,
    );
  }
  const [data, indices, indptr] = (['data', 'indices', 'indptr'] as const).map((part) =>
    readPart(given[part], part, name),
  );
  const [rows, columns] = sizes;
  if (columns > MAX_COLUMNS) {
    throw new ShapeError(
      `${name} in CSR form must have at most ${MAX_COLUMNS} columns, but received the shape ${formatShape(sizes)}.`,
    );
  }
  if (indptr.length !== rows + 1) {
    throw new ShapeError(
      `${name} in CSR form must have ${rows + 1} entries in indptr for ${rows} rows, but received ${indptr.length}.`,
    );
  }
  if (data.length !== indices.length) {
    throw new ShapeError(
      `${name} in CSR form must have as many data as indices, but received ${data.length} and ${indices.length}.`,
    );
  }
  const csr: CheckedCsr = { data, indices, indptr, shape: [rows, columns] };
  yield* checkRowPointers(indptr, data.length, name);
  yield* ranges(indices.length, 2, (begin, end) => {
    for (let i = begin; i < end; i++) checkStored(csr, i, name);
  });
  return csr;
}

/** One of the three arrays. */
function readPart(given: unknown, part: string, name: string): ArrayLike<number> {
  checkBuffer(given, name);
  if (isTypedArray(given)) return plainTyped(given);
  if (Array.isArray(given)) return given as number[];
  throw new ValueError(
    `${name} in CSR form must have an array or a typed array as ${part}, but received ${describe(given)}.`,
  );
}

/** Check the column and the type of a stored value. */
function checkStored({ data, indices, shape: [, columns] }: CheckedCsr, i: number, name: string): void {
  const column = indices[i];
  if (!Number.isInteger(column) || column < 0 || column >= columns) {
    throw new ValueError(
      `${name} in CSR form must have column indices from 0 to ${columns - 1}, but received ${describe(column)} at indices[${i}].`,
    );
  }
  if (typeof data[i] !== 'number') {
    throw new ValueError(`${name} must hold numbers, but received ${describe(data[i])} at data[${i}].`);
  }
}

function* checkRowPointers(indptr: ArrayLike<number>, stored: number, name: string): Pieces<void> {
  let previous = 0;
  yield* ranges(indptr.length, 1, (begin, end) => {
    for (let row = begin; row < end; row++) {
      const start = indptr[row];
      if (!Number.isInteger(start) || start < previous || start > stored || (row === 0 && start !== 0)) {
        throw new ValueError(
          `${name} in CSR form must have indptr rising from 0 to ${stored}, but received ${describe(start)} at indptr[${row}].`,
        );
      }
      previous = start;
    }
  });
  if (previous !== stored) {
    throw new ValueError(
      `${name} in CSR form must have indptr end at its ${stored} stored values, but received ${previous}.`,
    );
  }
}

/**
 * Checked CSR rows as a dense array, row-major; sums are rounded once to `Type`.
 *
 * @throws UnsupportedError if it would be too large
 */
export function* densify<T extends Float32Array | Float64Array>(
  { data, indices, indptr, shape }: CheckedCsr,
  Type: new (length: number) => T,
  name: string,
): Pieces<T> {
  const target = allocate(Type, shape, name, MAX_BYTES);
  const [rows, columns] = shape;
  const row = new Float64Array(columns);
  yield* ranges(rows, columns, (begin, end) => {
    for (let r = begin; r < end; r++) {
      for (let i = indptr[r]; i < indptr[r + 1]; i++) row[indices[i]] += data[i];
      target.set(row, r * columns);
      for (let i = indptr[r]; i < indptr[r + 1]; i++) row[indices[i]] = 0;
    }
  });
  return target;
}

/**
 * CSR rows with their values rounded once to float32. Arrays that are as the engine wants them are passed
 * through: columns ascending, no value 0. From others a copy is made: sorted, values of the same column added
 * in float64, zeros left out.
 *
 * @throws ShapeError, ValueError for parts that do not fit together; ValueError for NaN, infinities, and
 *   values beyond float32's range, naming row and column
 */
export function* sparseRows(csr: CsrRows, name: string): Pieces<Rows> {
  const { data, indices, indptr, shape } = yield* checkCsr(csr, name);
  const [rows, features] = shape;
  const starts = yield* asInt32(indptr);
  const columns = yield* asInt32(indices);
  const kept =
    data instanceof Float32Array && (yield* isTidy(data, { starts, columns }))
      ? { data, starts, columns }
      : yield* tidied(data, { starts, columns }, name);
  return {
    data: kept.data,
    rows,
    features,
    scale: 1,
    shape: [rows, features],
    sparse: { starts: kept.starts, columns: kept.columns },
  };
}

function* asInt32(values: ArrayLike<number>): Pieces<Int32Array> {
  return values instanceof Int32Array ? values : yield* copied(values, new Int32Array(values.length));
}

/** True if columns ascend in every row, and values are finite and not 0. */
function* isTidy(data: Float32Array, { starts, columns }: Places): Pieces<boolean> {
  const rows = starts.length - 1;
  let tidy = true;
  yield* ranges(rows, data.length / rows, (begin, end) => {
    for (let row = begin; tidy && row < end; row++)
      tidy = isTidyRow(data, columns, starts[row], starts[row + 1]);
  });
  return tidy;
}

function isTidyRow(data: Float32Array, columns: Int32Array, begin: number, end: number): boolean {
  let previous = -1;
  for (let i = begin; i < end; i++) {
    const value = data[i];
    if (columns[i] <= previous || value === 0 || value - value !== 0) return false;
    previous = columns[i];
  }
  return true;
}

function* tidied(
  data: ArrayLike<number>,
  given: Places,
  name: string,
): Pieces<{ data: Float32Array } & Places> {
  const rows = given.starts.length - 1;
  const values = new Float32Array(data.length);
  const columns = new Int32Array(data.length);
  const starts = new Int32Array(rows + 1);
  let end = 0;
  const tidyRow = (row: number): void => {
    const order = inOrder(given, row);
    for (let i = 0; i < order.length;) {
      const column = given.columns[order[i]];
      let sum = 0;
      for (; i < order.length && given.columns[order[i]] === column; i++) sum += data[order[i]];
      const value = Math.fround(sum);
      if (value - value !== 0) throw refusal(name, sum, row, column);
      if (value === 0) continue;
      values[end] = value;
      columns[end++] = column;
    }
    starts[row + 1] = end;
  };
  yield* ranges(rows, (8 * data.length) / rows, (first, last) => {
    for (let row = first; row < last; row++) tidyRow(row);
  });
  return { data: values.subarray(0, end), starts, columns: columns.subarray(0, end) };
}

/** Positions of the values of a row by column; those of one column as they came. */
function inOrder({ starts, columns }: Places, row: number): Int32Array {
  const from = starts[row];
  const order = Int32Array.from({ length: starts[row + 1] - from }, (_, i) => from + i);
  for (let i = 1; i < order.length; i++) {
    if (columns[order[i]] < columns[order[i - 1]])
      return order.sort((a, b) => columns[a] - columns[b] || a - b);
  }
  return order;
}

function refusal(name: string, value: number, row: number, column: number): ValueError {
  const place = formatPlace([row, column]);
  return Number.isFinite(value)
    ? new ValueError(
        `${name} must be within float32's range (±3.4028235e38), but received ${value} at ${place}.`,
      )
    : new ValueError(`${name} must hold finite numbers, but received ${describe(value)} at ${place}.`);
}
