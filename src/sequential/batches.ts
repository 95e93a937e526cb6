import { ascending } from '../random.js';
import { inBatches } from '../train/batches.js';
import type { Prepared } from './prepare.js';

/** A data set in its own order. */
export function* batchesOf(
  prepared: Prepared,
  batchSize: number,
  most = Infinity,
): Generator<[Prepared, Int32Array]> {
  let count = 0;
  for (const { rows } of inBatches(prepared.dataset, ascending(prepared.rows), batchSize)) {
    if (count++ >= most) return;
    yield [prepared, rows];
  }
}
