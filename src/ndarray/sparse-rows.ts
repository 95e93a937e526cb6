import { describe } from '../check/describe.js';
import { ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import { checkCsr } from './csr.js';
import type { Rows } from './rows.js';
import type { CsrRows } from './types.js';
import { formatPlace } from './types.js';
import { copied } from './values.js';

/** Where the values stand of rows of which only some are stored. */
export interface Places {
  /** Row r has the values data[starts[r]] to data[starts[r + 1] − 1]. */
  readonly starts: Int32Array;
  /** The column of every value, ascending within a row. */
  readonly columns: Int32Array;
}

/**
 * CSR rows with their values rounded once to float32. Arrays that are as the engine wants them are passed through: columns
 * ascending, no value 0. From others a copy is made: sorted, values of the same column added in float64, zeros left out.
 *
 * @throws ShapeError, ValueError for parts that do not fit together; ValueError for NaN, infinities, and values beyond
 *   float32's range, naming row and column
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

/** Whether columns ascend in every row, and values are finite and not 0. */
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

/** The rows [begin, end). Their data are views. */
export function sliceRows<R extends Rows>(rows: R, begin: number, end: number): R {
  const { data, features, shape, sparse } = rows as Rows;
  const part = { ...rows, rows: end - begin, shape: [end - begin, ...shape.slice(1)] };
  if (!sparse) return { ...part, data: data.subarray(begin * features, end * features) };
  const { starts, columns } = sparse;
  const [from, to] = [starts[begin], starts[end]];
  const moved = starts.subarray(begin, end + 1).map((start) => start - from);
  return {
    ...part,
    data: data.subarray(from, to),
    sparse: { starts: moved, columns: columns.subarray(from, to) },
  };
}

/** A copy of some rows, flattened. */
export function* takeRows(rows: Rows, indices: Int32Array): Pieces<Rows> {
  const { data, features, sparse } = rows;
  const part = { ...rows, rows: indices.length, shape: [indices.length, features] };
  const from = (row: number): number => (sparse ? sparse.starts[row] : row * features);
  const starts = new Int32Array(sparse ? indices.length + 1 : 0);
  let length = 0;
  indices.forEach((row, i) => {
    length += from(row + 1) - from(row);
    if (sparse) starts[i + 1] = length;
  });
  const copy = data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const columns = new Int32Array(sparse ? length : 0);
  let to = 0;
  yield* ranges(indices.length, length / Math.max(1, indices.length), (begin, end) => {
    for (const row of indices.subarray(begin, end)) {
      copy.set(data.subarray(from(row), from(row + 1)), to);
      if (sparse) columns.set(sparse.columns.subarray(from(row), from(row + 1)), to);
      to += from(row + 1) - from(row);
    }
  });
  return { ...part, data: copy, ...(sparse && { sparse: { starts, columns } }) };
}
