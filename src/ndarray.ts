/**
 * Arrays of numbers: what `lamella` exports of them, and what its other folders use. Here are the functions
 * that give the same memory another form; those that copy are in ndarray/operations.ts, those that read
 * what callers give in ndarray/read.ts and ndarray/rows.ts.
 */
import { checkValue, integer } from './check.js';
import { ShapeError, UnsupportedError } from './errors.js';
import { readRanked } from './ndarray/operations.js';
import { checkNdArray, readArray } from './ndarray/read.js';
import type { ArrayInput, NdArray, TypedArray } from './ndarray/types.js';
import { elementCount, formatShape, readShape } from './ndarray/types.js';

export { argMax, column, concatenate, take, transpose } from './ndarray/operations.js';
export { arrayInPieces, readArray } from './ndarray/read.js';
export { refuseNonFinite, rowsInPieces, sliceRows, takeRows, toRows } from './ndarray/rows.js';

export { formatShape, isCsr, isList, isTypedArray, MAX_RANK, readList } from './ndarray/types.js';
export { allFinite } from './ndarray/values.js';
export type {
  ArrayInput,
  CsrRows,
  NdArray,
  NestedArray,
  Places,
  Rows,
  StridedArray,
  TypedArray,
} from './ndarray/types.js';

/** The most elements of a plain array; V8's bound. */
const MAX_LENGTH = 134217726;

/** Plain arrays out: what `toNested` returns, a number for rank 0. */
export type NestedNumbers = number | NestedNumbers[];

/**
 * An n-dimensional array, row-major.
 *
 * Typed arrays and NdArrays are wrapped without a copy; nested arrays of plain numbers become a Float64Array,
 * rows that are typed arrays of one type keep that type; CSR rows and non-contiguous `ndarray` objects are
 * copied.
 *
 * @param data numbers in any of the accepted forms
 * @param shape the shape to give them, row-major; default: the shape they have
 * @throws ShapeError if rows are ragged, or if the shape does not hold exactly the given numbers
 * @throws ValueError if something is not a number, or a buffer is detached
 */
export function ndarray(data: ArrayInput, shape?: readonly number[]): NdArray<any> {
  const array = readArray(data, 'data');
  if (shape === undefined) return array;
  const sizes = readShape(shape, 'shape');
  const length = elementCount(sizes, 'shape');
  if (length !== array.data.length) {
    throw new ShapeError(
      `shape ${formatShape(sizes)} holds ${length} values, but received ${array.data.length} values of shape ${formatShape(array.shape)}.`,
    );
  }
  return { ...array, shape: sizes };
}

/**
 * An array as nested plain arrays of numbers, `scale` applied; a number for rank 0.
 *
 * @throws UnsupportedError for more values than plain arrays can hold
 */
export function toNested(array: NdArray<TypedArray>): NestedNumbers {
  const { data, shape, scale = 1 } = checkNdArray(array, 'array');
  if (data.length > MAX_LENGTH) {
    throw new UnsupportedError(
      `array of shape ${formatShape(shape)} must have at most ${MAX_LENGTH} values to become plain arrays, but has ${data.length}.`,
    );
  }
  const build = (depth: number, start: number, length: number): NestedNumbers => {
    if (depth === shape.length) return data[start] * scale;
    const step = shape[depth] === 0 ? 0 : length / shape[depth];
    return Array.from({ length: shape[depth] }, (_, i) => build(depth + 1, start + i * step, step));
  };
  return build(0, 0, data.length);
}

/**
 * Returns row `i`, x[i]: shape (columns) of a matrix, (height, width, channels) of images. A view: the same
 * memory as `x`, without a copy; what is written to one shows in the other.
 *
 * @param x an array of rank 1 or more
 * @param i an integer, 0 to rows - 1
 * @throws ValueError if there is no such row; ShapeError for rank 0
 */
export function row<T extends TypedArray>(x: NdArray<T>, i: number): NdArray<T> {
  const array = readRows(x, 'row');
  return rowOf(array, checkValue('row', 'i', i, integer({ min: 0, max: array.shape[0] - 1 })));
}

/**
 * Returns the rows of an array one after another, as views that `row` would return:
 * `for (const image of rows(images)) …`.
 *
 * @param x an array of rank 1 or more
 * @throws ShapeError for rank 0
 */
export function rows<T extends TypedArray>(x: NdArray<T>): Iterable<NdArray<T>> {
  const array = readRows(x, 'rows');
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < array.shape[0]; i++) yield rowOf(array, i);
    },
  };
}

/** An array from a caller that has rows. Its kind is the caller's. */
function readRows<T extends TypedArray>(x: NdArray<T>, owner: string): NdArray<T> {
  return readRanked(x, owner, 1) as NdArray<T>;
}

function rowOf<T extends TypedArray>(array: NdArray<T>, i: number): NdArray<T> {
  const [count, ...shape] = array.shape;
  const width = array.data.length / count;
  return { ...array, data: array.data.subarray(i * width, (i + 1) * width) as T, shape };
}

/**
 * Returns the same values in another shape, row-major. A view: the same memory as `x`, without a copy.
 *
 * @param x the array
 * @param shape the new shape; one size may be -1, which stands for as many as there are values for
 * @throws ShapeError if the shape does not hold exactly the values of `x`
 */
export function reshape<T extends TypedArray>(x: NdArray<T>, shape: readonly number[]): NdArray<T> {
  const array = readArray(x, 'reshape: x');
  const sizes = readShape(shape, 'shape');
  const open = sizes.indexOf(-1);
  if (open >= 0) {
    sizes[open] = 1;
    sizes[open] = Math.floor(array.data.length / Math.max(1, elementCount(sizes, 'shape')));
  }
  return ndarray(array, sizes);
}
