import type { Dataset } from '../network/feed.js';

/** Rows of a data set that make a step. */
export interface Batch {
  readonly dataset: Dataset;
  readonly rows: Int32Array;
}

/** The batches of a data set in a given order. */
export function* inBatches(dataset: Dataset, order: Int32Array, batchSize: number): Generator<Batch> {
  if (order.length <= batchSize) {
    if (order.length > 0) yield { dataset, rows: order };
    return;
  }
  for (let begin = 0; begin < order.length; begin += batchSize) {
    yield { dataset, rows: order.subarray(begin, begin + batchSize) };
  }
}
