import { checkReadable } from '../../check.js';
import type { DenseRows, ExactRows, SparseRows } from '../../ndarray/exact-rows.js';
import { dotOf } from '../../ndarray/exact-rows.js';

/**
 * What a perceptron does with a row x. Sums are scalar and in order: a dot product near 0 decides an update.
 */
export interface Samples {
  readonly rows: number;
  readonly features: number;
  /**
   * What the steps of the intercept are multiplied with: sparse rows move it less often than their few
   * columns.
   */
  readonly interceptFactor: number;
  /** Stored values per row, on average: the work of a step. */
  readonly width: number;
  /** @throws ValueError if the rows, which may be the caller's own array, can no longer be read */
  readonly check: () => void;
  /** Σ weight[j] · x[j]. */
  readonly dot: (row: number, weight: Float64Array) => number;
  /** weight[j] += x[j] · factor. */
  readonly add: (row: number, weight: Float64Array, factor: number) => void;
  /** Σ weight[j]² over the columns that have a stored value. */
  readonly squares: (row: number, weight: Float64Array) => number;
  /** Σ |weight[j]| over the columns that have a stored value. */
  readonly magnitudes: (row: number, weight: Float64Array) => number;
  /** Call back with every column that has a stored value. */
  readonly eachColumn: (row: number, visit: (column: number) => void) => void;
}

export function toSamples(rows: ExactRows): Samples {
  return rows.kind === 'dense' ? denseSamples(rows) : sparseSamples(rows);
}

function denseSamples(dense: DenseRows): Samples {
  const { rows, features, data, scale } = dense;
  const byteLength = data.BYTES_PER_ELEMENT * rows * features;
  return {
    rows,
    features,
    interceptFactor: 1,
    width: features,
    check: () => checkReadable(data, byteLength),
    dot: dotOf(dense),
    add(row, weight, factor) {
      const start = row * features;
      for (let j = 0; j < features; j++) weight[j] += data[start + j] * scale * factor;
    },
    squares: (_row, weight) => sumOfSquares(weight),
    magnitudes: (_row, weight) => sumOfMagnitudes(weight),
    eachColumn(_row, visit) {
      for (let j = 0; j < features; j++) visit(j);
    },
  };
}

function sparseSamples(sparse: SparseRows): Samples {
  const { rows, features, data, columns, starts } = sparse;
  return {
    rows,
    features,
    interceptFactor: 0.01,
    width: data.length / rows,
    check: () => {},
    dot: dotOf(sparse),
    add(row, weight, factor) {
      for (let i = starts[row]; i < starts[row + 1]; i++) weight[columns[i]] += data[i] * factor;
    },
    squares(row, weight) {
      let sum = 0;
      for (let i = starts[row]; i < starts[row + 1]; i++) sum += weight[columns[i]] * weight[columns[i]];
      return sum;
    },
    magnitudes(row, weight) {
      let sum = 0;
      for (let i = starts[row]; i < starts[row + 1]; i++) sum += Math.abs(weight[columns[i]]);
      return sum;
    },
    eachColumn(row, visit) {
      for (let i = starts[row]; i < starts[row + 1]; i++) visit(columns[i]);
    },
  };
}

/** Σ weight². */
export function sumOfSquares(weight: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < weight.length; j++) sum += weight[j] * weight[j];
  return sum;
}

/** Σ |weight|. */
export function sumOfMagnitudes(weight: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < weight.length; j++) sum += Math.abs(weight[j]);
  return sum;
}
