/**
 * Rows in the precision they were given, dense or sparse, for Perceptron, which computes in float64. Rows
 * for the engine, in float32 or 8 bits, are in rows.ts.
 */
import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { checkCsr } from './csr.js';
import { arrayInPieces } from './read.js';
import { checkRank } from './rows.js';
import type { CsrRows, TypedArray } from './types.js';
import { formatPlace, formatShape, isCsr } from './types.js';
import { copied, firstNonFinite } from './values.js';

/** Rows with their values as given: value (row, j) = data[row · features + j] · scale, in float64. */
export interface DenseRows {
  readonly kind: 'dense';
  readonly rows: number;
  readonly features: number;
  /** May be the caller's own array: never write to it. */
  readonly data: TypedArray;
  readonly scale: number;
}

/** Rows of which only some values are stored; the others are 0. */
export interface SparseRows {
  readonly kind: 'sparse';
  readonly rows: number;
  readonly features: number;
  readonly data: Float64Array;
  readonly columns: Int32Array;
  /** Row r holds the stored values starts[r] to starts[r + 1] − 1. */
  readonly starts: Int32Array;
}

/** Rows in float64, nothing rounded. */
export type ExactRows = DenseRows | SparseRows;

/**
 * Any accepted form as rows of float64 values: CSR rows stay sparse, typed arrays are not copied, images are
 * flattened.
 *
 * @param expectedFeatures the number of features that a model was made for
 * @throws ShapeError for rank 0, 1 or above 4, no rows, no features, or another width than expected
 * @throws ValueError for what is not a number, NaN and infinities, naming row and column
 */
export function* exactRowsInPieces(input: unknown, expectedFeatures?: number, name = 'X'): Pieces<ExactRows> {
  const exact = isCsr(input) ? yield* sparse(input, name) : yield* dense(input, name);
  if (expectedFeatures === undefined || exact.features === expectedFeatures) return exact;
  throw new ShapeError(
    `${name} must have ${expectedFeatures} features, as the model was made for, but received ${exact.features} (shape ${formatShape([exact.rows, exact.features])}).`,
  );
}

/** `exactRowsInPieces`, at once. */
export function toExactRows(input: unknown, expectedFeatures?: number, name?: string): ExactRows {
  return runAtOnce(exactRowsInPieces(input, expectedFeatures, name));
}

function* dense(input: unknown, name: string): Pieces<DenseRows> {
  const { data, shape, scale = 1 } = yield* arrayInPieces(input, name);
  checkRank(shape, name);
  const rows = shape[0];
  const features = data.length / rows;
  const bad = yield* firstNonFinite(data);
  if (bad >= 0) {
    const place = shape.map((size, d) => {
      const below = shape.slice(d + 1).reduce((product, each) => product * each, 1);
      return Math.floor(bad / below) % size;
    });
    throw refusal(name, data[bad], formatPlace(place));
  }
  return { kind: 'dense', rows, features, data, scale };
}

function* sparse(input: CsrRows, name: string): Pieces<SparseRows> {
  const csr = yield* checkCsr(input, name);
  checkRank(csr.shape, name);
  const [rows, features] = csr.shape;
  const data = yield* copied(csr.data, new Float64Array(csr.data.length));
  const columns = yield* copied(csr.indices, new Int32Array(csr.indices.length));
  const starts = yield* copied(csr.indptr, new Int32Array(csr.indptr.length));
  const bad = yield* firstNonFinite(data);
  if (bad >= 0) {
    const row = starts.findIndex((start, r) => start <= bad && bad < starts[r + 1]);
    throw refusal(name, data[bad], formatPlace([row, columns[bad]]));
  }
  return { kind: 'sparse', rows, features, data, columns, starts };
}

function refusal(name: string, value: number, place: string): ValueError {
  return new ValueError(`${name} must hold finite numbers, but received ${describe(value)} at ${place}.`);
}

/** The product of a row with weights, Σ weight[j] · x[j]: the sum is scalar and in order. */
export function dotOf(rows: ExactRows): (row: number, weight: Float64Array) => number {
  const { data, features } = rows;
  if (rows.kind === 'dense') {
    const { scale } = rows;
    return (row, weight) => {
      const start = row * features;
      let sum = 0;
      for (let j = 0; j < features; j++) sum += weight[j] * (data[start + j] * scale);
      return sum;
    };
  }
  const { columns, starts } = rows;
  return (row, weight) => {
    let sum = 0;
    for (let i = starts[row]; i < starts[row + 1]; i++) sum += weight[columns[i]] * data[i];
    return sum;
  };
}
