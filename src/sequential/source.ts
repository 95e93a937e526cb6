import { ascending, RandomState } from '../random.js';
import type { Batch } from '../train/batches.js';
import type { Batches } from '../train/fit.js';
import type { Pieces } from '../yielding.js';
import { atHand, runAtOnce } from '../yielding.js';
import { inBatches } from '../train/batches.js';
import type { Prepared, Sample } from './prepare.js';
import type { BatchStream } from './stream.js';

/** Where the batches of an epoch come from. */
export interface Source {
  /** Steps of an epoch; undefined where nobody knows. */
  readonly steps: number | undefined;
  /** The data set that all batches come from, if there is one. */
  readonly whole: Prepared | undefined;
  /** What the batch that is being trained on was taken from. */
  current(): Prepared;
  epoch(): Pieces<Batches>;
}

export interface ArraySourceOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly stepsPerEpoch: number | undefined;
  /** It may be another when training begins: that of a restored state. */
  readonly seed: () => number;
  /** Steps taken. They decide the order: training that is taken up again goes on as if it had never stopped. */
  readonly steps: () => number;
}

/** Batches of arrays: an order of the rows for every pass. */
export function arraySource(prepared: Prepared, options: ArraySourceOptions): Source {
  const { batchSize, shuffle, stepsPerEpoch, seed, steps } = options;
  const { rows, dataset } = prepared;
  function* pass(): Pieces<Generator<Batch>> {
    const order = ascending(rows);
    if (shuffle) yield* new RandomState(orderSeed(seed(), steps())).shuffleInPieces(order);
    return inBatches(dataset, order, batchSize);
  }
  const shared = { whole: prepared, current: () => prepared };
  if (stepsPerEpoch === undefined) {
    return { ...shared, steps: Math.ceil(rows / batchSize), epoch: pass };
  }
  let present: Generator<Batch> | undefined;
  function* some(): Generator<Batch> {
    for (let step = 0; step < (stepsPerEpoch as number); step++) {
      present ??= runAtOnce(pass());
      let next = present.next();
      if (next.done) {
        present = runAtOnce(pass());
        next = present.next();
      }
      yield next.value as Batch;
    }
  }
  return { ...shared, steps: stepsPerEpoch, epoch: () => atHand(some()) };
}

/** Batches of a stream, each a data set of its own. */
export function streamSource(
  stream: BatchStream,
  stepsPerEpoch: number | undefined,
  prepared: (sample: Sample) => Prepared,
): Source {
  let current: Prepared;
  async function* epoch(): AsyncGenerator<Batch> {
    for await (const sample of stream.epoch(stepsPerEpoch)) {
      current = prepared(sample);
      yield { dataset: current.dataset, rows: ascending(current.rows) };
    }
  }
  return { steps: stepsPerEpoch, whole: undefined, current: () => current, epoch: () => atHand(epoch()) };
}

/** A seed for the order of the rows from the model's seed and the number of steps taken (finalizer of MurmurHash3). */
function orderSeed(seed: number, step: number): number {
  let x = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ step;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
