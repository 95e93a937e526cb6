import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import type { TypedArray } from '../ndarray.js';
import { arrayInPieces, formatShape } from '../ndarray.js';
import { firstNonFinite } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import { isTable, tableNumbers } from './columns.js';

/** Rows of numbers: the value in row r and column c is data[r * columns + c] * scale. */
export interface Matrix {
  /** May be the caller's own array: never write to it. */
  readonly data: TypedArray;
  readonly scale: number;
  readonly rows: number;
  readonly columns: number;
}

/** How to read rows of numbers. */
export interface MatrixOptions {
  /** What errors call them. Default 'X'. */
  readonly name?: string;
  /** True if values may be missing: NaN, or null in nested arrays, which becomes NaN. Default false. */
  readonly missing?: boolean;
  /** Names of the columns that fit has seen, to be read from a Table. */
  readonly seen?: readonly string[];
}

/**
 * Any accepted form of rows of numbers, in the precision they have; or the columns of a Table.
 *
 * @param owner whose data they are, for errors: 'StandardScaler'
 * @param columns required number of columns, as in fit; default: any number
 * @throws ShapeError for another rank than 2, no rows or columns, another width; ValueError for infinities
 *   and, unless they may be missing, NaN
 */
export function* matrixInPieces(
  owner: string,
  input: unknown,
  columns?: number,
  { name = 'X', missing = false, seen }: MatrixOptions = {},
): Pieces<Matrix> {
  const {
    data,
    shape,
    scale = 1,
  } = isTable(input)
    ? { ...(yield* tableNumbers(owner, input, seen)), scale: 1 }
    : yield* arrayInPieces(missing ? withNaN(input) : input, name);
  if (shape.length === 1 && shape[0] > 0) {
    throw new ShapeError(
      `${owner}: ${name} must be a 2-d array (rows, columns), but received a 1-d array of length ${shape[0]}; use ndarray(data, [${shape[0]}, 1]) for one column, ndarray(data, [1, ${shape[0]}]) for one row.`,
    );
  }
  if (shape.length !== 2 || data.length === 0) {
    throw new ShapeError(
      `${owner}: ${name} must be a 2-d array with at least 1 row and 1 column, but received the shape ${formatShape(shape)}.`,
    );
  }
  if (columns !== undefined && shape[1] !== columns) {
    throw new ShapeError(
      `${owner}: ${name} must have ${columns} columns, as in fit, but received ${shape[1]} (shape ${formatShape(shape)}).`,
    );
  }
  const bad = yield* missing ? firstInfinite(data) : firstNonFinite(data);
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / shape[1])}, column ${bad % shape[1]}`;
    throw new ValueError(
      `${owner}: ${name} must hold finite numbers${missing ? ' or NaN' : ''}, but received ${describe(data[bad])} at ${place}.`,
    );
  }
  return { data, scale, rows: shape[0], columns: shape[1] };
}

/** Nested arrays with NaN for null and undefined; other forms as they are. */
function withNaN(input: unknown): unknown {
  if (!Array.isArray(input)) return input;
  return input.map((row: unknown) => (Array.isArray(row) ? Array.from(row, (value) => value ?? NaN) : row));
}

/** Position of the first infinity; −1 without one. */
function* firstInfinite(data: TypedArray): Pieces<number> {
  let found = -1;
  yield* ranges(data.length, 1, (begin, end) => {
    for (let i = begin; found < 0 && i < end; i++) if (Math.abs(data[i]) === Infinity) found = i;
  });
  return found;
}

/** Rows of numbers, as `matrixInPieces` reads them, in one go. */
export function readMatrix(owner: string, input: unknown, columns?: number, options?: MatrixOptions): Matrix {
  return runAtOnce(matrixInPieces(owner, input, columns, options));
}

/** One column of a matrix, as a copy. */
export function columnOf({ data, scale, rows, columns }: Matrix, column: number): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = data[row * columns + column] * scale;
  return values;
}
