/**
 * Chooses the network of a model of tables by the number of rows and of features. Every choice can be
 * overruled by giving an estimator.
 */
import type { MLPOptions } from '../estimators/options.js';

/** Sizes that decide. */
export interface TableSize {
  readonly rows: number;
  readonly features: number;
}

/** Rows below which a table is small, and from which on it is large. */
const [SMALL, LARGE] = [2000, 50000];

/** Rows that are seen in training, at most: epochs of large tables are few. */
const MAX_ROWS_SEEN = 2e7;

/**
 * Options of the network for a table: more units for more rows; smaller batches and a stronger penalty for
 * few rows, which are learned by heart otherwise; fewer epochs for many.
 */
export function networkFor({ rows, features }: TableSize): MLPOptions {
  const wide = features > 100 ? 2 : 1;
  const maxIter = Math.max(15, Math.min(300, Math.ceil(MAX_ROWS_SEEN / Math.max(1, rows))));
  if (rows < SMALL) {
    return {
      hiddenLayerSizes: [64 * wide],
      ...{ alpha: 1e-2, batchSize: Math.min(rows, Math.max(8, Math.min(32, Math.ceil(rows / 20)))) },
      ...{ maxIter, nIterNoChange: 40, tol: 1e-5 },
    };
  }
  if (rows < LARGE) {
    return {
      hiddenLayerSizes: [128 * wide, 64],
      ...{ alpha: 1e-3, batchSize: 64 },
      ...{ maxIter, nIterNoChange: 15, tol: 1e-5 },
    };
  }
  return {
    hiddenLayerSizes: [128 * wide, 64],
    ...{ alpha: 1e-4, batchSize: 256 },
    ...{ maxIter, nIterNoChange: 4, tol: 1e-4 },
  };
}

/** Largest class, in multiples of the smallest, from which on classes are weighted. */
const IMBALANCE = 5;

/** True if the classes of so many rows each are weighted by themselves. */
export function isImbalanced(counts: ArrayLike<number>): boolean {
  const [largest, smallest] = [Math.max(...Array.from(counts)), Math.min(...Array.from(counts))];
  return largest >= IMBALANCE * smallest;
}
