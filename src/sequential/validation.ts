import type { Network } from '../network/network.js';
import { ascending } from '../random.js';
import { SlicedSession } from '../train/sliced-session.js';
import { runInSlices, Yielder } from '../yielding.js';
import { batchesOf } from './batches.js';
import type { Evaluation } from './evaluation.js';
import type { Prepared, Sample } from './prepare.js';
import type { BatchStream } from './stream.js';

export interface ValidationRequest {
  /** A data set, or batches. */
  readonly data: Prepared | BatchStream;
  readonly prepared: (sample: Sample) => Prepared;
  /** Made when it is first needed. */
  readonly evaluation: () => Evaluation;
  readonly batchSize: number;
  /** Most batches. */
  readonly steps: number | undefined;
  readonly frequency: number | readonly number[];
  readonly signal: AbortSignal | undefined;
  /** True when no time is left: the validation is given up. */
  readonly late: () => boolean;
}

/** Evaluates between epochs, and gives way to the host while it does. */
export class Validation {
  readonly #request: ValidationRequest;
  #evaluation: Evaluation | undefined;

  constructor(request: ValidationRequest) {
    this.#request = request;
  }

  /** Loss and metrics; undefined where this epoch (index from 0) is not validated, or time is up. */
  async run(index: number, network: Network): Promise<Record<string, number> | undefined> {
    const { late, signal } = this.#request;
    if (!this.due(index) || late()) return undefined;
    this.#evaluation ??= this.#request.evaluation();
    const evaluation = this.#evaluation;
    const yielder = new Yielder(signal);
    await runInSlices(evaluation.restart(network), yielder);
    for await (const [prepared, rows] of this.#batches()) {
      await runInSlices(evaluation.stepInPieces(prepared, rows, SlicedSession), yielder);
      if (late()) return undefined;
    }
    return evaluation.results();
  }

  /** Whether an epoch, by its index from 0, is validated. */
  due(index: number): boolean {
    const { frequency } = this.#request;
    return typeof frequency === 'number' ? (index + 1) % frequency === 0 : frequency.includes(index + 1);
  }

  /** Says why a metric of the last validation is NaN, to follow 'because'; undefined where that is not known. */
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
  most: number | undefined,
): AsyncGenerator<[Prepared, Int32Array]> {
  for await (const sample of stream.epoch(most)) {
    const batch = prepared(sample);
    yield [batch, ascending(batch.rows)];
  }
}
