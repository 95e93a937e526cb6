/**
 * Numbers as scores take them, in float64: values of outputs, scores and probabilities of classes. Not for
 * labels (labels.ts).
 */
import { describe } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { formatShape, readArray } from '../../ndarray.js';
import { copied, firstNonFinite } from '../../ndarray/values.js';
import { runAtOnce } from '../../yielding.js';

/** Finite numbers, (rows, columns), row-major. */
export interface Numbers {
  /** May be the caller's own array: never write to it. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** True if the numbers came as float32. */
  readonly single: boolean;
}

/**
 * Finite numbers of shape (rows) or (rows, columns).
 *
 * @param columns what errors call the columns
 * @throws ShapeError for another rank, ValueError for NaN and infinities
 */
export function readNumbers(owner: string, input: unknown, name: string, columns: string): Numbers {
  const { data, shape, scale = 1 } = readArray(input, name);
  const [rows, width = 1] = shape;
  if (shape.length === 0 || shape.length > 2) {
    throw new ShapeError(
      `${owner}: ${name} must be of shape (rows) or (rows, ${columns}), but received the shape ${formatShape(shape)}.`,
    );
  }
  const bad = runAtOnce(firstNonFinite(data));
  if (bad >= 0) {
    throw new ValueError(
      `${owner}: ${name} must hold finite numbers, but received ${describe(data[bad])} in row ${Math.floor(bad / width)}.`,
    );
  }
  const ready = data instanceof Float64Array && scale === 1;
  return {
    data: ready ? data : runAtOnce(copied(data, new Float64Array(data.length), scale)),
    rows,
    columns: width,
    single: data instanceof Float32Array,
  };
}

/** One column of numbers. */
export function columnOf({ data, rows, columns }: Numbers, column: number): Float64Array {
  if (columns === 1) return data;
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = data[row * columns + column];
  return values;
}
