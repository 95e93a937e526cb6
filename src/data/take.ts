import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { CsrRows, NdArray, TypedArray } from '../ndarray.js';
import { arrayInPieces, isCsr, isTypedArray, ndarray, readList } from '../ndarray.js';
import type { CheckedCsr } from '../ndarray/csr.js';
import { checkCsr } from '../ndarray/csr.js';
import { constructorOf, elementCount, readShape } from '../ndarray/types.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';

/**
 * The number of rows of anything that has rows: an array, a typed array, an NdArray, CSR rows, an `ndarray`
 * object.
 *
 * @throws ShapeError, ValueError for anything else, and for parts that do not fit together
 */
export function countRows(rows: unknown, name: string): number {
  const list = readList(rows, name);
  if (list) return list.length;
  if (typeof rows === 'object' && rows !== null && 'data' in rows && 'shape' in rows) {
    const shape = isCsr(rows) ? readShape(rows.shape, name) : ndarray(rows as NdArray<TypedArray>).shape;
    elementCount(shape, name);
    if (shape.length > 0) return shape[0];
    throw new ShapeError(`${name} must have rows, but received a single number.`);
  }
  throw new ValueError(`${name} must be an array with one entry per row, but received ${describe(rows)}.`);
}

/**
 * Some rows, in the given order, as a copy of the input's own kind: array, typed array (a Buffer gives a
 * Uint8Array), NdArray with its scale, CSR rows; `ndarray` objects give an NdArray.
 */
export function* takeRowsInPieces<T>(rows: T, indices: Int32Array): Pieces<T> {
  if (Array.isArray(rows)) {
    const taken: unknown[] = [];
    yield* ranges(indices.length, 2, (begin, end) => {
      for (let i = begin; i < end; i++) taken[i] = rows[indices[i]];
    });
    return taken as T;
  }
  if (isTypedArray(rows)) return (yield* takeBlocks(rows, 1, indices)) as T;
  if (isCsr(rows)) return (yield* takeSparse(yield* checkCsr(rows, 'data'), indices)) as T;
  const source = yield* arrayInPieces(rows, 'data');
  const [count, ...rest] = source.shape;
  const width = count === 0 ? 0 : source.data.length / count;
  const data = yield* takeBlocks(source.data, width, indices);
  return { ...source, data, shape: [indices.length, ...rest] } as T;
}

/** Some rows, as `takeRowsInPieces` copies them, in one go. */
export function takeRows<T>(rows: T, indices: Int32Array): T {
  return runAtOnce(takeRowsInPieces(rows, indices));
}

function* takeBlocks(data: TypedArray, width: number, indices: Int32Array): Pieces<TypedArray> {
  const taken = new (constructorOf(data))(indices.length * width);
  yield* ranges(indices.length, width, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const start = indices[i] * width;
      if (width === 1) taken[i] = data[start];
      else taken.set(data.subarray(start, start + width), i * width);
    }
  });
  return taken;
}

function* takeSparse(
  { data, indices: columns, indptr, shape }: CheckedCsr,
  indices: Int32Array,
): Pieces<CsrRows> {
  const starts = new Int32Array(indices.length + 1);
  for (let i = 0; i < indices.length; i++) {
    starts[i + 1] = starts[i] + indptr[indices[i] + 1] - indptr[indices[i]];
  }
  const stored = starts[indices.length];
  const takenData = isTypedArray(data) ? new (constructorOf(data))(stored) : new Float64Array(stored);
  const takenColumns = new Int32Array(stored);
  yield* ranges(indices.length, (2 * stored) / Math.max(1, indices.length), (begin, end) => {
    for (let i = begin; i < end; i++) {
      const from = indptr[indices[i]] - starts[i];
      for (let j = starts[i]; j < starts[i + 1]; j++) {
        takenData[j] = data[from + j];
        takenColumns[j] = columns[from + j];
      }
    }
  });
  return { data: takenData, indices: takenColumns, indptr: starts, shape: [indices.length, shape[1]] };
}
