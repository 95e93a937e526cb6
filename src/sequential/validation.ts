/**
 * The validation of a call of `fit`: the rows that are held out for it, and their evaluation between epochs.
 * Not for `evaluate`, which needs no schedule and no time limit (evaluation.ts).
 */
import { ValueError } from '../errors.js';
import type { Network } from '../network/network.js';
import { sliceRows } from '../ndarray.js';
import { ascending } from '../random.js';
import type { Targets } from '../network/feed.js';
import { SlicedSession } from '../train/sliced-session.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { BatchStream } from './batches.js';
import type { Prepared, Sample } from './data.js';
import type { Evaluation } from './evaluation.js';
import { batchesOf } from './evaluation.js';

export interface ValidationRequest {
  /** A data set, or batches. */
  readonly data: Prepared | BatchStream;
  readonly prepared: (sample: Sample) => Prepared;
  /** Made when it is first needed. */
  readonly evaluation: () => Evaluation;
  readonly batchSize: number;
  /** Number of batches at most. */
  readonly steps: number | undefined;
  readonly frequency: number | readonly number[];
  readonly signal: AbortSignal | undefined;
  /** True if no time is left: the validation is given up. */
  readonly late: () => boolean;
}

/** Evaluates between epochs, in slices between which other work of the program runs. */
export class Validation {
  readonly #request: ValidationRequest;
  #evaluation: Evaluation | undefined;

  constructor(request: ValidationRequest) {
    this.#request = request;
  }

  /** Loss and metrics; undefined if this epoch (index from 0) is not validated, or time is up. */
  async run(index: number, network: Network): Promise<Record<string, number> | undefined> {
    const { late, signal } = this.#request;
    if (!this.due(index) || late()) return undefined;
    this.#evaluation ??= this.#request.evaluation();
    const evaluation = this.#evaluation;
    const yielder = new Yielder(signal);
    evaluation.restart(network);
    for await (const [prepared, rows] of this.#batches()) {
      await runInSlices(evaluation.stepInPieces(prepared, rows, SlicedSession), yielder);
      if (late()) return undefined;
    }
    return evaluation.results();
  }

  /** True if an epoch, by its index from 0, is validated. */
  due(index: number): boolean {
    const { frequency } = this.#request;
    return typeof frequency === 'number' ? (index + 1) % frequency === 0 : frequency.includes(index + 1);
  }

  /**
   * Says why a metric of the last validation is NaN, to follow 'because'; undefined where that is not known.
   */
  explainNaN(name: string): string | undefined {
    return this.#evaluation?.metrics.explainNaN(name, 'the validation rows');
  }

  #batches(): Iterable<[Prepared, Int32Array]> | AsyncIterable<[Prepared, Int32Array]> {
    const { data, prepared, batchSize, steps } = this.#request;
    return 'dataset' in data ? batchesOf(data, batchSize, steps) : streamed(data, prepared, steps);
  }
}

async function* streamed(
  stream: BatchStream,
  prepared: (sample: Sample) => Prepared,
  max: number | undefined,
): AsyncGenerator<[Prepared, Int32Array]> {
  for await (const sample of stream.epoch(max)) {
    const batch = prepared(sample);
    yield [batch, ascending(batch.rows)];
  }
}

/** Splits data without copies: the first floor(rows · (1 − share)) rows train, the others validate. */
export function splitLast(
  owner: string,
  prepared: Prepared,
  share: number,
): { train: Prepared; validation: Prepared } {
  const first = Math.floor(prepared.rows * (1 - share));
  if (first === 0 || first === prepared.rows) {
    throw new ValueError(
      `${owner}: validationSplit ${share} must leave at least 1 row on both sides, but of ${prepared.rows} rows ${first} would train and ${prepared.rows - first} validate.`,
    );
  }
  return { train: slice(prepared, 0, first), validation: slice(prepared, first, prepared.rows) };
}

function slice({ dataset, truth, columns }: Prepared, begin: number, end: number): Prepared {
  const { rows, targets, weights } = dataset;
  const count = end - begin;
  const width = targets.data.length / rows.rows;
  return {
    dataset: {
      rows: sliceRows(rows, begin, end),
      targets: { ...targets, data: targets.data.subarray(begin * width, end * width) } as Targets,
      weights: weights?.subarray(begin, end),
    },
    truth: truth.subarray(begin * columns, end * columns),
    columns,
    rows: count,
  };
}
