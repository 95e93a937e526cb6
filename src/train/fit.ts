/**
 * The loop of a training: epochs, steps, their reports, budgets of time and steps, recovery from divergence
 * and from lost workers, and pauses for the host's event loop. It knows no model and no options of the public
 * API: what is to be done with an epoch or a step is up to the hooks of the request.
 */
import { PIECE_VALUES, throwIfAborted, runInSlices, Yielder } from '../yielding.js';
import { LostWorkerError } from '../engine/lost-worker.js';
import { DivergedError } from '../errors.js';
import type { Network } from '../network/network.js';
import { allFinite, sliceRows } from '../ndarray.js';
import { copied, sliceInPieces } from '../ndarray/values.js';
import type { Batch, Dataset } from '../network/feed.js';
import type { UpdatesPlan } from '../network/updates.js';
import { SlicedSession } from './sliced-session.js';
import type { Trainer } from './trainer.js';

/** Totals of an epoch. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean over the rows of the losses that the batches had before their updates, penalties included. */
  readonly loss: number;
  readonly steps: number;
  readonly rows: number;
}

export interface StepReport {
  readonly epoch: number;
  /** Counted from 1 within the epoch. */
  readonly step: number;
  readonly rows: number;
  readonly loss: number;
  /** Mean loss of the epoch so far. */
  readonly epochLoss: number;
}

export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** Running totals of an epoch: losses summed over the rows. */
interface EpochTotal {
  readonly epoch: number;
  loss: number;
  rows: number;
  steps: number;
}

/** Functions that are called while a network is trained. */
export interface FitHooks {
  /** True ends training before the next step. */
  readonly stopped?: () => boolean;
  readonly onEpochBegin?: (epoch: number) => void | Promise<void>;
  /** Called with the part of a batch whose predictions are in the session. */
  readonly onPredictions?: (batch: Batch, part: Int32Array) => void;
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  /**
   * Called when an epoch's loss or weights have become non-finite, after the last finite weights are
   * restored. True ends training without an error.
   */
  readonly onDivergence?: (report: EpochReport) => boolean | undefined | Promise<boolean | undefined>;
  /** Called after every epoch. True ends training. */
  readonly onEpoch: (report: EpochReport) => boolean | undefined | Promise<boolean | undefined>;
}

export interface FitRequest {
  readonly network: Network;
  readonly trainer: Trainer;
  /** The batches of an epoch, counted from 1. A promise only where there is something to wait for. */
  readonly batches: (epoch: number, yielder: Yielder) => Batches | Promise<Batches>;
  /** First and last epoch, counted from 1. */
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  /** Learning rate of the next step. */
  readonly rate: () => number;
  readonly signal?: AbortSignal;
  /** Milliseconds after which training ends, between two steps. */
  readonly maxTimeMs?: number;
  /** Steps after which training ends. */
  readonly maxSteps?: number;
  readonly hooks: FitHooks;
}

/**
 * Train a network. When the promise settles, whatever the reason, the network holds usable parameters: those
 * of the last whole step, or, after divergence, of the last epoch with a finite loss.
 *
 * @throws DivergedError; LostWorkerError, with the parameters of the last finished epoch; the signal's
 *   reason; whatever a callback throws
 */
export async function fit(request: FitRequest): Promise<void> {
  const { network, trainer, firstEpoch, lastEpoch, signal, hooks } = request;
  throwIfAborted(signal);
  network.weights.lend(() => trainer.session.weights.view());
  const run = new Run(request);
  try {
    await run.begin();
    for (let epoch = firstEpoch; epoch <= lastEpoch && !run.over(); epoch++) {
      if (hooks.onEpochBegin) await hooks.onEpochBegin(epoch);
      const report = await run.epoch(epoch);
      if (await run.diverged(report)) return;
      if (report.steps > 0 && (await hooks.onEpoch(report))) return;
      throwIfAborted(signal);
    }
  } finally {
    const yielder = new Yielder();
    await runInSlices(trainer.saveSlotsInPieces(), yielder);
    await runInSlices(network.weights.setInPieces(trainer.session.weights.view()), yielder);
  }
}

/**
 * Milliseconds of a step, and how many such steps one after another, from which steps are cut into slices.
 */
const SLOW_STEP_MS = 50;
const SLOW_STEPS = 3;

/** Floating-point operations of a step, as if no input were 0, from which it is timed at all. */
const TIMED_FLOPS = 1e8;

/** Weights whose norm is at most this are not checked one by one. */
const ORDINARY = 1e4;

class Run {
  readonly #request: FitRequest;
  readonly #yielder: Yielder;
  readonly #flops: number;
  /** When training ends, by `performance.now()`, and steps made. */
  readonly #end: number;
  #steps = 0;
  /** Parameters of the last epoch with a finite loss that led to finite ones; at first the initial ones. */
  #finite = new Float32Array();
  #ended = false;
  #slowSteps = 0;
  /** Data set of the last step. */
  #dataset: Dataset | undefined;

  constructor(request: FitRequest) {
    this.#request = request;
    this.#yielder = new Yielder(request.signal);
    this.#flops = request.network.trainingFlopsPerRow;
    this.#end = request.maxTimeMs === undefined ? Infinity : performance.now() + request.maxTimeMs;
  }

  /** Keeps the initial parameters. */
  async begin(): Promise<void> {
    this.#finite = await runInSlices(
      sliceInPieces(this.#request.trainer.session.weights.view()),
      this.#yielder,
    );
  }

  /**
   * Keeps the parameters of an epoch for the next ones, if it has a finite loss and leads to finite ones. If
   * not, goes back to the last that have.
   *
   * @returns true if it has diverged and training ends without an error
   * @throws DivergedError
   */
  async diverged(report: EpochReport): Promise<boolean> {
    const { trainer, hooks } = this.#request;
    const reached = trainer.session.weights.view();
    // Losses are those before the updates: where the last updates of an epoch lead to, only the weights show.
    const fault = Number.isFinite(report.loss) ? this.#faultOf(reached) : `The loss became ${report.loss}`;
    if (!fault) {
      if (reached.length <= PIECE_VALUES) this.#finite.set(reached);
      else await runInSlices(copied(reached, this.#finite), this.#yielder);
      return false;
    }
    trainer.session.weights.set(this.#finite);
    if (await hooks.onDivergence?.(report)) return true;
    throw divergedError(fault, report.epoch);
  }

  /**
   * Says what is wrong with parameters: they, or the outputs of some rows, are not finite. Undefined if
   * nothing is.
   */
  #faultOf(parameters: Float32Array): string | undefined {
    const { arena, plan } = this.#request.trainer.session;
    const { norms } = plan.updates as UpdatesPlan;
    const sumSquares = arena.sumSquares(norms, plan.block, plan.blockLength);
    if (sumSquares <= ORDINARY * ORDINARY || !this.#dataset) return undefined;
    if (!allFinite(parameters)) return 'Weights became non-finite';
    const { rows } = this.#dataset;
    const some = sliceRows(rows, 0, Math.min(rows.rows, 100));
    return allFinite(this.#request.network.forward(some)) ? undefined : 'Outputs became non-finite';
  }

  /** True if time or steps are used up, or a hook has ended training. */
  over(): boolean {
    const { maxSteps = Infinity, hooks } = this.#request;
    const spent = this.#steps >= maxSteps || (this.#end !== Infinity && performance.now() >= this.#end);
    this.#ended ||= spent || (hooks.stopped?.() ?? false);
    return this.#ended;
  }

  /**
   * One pass over the batches; its loss is that of the first step whose loss is not finite, if there is one.
   *
   * @throws LostWorkerError, after the last finite parameters are restored
   */
  async epoch(epoch: number): Promise<EpochReport> {
    const total = { epoch, loss: 0, rows: 0, steps: 0 };
    try {
      const source = await this.#request.batches(epoch, this.#yielder);
      if (Symbol.asyncIterator in source) {
        for await (const batch of source) if (await this.#step(batch, total)) break;
      } else {
        for (const batch of source) {
          const ends = this.#step(batch, total);
          if (ends === true || (ends !== false && (await ends))) break;
        }
      }
    } catch (error) {
      if (!(error instanceof LostWorkerError)) throw error;
      this.#request.trainer.session.weights.set(this.#finite);
      throw new LostWorkerError(` in epoch ${epoch}`, ` ${restored(epoch)} are restored;`);
    }
    return { ...total, loss: total.rows > 0 ? total.loss / total.rows : 0 };
  }

  /**
   * True if it was the epoch's last step. A promise only when there is something to wait for: short steps are
   * many, and a promise for each would cost as much as the step.
   */
  #step(batch: Batch, total: EpochTotal): boolean | Promise<boolean> {
    const { trainer, rate, hooks } = this.#request;
    const { onPredictions } = hooks;
    const each = onPredictions && ((part: Int32Array) => onPredictions(batch, part));
    this.#dataset = batch.dataset;
    if (trainer.sliced) return this.#slicedStep(batch, total, each);
    const timed = this.#flops * batch.rows.length >= TIMED_FLOPS;
    const begin = timed ? performance.now() : 0;
    const loss = trainer.step(batch.dataset, batch.rows, rate(), each);
    if (timed) {
      const slow = performance.now() - begin >= SLOW_STEP_MS;
      this.#slowSteps = slow ? this.#slowSteps + 1 : 0;
      if (this.#slowSteps === SLOW_STEPS) return this.#slice(this.#count(batch, total, loss));
    }
    return this.#count(batch, total, loss);
  }

  /** A step in slices. Aborted before its update begins, it leaves the parameters as they were. */
  async #slicedStep(
    batch: Batch,
    total: EpochTotal,
    each: ((part: Int32Array) => void) | undefined,
  ): Promise<boolean> {
    const { trainer, rate } = this.#request;
    const loss = await runInSlices(trainer.beginInPieces(batch.dataset, batch.rows, each), this.#yielder);
    await runInSlices(trainer.finishInPieces(rate()), new Yielder());
    return this.#count(batch, total, loss);
  }

  /** Lets the trainer compute in slices from the next step on. */
  async #slice(ends: boolean | Promise<boolean>): Promise<boolean> {
    const last = await ends;
    await runInSlices(this.#request.trainer.slice(SlicedSession), this.#yielder);
    return last;
  }

  /** Adds a step to the totals and reports it; true if it was the epoch's last one. */
  #count(batch: Batch, total: EpochTotal, loss: number): boolean | Promise<boolean> {
    const { onStep } = this.#request.hooks;
    const rows = batch.rows.length;
    total.loss += loss * rows;
    total.rows += rows;
    total.steps += 1;
    this.#steps += 1;
    if (!Number.isFinite(loss)) {
      total.loss = loss;
      total.rows = 1;
      return true;
    }
    const due = this.#yielder.due(this.#flops * rows);
    const { epoch, steps } = total;
    const called = onStep?.({ epoch, step: steps, rows, loss, epochLoss: total.loss / total.rows });
    if (due || called) return this.#pause(called, due);
    throwIfAborted(this.#request.signal);
    return this.over();
  }

  async #pause(called: void | Promise<void>, due: boolean): Promise<boolean> {
    await called;
    if (due) await this.#yielder.rest();
    throwIfAborted(this.#request.signal);
    return this.over();
  }
}

function restored(epoch: number): string {
  return epoch > 1 ? `the weights after epoch ${epoch - 1}` : 'the initial weights';
}

function divergedError(fault: string, epoch: number): DivergedError {
  const last = epoch - 1;
  return new DivergedError(
    `${fault} in epoch ${epoch}: expected finite numbers; ${restored(epoch)} are restored; try a smaller learning rate, or features scaled to about unit variance.`,
    last,
  );
}
