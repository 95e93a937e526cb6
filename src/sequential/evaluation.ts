/**
 * Loss and metrics of a model over rows, without training: Metrics collects values over batches, in training
 * too; Evaluation runs the batches of a data set or a stream through a session that computes no gradients.
 */
import { anything, positiveInteger, verbosity } from '../check.js';
import type { Network } from '../network/network.js';
import type { ResolvedLoss } from '../network/loss-options.js';
import { sizeOf } from '../network/spec.js';
import { inBatches, nnzCapacity } from '../network/feed.js';
import type { ArrayInput } from '../ndarray.js';
import { ascending } from '../random.js';
import { resolveMetric } from '../train/metrics/index.js';
import type { MetricState } from '../train/metrics/state.js';
import { Session } from '../train/session.js';
import type { SlicedSession } from '../train/sliced-session.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Compiled, Metric } from './compile.js';
import type { Prepared, Sample } from './data.js';
import { prepareInPieces } from './data.js';
import type { Structure } from './structure.js';

/** Rules of the options of evaluate. */
export const evaluateSchema = {
  batchSize: positiveInteger,
  sampleWeight: anything<ArrayInput | null>(),
  verbose: verbosity,
};

/** Rules of the options of testOnBatch. */
export const testOnBatchSchema = { sampleWeight: evaluateSchema.sampleWeight };

export type TestOnBatchOptions = Pick<EvaluateOptions, 'sampleWeight'>;

export interface EvaluateOptions {
  /** Rows of a step. Default 32. */
  readonly batchSize?: number;
  /** Weight of each row in the loss, >= 0. */
  readonly sampleWeight?: ArrayInput | null;
  /** Accepted for Keras's sake: nothing is printed. */
  readonly verbose?: 0 | 1 | 2;
}

/** The metrics of a model by the names under which they are reported. */
export class Metrics {
  readonly #states = new Map<string, MetricState>();
  readonly #outputs: number;

  constructor(owner: string, given: readonly Metric[], { shapes }: Structure, { name: loss }: ResolvedLoss) {
    const outputShape = shapes.at(-1)!;
    this.#outputs = sizeOf(outputShape);
    for (const metric of given) {
      const { name, create } = resolveMetric(metric, { loss, outputShape }, owner);
      this.#states.set(name, create());
    }
  }

  /** The names of what `results` gives, sorted. */
  get names(): string[] {
    return ['loss', ...this.#states.keys()].sort();
  }

  /** True if there are metrics. */
  get any(): boolean {
    return this.#states.size > 0;
  }

  /** Takes some rows of a data set into account. Row weights do not count, as in Keras's `metrics`. */
  update({ truth, columns }: Prepared, rows: Int32Array, predictions: Float32Array): void {
    const taken = new Float32Array(rows.length * columns);
    rows.forEach((row, i) => {
      for (let j = 0; j < columns; j++) taken[i * columns + j] = truth[row * columns + j];
    });
    for (const state of this.#states.values()) state.update(taken, predictions, rows.length, this.#outputs);
  }

  reset(): void {
    for (const state of this.#states.values()) state.reset();
  }

  /**
   * Says why a metric is NaN, to follow 'because'; undefined where that is not known.
   *
   * @param rows 'the validation rows'
   */
  explainNaN(name: string, rows: string): string | undefined {
    return this.#states.get(name)?.explainNaN?.(rows);
  }

  /** The loss first, then the metrics in the order in which they were given. */
  results(loss: number): Record<string, number> {
    const entries = [...this.#states].map(([name, state]) => [name, state.result()] as const);
    return Object.fromEntries([['loss', loss], ...entries]);
  }
}

/** Loss and metrics over batches, without training. */
export class Evaluation {
  readonly metrics: Metrics;
  readonly #compiled: Compiled;
  readonly #batchSize: number;
  #network: Network;
  #session: Session | undefined;
  /** Rows that the session computes at once: those of the largest batch so far, at most the batch size. */
  #room = 0;
  #loss = 0;
  #rows = 0;

  constructor(owner: string, network: Network, structure: Structure, compiled: Compiled, batchSize: number) {
    this.metrics = new Metrics(`${owner}.compile`, compiled.metrics, structure, compiled.loss);
    this.#compiled = compiled;
    this.#batchSize = batchSize;
    this.#network = network;
  }

  /** Begins anew, with the parameters that a network has now. */
  restart(network: Network): void {
    this.#network = network;
    if (this.#session) this.#session.weights.set(network.weights.view());
    this.#loss = 0;
    this.#rows = 0;
    this.metrics.reset();
  }

  /** Evaluates a batch. */
  step(prepared: Prepared, rows: Int32Array): void {
    const session = this.#sessionFor(prepared, rows) ?? runAtOnce(this.#open(Session, prepared, rows));
    const each = this.#update(session, prepared);
    this.#count(session.step(prepared.dataset, rows, false, each), rows.length);
  }

  /** Evaluates a batch in pieces. */
  *stepInPieces(prepared: Prepared, rows: Int32Array, sliced: typeof SlicedSession): Pieces<void> {
    const session = (this.#sessionFor(prepared, rows) ??
      (yield* this.#open(sliced, prepared, rows))) as SlicedSession;
    const each = this.#update(session, prepared);
    this.#count(yield* session.gradientsInPieces(prepared.dataset, rows, false, each), rows.length);
  }

  #update(session: Session, prepared: Prepared): ((part: Int32Array) => void) | undefined {
    if (!this.metrics.any) return undefined;
    return (part) => this.metrics.update(prepared, part, session.predictions(part.length));
  }

  #count(loss: number, rows: number): void {
    this.#loss += loss * rows;
    this.#rows += rows;
  }

  /** The session, if there is one that can take the rows. */
  #sessionFor({ dataset }: Prepared, rows: Int32Array): Session | undefined {
    if (Math.min(rows.length, this.#batchSize) > this.#room) return undefined;
    return this.#session?.capacityFor(dataset, rows) === undefined ? this.#session : undefined;
  }

  /** A session that can take the rows, with the parameters of the one before. */
  *#open({ open }: Pick<typeof Session, 'open'>, { dataset }: Prepared, rows: Int32Array): Pieces<Session> {
    const { loss } = this.#compiled;
    const network = this.#network;
    const before = this.#session;
    this.#room = Math.min(this.#batchSize, Math.max(rows.length, this.#room));
    const session = yield* open({
      network,
      loss: loss.spec,
      hostLoss: loss.hostLoss,
      rows: this.#room,
      predictions: this.metrics.any,
      penaltyPerRow: false,
      nnzCapacity: before?.capacityFor(dataset, rows) ?? nnzCapacity(network.spec, dataset.rows, this.#room),
    });
    if (before) session.weights.set(before.weights.view());
    this.#session = session;
    return session;
  }

  /** The mean loss over the rows, penalties included, and the metrics. */
  results(): Record<string, number> {
    return this.metrics.results(this.#rows > 0 ? this.#loss / this.#rows : NaN);
  }
}

/** A compiled model, as far as its evaluation is concerned. */
interface Evaluated {
  readonly name: string;
  readonly structure: Structure;
  readonly compiled: Compiled;
  /** The network with its weights; asked for once the data are checked. */
  readonly network: () => Network;
}

/**
 * Loss and metrics over rows, in pieces.
 *
 * @param call the method that was called: 'evaluate'
 * @param sliced the kind of session to use if steps are to be cut into slices
 */
export function* evaluateRows(
  { name, structure, compiled, network }: Evaluated,
  call: string,
  sample: Sample,
  batchSize = 32,
  sliced?: typeof SlicedSession,
): Pieces<Record<string, number>> {
  const reader = { structure, loss: compiled.loss };
  const prepared = yield* prepareInPieces(`${name}.${call}`, reader, sample);
  const rows = Math.min(batchSize, prepared.rows);
  const evaluation = new Evaluation(name, network(), structure, compiled, rows);
  for (const [data, batch] of batchesOf(prepared, rows)) {
    if (sliced) yield* evaluation.stepInPieces(data, batch, sliced);
    else evaluation.step(data, batch);
  }
  return evaluation.results();
}

/** The batches of a data set in its own order, at most `max`. */
export function* batchesOf(
  prepared: Prepared,
  batchSize: number,
  max = Infinity,
): Generator<[Prepared, Int32Array]> {
  let count = 0;
  for (const { rows } of inBatches(prepared.dataset, ascending(prepared.rows), batchSize)) {
    if (count++ >= max) return;
    yield [prepared, rows];
  }
}
