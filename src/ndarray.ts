import { ShapeError, UnsupportedError } from './errors.js';
import { checkNdArray, readArray } from './ndarray/read.js';
import type { ArrayInput, NdArray, TypedArray } from './ndarray/types.js';
import { elementCount, formatShape, readShape } from './ndarray/types.js';

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
