import { ShapeError, ValueError } from '../errors.js';
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { ArrayInput, NdArray, TypedArray } from '../ndarray.js';
import { formatShape, isTypedArray } from '../ndarray.js';

/** Labels as they may be given: a list, a typed array, or an NdArray of shape (n) or (n, 1). */
export type LabelInput =
  readonly Label[] | readonly (readonly Label[])[] | TypedArray | NdArray<TypedArray> | ArrayInput;

/** One label per row, as given. (n, 1) is taken as (n). */
export function readLabels(y: unknown, name = 'y'): ArrayLike<Label> {
  if (isTypedArray(y)) return y;
  if (Array.isArray(y))
    return y.length > 0 && isList(y[0]) ? y.map((row, i) => single(row, i, name)) : (y as Label[]);
  if (typeof y === 'object' && y !== null && 'data' in y && 'shape' in y) {
    const { data, shape, scale = 1 } = y as NdArray<TypedArray>;
    if (isTypedArray(data) && Array.isArray(shape) && isColumn(shape as number[], data.length)) {
      return scale === 1 ? data : Float64Array.from(data, (value) => value * scale);
    }
    throw new ShapeError(
      `${name} must be one label per row, of shape (n) or (n, 1), but received the shape ${formatShape(Array.isArray(shape) ? shape : [])}.`,
    );
  }
  throw new ShapeError(`${name} must be an array of labels, one per row, but received ${describe(y)}.`);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

function isColumn(shape: readonly number[], length: number): boolean {
  return (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) && shape[0] === length;
}

function single(row: unknown, i: number, name: string): Label {
  if (isList(row) && row.length === 1) return row[0] as Label;
  const width = isList(row) ? row.length : 0;
  throw new ShapeError(`${name} must have one label per row, but received ${width} values in row ${i}.`);
}

/** The position of every label in `classes`. ValueError for a label that is not among them. */
export function encodeAs(labels: ArrayLike<Label>, classes: readonly Label[], name = 'y'): Int32Array {
  const positions = new Map(classes.map((label, i) => [label, i]));
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const code = positions.get(labels[i]);
    if (code === undefined) {
      throw new ValueError(
        `${name} must hold only the classes ${describe(classes)}, but received ${describe(labels[i])} at index ${i}.`,
      );
    }
    codes[i] = code;
  }
  return codes;
}

/** ShapeError unless there are as many targets as rows. */
export function checkLength(length: number, rows: number, name = 'y'): void {
  if (length !== rows) {
    throw new ShapeError(`${name} must have as many entries as X has rows, ${rows}, but received ${length}.`);
  }
}
