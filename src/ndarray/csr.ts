import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { CsrRows } from './types.js';
import { checkBuffer, elementCount, formatShape } from './types.js';

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

/**
 * Check CSR rows: shape (rows, columns); indptr of rows + 1 entries, rising from 0 to the number of stored values; every
 * column index inside the shape. A column may occur twice in a row: its values are added, as in scipy.
 */
export function* checkCsr(csr: CsrRows, name: string): Pieces<void> {
  const { data, indices, indptr, shape } = csr;
  for (const part of [data, indices, indptr]) checkBuffer(part, name);
  elementCount(shape, name);
  if (shape.length !== 2) {
    throw new ShapeError(
      `${name} in CSR form must have 2 dimensions, but received the shape ${formatShape(shape)}.`,
    );
  }
  const [rows] = shape;
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
  yield* checkRowPointers(indptr, data.length, name);
  yield* ranges(indices.length, 2, (begin, end) => {
    for (let i = begin; i < end; i++) checkStored(csr, i, name);
  });
}

/** Check the column and the type of a stored value. */
function checkStored({ data, indices, shape: [, columns] }: CsrRows, i: number, name: string): void {
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

/** Checked CSR rows as a dense array, row-major; sums are rounded once to the type of `target`. */
export function* densify<T extends Float32Array | Float64Array>(csr: CsrRows, target: T): Pieces<T> {
  const { data, indices, indptr, shape } = csr;
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
