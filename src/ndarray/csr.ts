import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { CsrRows } from './types.js';
import {
  allocate,
  checkBuffer,
  elementCount,
  formatShape,
  isTypedArray,
  MAX_BYTES,
  plainTyped,
  readShape,
} from './types.js';

/** True for an object with the four members of CSR rows; `checkCsr` says whether they fit together. */
export function isCsr(value: unknown): value is CsrRows {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    'indices' in value &&
    'indptr' in value &&
    'shape' in value
  );
}

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
 * Check CSR rows: shape (rows, columns); indptr of rows + 1 entries, rising from 0 to the number of stored values; every
 * column index inside the shape. A column may occur twice in a row: its values are added, as in scipy.
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
