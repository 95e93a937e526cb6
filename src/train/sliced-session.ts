/**
 * Steps that take longer than the host can wait: cut into slices, between two of which it may have its turn.
 * The gradients of the whole batch wait in a block of their own, so that the parameters change in one piece
 * at the end, and a step that is given up leaves nothing behind. Not for short steps, whose gradients need
 * not be written to memory at all.
 */
import type { Call, Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import { costOfAll, cutIntoSlices, FLOPS_PER_NANOSECOND } from '../engine/partition.js';
import { backwardStep, forwardStep, lossStep, updateStep } from '../network/steps.js';
import type { UpdatesPlan } from '../network/updates.js';
import { copied } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import type { Dataset, CsrSizes } from '../network/feed.js';
import { csrSizes } from '../network/feed.js';
import type { SessionOptions } from './session.js';
import { Session } from './session.js';

/** A program of a few milliseconds, and about how many floating-point operations that is. */
interface Slice {
  readonly program: Program;
  readonly flops: number;
}

/** The slices of a step of so many rows. */
interface SlicedPrograms {
  readonly forward: readonly Slice[];
  readonly loss: readonly Slice[];
  /** Gradients that are added to those of the parts before, and gradients of the first part. */
  readonly backward: readonly [next: readonly Slice[], first: readonly Slice[]];
}

/** A session whose steps come in pieces. */
export class SlicedSession extends Session {
  readonly #slices = new Map<number, SlicedPrograms>();
  readonly #updates: readonly Slice[];
  /** True if a step changes parameters before its update: moving statistics. */
  readonly #movesEarly: boolean;
  /** Memory for the weights as of the last whole step, which a step that changes them lends meanwhile. */
  #kept: Float32Array<ArrayBuffer> | undefined;
  /** Rows of the present step, and milliseconds that it has been computing. */
  #rows = 0;
  #spent = 0;
  #total = 0;

  /** A session with its data set in the arena, and the network's parameters. */
  static override *open(options: SessionOptions): Pieces<SlicedSession> {
    const { network, dataset, rows } = options;
    const sizes = dataset && (yield* csrSizes(network.spec, dataset, rows));
    const session = new SlicedSession({ ...options, accumulate: options.optimizer !== undefined }, sizes);
    yield* session.load();
    return session;
  }

  protected constructor(options: SessionOptions, sizes: CsrSizes | undefined) {
    super(options, sizes);
    this.#updates = options.optimizer ? this.#bind(updateStep(this.plan)) : [];
    this.#movesEarly = this.plan.parameters.some(({ name }) => name.startsWith('moving'));
  }

  /**
   * Forward pass, loss and, in training, gradients of the rows `batch`. The parameters stay as they are until
   * `update`. Closed before it has ended, it leaves the session as it was before the step.
   *
   * @returns the mean loss of the batch, penalties included
   */
  *gradientsInPieces(
    dataset: Dataset,
    batch: Int32Array,
    training: boolean,
    each?: (part: Int32Array) => void,
  ): Pieces<number> {
    if (training && this.#movesEarly) yield* this.#settle();
    this.#spent = 0;
    this.#rows = batch.length;
    this.arena.beginStep();
    let done = false;
    try {
      const total = (this.#total = this.writeScale(dataset, batch));
      let sum = 0;
      let penalty = 0;
      for (let begin = 0; begin < batch.length; begin += this.plan.rows) {
        const part = batch.subarray(begin, begin + this.plan.rows);
        const { forward, loss, backward } = this.#slicesFor(part.length, training);
        yield* this.loadPart(dataset, part);
        this.writeFirstRow(begin);
        yield* this.#run(forward);
        if (this.options.hostLoss) this.hostLoss(part.length, batch.length);
        else yield* this.#run(loss);
        each?.(part);
        sum += this.arena.f64[this.loss.sums >>> 3];
        penalty = this.penalty(part.length, total);
        yield* this.#run(backward[begin === 0 ? 1 : 0]);
      }
      done = true;
      return sum / total + penalty;
    } finally {
      if (!done && this.weights.lent) this.weights.set(this.weights.view());
    }
  }

  /**
   * Σ weight · loss of some rows, without penalties; `gradients` then has its gradients. Nothing is updated.
   */
  *differentiate(dataset: Dataset, part: Int32Array): Pieces<number> {
    const { forward, loss, backward } = this.#slicesFor(part.length, true);
    this.arena.f32[this.loss.scale >>> 2] = 1;
    yield* this.loadPart(dataset, part);
    yield* this.#run(forward);
    yield* this.#run(loss);
    yield* this.#run(backward[1]);
    return this.arena.f64[this.loss.sums >>> 3];
  }

  /** Σ weights of the present step's rows, or their number, as `writeScale` says. */
  get total(): number {
    return this.#total;
  }

  /** The gradients of the rows differentiated last, laid out like the parameters: a view. */
  gradients(): Float32Array<ArrayBuffer> {
    return this.arena.floats((this.plan.updates as UpdatesPlan).gradients, this.plan.blockLength);
  }

  /**
   * Updates the parameters from the gradients. To be run to its end: what it has begun cannot be taken back.
   */
  *updateInPieces(): Pieces<void> {
    if (this.#updates.length > 1 && !this.weights.lent) yield* this.#settle();
    yield* this.#run(this.#updates);
    this.weights.lend(undefined);
    this.arena.endStep(this.#rows, this.#spent);
  }

  /** Lends the weights as they are while a step changes them. */
  *#settle(): Pieces<void> {
    const kept = (this.#kept ??= new Float32Array(this.weights.length));
    yield* copied(this.weights.view(), kept);
    this.weights.lend(() => kept);
  }

  *#run(slices: readonly Slice[]): Pieces<void> {
    for (const { program, flops } of slices) {
      const begin = performance.now();
      run(program);
      this.#spent += performance.now() - begin;
      yield flops;
    }
  }

  #slicesFor(rows: number, training: boolean): SlicedPrograms {
    const key = training ? rows : -rows;
    let slices = this.#slices.get(key);
    if (!slices) {
      const { plan } = this;
      const backward = (fresh: boolean): readonly Slice[] =>
        training && plan.updates ? this.#bind(backwardStep(plan, rows, fresh)) : [];
      slices = {
        forward: this.#bind(forwardStep(plan, rows, training)),
        loss: this.#bind(lossStep(plan, rows)),
        backward: [backward(false), backward(true)],
      };
      this.#slices.set(key, slices);
    }
    return slices;
  }

  #bind(calls: readonly Call[]): Slice[] {
    return cutIntoSlices(calls).map((slice) => ({
      program: this.arena.bind(slice),
      flops: FLOPS_PER_NANOSECOND * costOfAll(slice),
    }));
  }
}
