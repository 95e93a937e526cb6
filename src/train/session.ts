// An arena in which steps are computed: weights, batches, losses and, with an optimizer, gradients, slots and
// updates. Evaluation and training share it; for a larger batch a larger one takes its place. Not for what
// changes from step to step in an optimizer (trainer.ts), nor for steps that pause (sliced-session.ts).
import { Arena } from '../engine/arena.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import type { ThreadTeam } from '../engine/threads/team.js';
import type { Matrix } from '../network/layout.js';
import type { HostLoss } from '../network/loss-options.js';
import type { LossPlan, LossSpec } from '../network/losses.js';
import type { Network } from '../network/network.js';
import type { OptimizerSpec } from '../network/optimizers.js';
import { initialSlot } from '../network/optimizers.js';
import { penaltyOf } from '../network/losses.js';
import { acceptsCsr } from '../network/sparse/choose.js';
import { csrSizes, feedOptions, loadBatch, loadResident, nnz, nnzCapacity } from '../network/feed.js';
import type { Plan } from '../network/plan.js';
import { plan, rowsAtOnce } from '../network/plan.js';
import { backwardStep, forwardStep, lossStep, updateStep } from '../network/steps.js';
import type { UpdatesPlan } from '../network/updates.js';
import { Weights } from '../network/weights.js';
import { copied } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { Dataset, CsrSizes } from '../network/feed.js';

export interface SessionOptions {
  readonly network: Network;
  readonly loss: LossSpec;
  /** The loss where `loss.name` is 'custom'. */
  readonly hostLoss?: HostLoss;
  readonly optimizer?: OptimizerSpec;
  /** Most rows that are computed at once. */
  readonly rows: number;
  /** Larger batches come in parts. */
  readonly accumulate?: boolean;
  readonly predictions: boolean;
  /** The data set to keep in the arena, if it is small enough. */
  readonly dataset?: Dataset;
  readonly maxResidentBytes?: number;
  /**
   * Most non-zeros of the rows that are computed at once, where rows come as CSR. Default: what `dataset`
   * needs.
   */
  readonly nnzCapacity?: number;
  /** True to divide weight penalties by the batch's Σ weights, as scikit-learn does and Keras does not. */
  readonly penaltyPerRow: boolean;
  /** Threads to compute on, until they are released. */
  readonly team?: ThreadTeam;
}

/** Options of a session that trains by batches of up to `batchSize` rows. */
export interface TrainingOptions extends Omit<SessionOptions, 'rows' | 'accumulate'> {
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  /** Batches whose activations and deltas take more bytes than this are computed in parts. */
  readonly maxActivationBytes?: number;
}

/** Room for CSR beyond batches that had too little, for the next ones. */
const SPARE = 1.25;

interface Programs {
  readonly forward: Program;
  readonly loss: Program;
  readonly backward: readonly [next: Program, fresh: Program];
}

/** An arena in which the loss of batches is computed, and their gradients if there is an optimizer. */
export class Session {
  readonly arena: Arena;
  readonly plan: Plan;
  readonly loss: LossPlan;
  readonly weights: Weights;
  /** The options that steps read: a literal, so that those of all sessions have one hidden class. */
  readonly options: Pick<
    SessionOptions,
    'network' | 'hostLoss' | 'optimizer' | 'accumulate' | 'penaltyPerRow' | 'team'
  >;
  /** The options of training, from which a larger session is made. */
  #growth: TrainingOptions | undefined;
  /** Most rows of a batch that it has been made for, in training. */
  #batchSize = 0;
  readonly #update: Program;
  readonly #programs = new Map<number, Programs>();
  /** By rows: all calls of a training step, for batches in one part. */
  readonly #wholes = new Map<number, Program>();
  readonly #resident: Dataset | undefined;
  /** True if the rows that were loaded last came from elsewhere, with weights of their own. */
  #foreign = false;

  /** A session with its data set in the arena, and the network's parameters. */
  static *open(options: SessionOptions): Pieces<Session> {
    const { network, dataset, rows } = options;
    const session = new Session(options, dataset && (yield* csrSizes(network.spec, dataset, rows)));
    yield* session.load();
    return session;
  }

  /**
   * A session that trains. Without slots it has what the optimizer begins with.
   *
   * @throws UnsupportedError for a batch that has to be computed at once and takes more than 1 GiB
   */
  static *train(options: TrainingOptions, slots?: readonly Float32Array[]): Pieces<Session> {
    const { network, dataset, batchSize, hostLoss, maxActivationBytes } = options;
    const capacity = options.nnzCapacity ?? (dataset && nnzCapacity(network.spec, dataset.rows, batchSize));
    const batch = { batchSize, whole: hostLoss !== undefined, inputIsCsr: capacity !== undefined };
    const rows = rowsAtOnce(network, batch, maxActivationBytes);
    const session = yield* this.open({ ...options, rows, accumulate: rows < batchSize });
    yield* session.#setSlots(slots);
    session.#growth = options;
    session.#batchSize = batchSize;
    return session;
  }

  /** @internal Use `Session.open`: the data set is not in the arena yet. */
  protected constructor(options: SessionOptions, sizes: CsrSizes | undefined) {
    const { network, loss, optimizer, rows, predictions, accumulate, dataset } = options;
    const { hostLoss, penaltyPerRow, team } = options;
    const custom = loss.name === 'custom';
    const fed = feedOptions(network.spec, dataset, sizes, options);
    const wanted = { loss, optimizer, predictions: predictions || custom, accumulate, ...fed };
    this.options = { network, hostLoss, optimizer, accumulate, penaltyPerRow, team };
    this.plan = plan(network.spec, rows, wanted);
    this.loss = this.plan.loss as LossPlan;
    this.arena = new Arena(network.engine, this.plan.bytes, team, this.plan.scratchBytes);
    this.weights = new Weights(this.plan);
    this.weights.attach(this.arena);
    this.arena.write(this.plan.constants);
    for (let row = 0; row < rows; row++) this.arena.i32[(this.plan.input.indices >>> 2) + row] = row;
    this.#resident = fed.resident && dataset;
    this.#weighAlike();
    this.#update = optimizer ? this.arena.bind(updateStep(this.plan)) : [];
  }

  /** Copies the network's parameters and the data set into the arena. */
  protected *load(): Pieces<void> {
    yield* this.arena.claim();
    const block = this.options.network.weights.view();
    // Where nothing is updated, it may be the block of a model in training, which changes between two pieces.
    if (this.options.optimizer) yield* this.weights.setInPieces(block);
    else this.weights.set(block);
    const { resident } = this.plan;
    if (this.#resident && resident) yield* loadResident(this.arena, resident, this.#resident);
  }

  /**
   * Non-zeros for which a session needs room to take a batch as CSR; undefined if this one can take it: it
   * has the room, or its rows are dense.
   */
  capacityFor(dataset: Dataset, batch: Int32Array): number | undefined {
    const {
      spec,
      input: { csr },
      rows: maxRows,
    } = this.plan;
    const { rows } = dataset;
    if (dataset === this.#resident) return undefined;
    if (!(csr?.isInput ?? (rows.sparse && acceptsCsr(spec)))) return undefined;
    let needed = 0;
    for (let begin = 0; begin < batch.length; begin += maxRows) {
      needed = Math.max(needed, nnz(rows, batch.subarray(begin, begin + maxRows)));
    }
    return csr?.isInput && needed <= csr.nnzCapacity ? undefined : needed;
  }

  /** This session, or a larger one in its place if it has no room for a batch. Of sessions that train. */
  withRoomFor(dataset: Dataset, batch: Int32Array): Session {
    const isTooLong = batch.length > this.#batchSize;
    const large = isTooLong ? runAtOnce(this.reopened({ batchSize: batch.length })) : this;
    const capacity = large.capacityFor(dataset, batch);
    if (capacity === undefined) return large;
    return runAtOnce(large.reopened({ nnzCapacity: Math.ceil(SPARE * capacity) }));
  }

  /**
   * A session with other options that has the weights and slots of this one.
   *
   * @param kind of session. Default: the same
   */
  *reopened(changes: Partial<TrainingOptions>, kind = this.constructor as typeof Session): Pieces<Session> {
    const session = yield* kind.train({ ...(this.#growth as TrainingOptions), ...changes }, this.slots());
    yield* session.weights.setInPieces(this.weights.view());
    return session;
  }

  /** The slots of the optimizer, each laid out like the weights: views. */
  slots(): Float32Array[] {
    const { updates, blockLength } = this.plan;
    return (updates as UpdatesPlan).slots.map((offset) => this.arena.floats(offset, blockLength));
  }

  *#setSlots(slots: readonly Float32Array[] | undefined): Pieces<void> {
    const initial = initialSlot(this.options.optimizer as OptimizerSpec);
    for (const [i, slot] of this.slots().entries()) {
      if (slots?.[i]) yield* copied(slots[i], slot);
      // Fresh memory is zeroed.
      else if (initial !== 0) yield* ranges(slot.length, 1, (begin, end) => slot.fill(initial, begin, end));
    }
  }

  /**
   * Forward pass and loss of the rows `batch` of a data set, with gradients and updates if there is an
   * optimizer.
   *
   * @param each sees the predictions of every part of the batch before they are overwritten
   * @param total what `writeScale` returned, if it has been called for this batch
   * @returns the mean loss of the batch before its update, penalties included
   */
  step(
    dataset: Dataset,
    batch: Int32Array,
    training: boolean,
    each?: (part: Int32Array) => void,
    total = this.writeScale(dataset, batch),
  ): number {
    const { arena, options } = this;
    const { rows } = this.plan;
    arena.beginStep();
    const begun = options.team ? performance.now() : 0;
    const whole = training && !each && this.#takesWhole(batch) ? this.#wholeFor(batch.length) : undefined;
    let sum = 0;
    let penalty = 0;
    for (let begin = 0; begin < batch.length; begin += rows) {
      const part = batch.length <= rows ? batch : batch.subarray(begin, begin + rows);
      if (dataset === this.#resident) this.#loadResident(part);
      else runAtOnce(this.loadPart(dataset, part));
      this.writeFirstRow(begin);
      if (whole) run(whole);
      else this.#runPart(part, batch.length, training, begin === 0, each);
      sum += arena.f64[this.loss.sums >>> 3];
      penalty = this.penalty(part.length, total);
    }
    if (training && !whole) run(this.#update);
    if (options.team) arena.endStep(batch.length, performance.now() - begun);
    return sum / total + penalty;
  }

  /** True if no host code runs between the calls of a step: threads then start once. */
  #takesWhole(batch: Int32Array): boolean {
    const { optimizer, hostLoss } = this.options;
    return optimizer !== undefined && !hostLoss && batch.length <= this.plan.rows;
  }

  #runPart(
    part: Int32Array,
    total: number,
    training: boolean,
    first: boolean,
    each: ((part: Int32Array) => void) | undefined,
  ): void {
    const { forward, loss, backward } = this.#programsFor(part.length, training);
    run(forward);
    if (this.options.hostLoss) this.hostLoss(part.length, total);
    else run(loss);
    each?.(part);
    run(backward[first ? 1 : 0]);
  }

  protected penalty(rows: number, total: number): number {
    if (this.loss.penalties.count === 0) return 0;
    const first = this.loss.sums >>> 3;
    const sums = this.arena.f64.subarray(first, first + 1 + this.loss.penalties.count);
    return penaltyOf(this.loss.penalties, sums, rows, this.options.penaltyPerRow ? 1 / total : 1);
  }

  /** Predictions of the last `rows` rows computed, compact: (rows, outputs). */
  predictions(rows: number): Float32Array<ArrayBuffer> {
    return this.#read(this.loss.predictions as Matrix, rows);
  }

  /** Targets of the last `rows` rows computed. */
  targets(rows: number): Float32Array<ArrayBuffer> {
    return this.#read(this.loss.targets, rows);
  }

  /** Writes 1 / Σ weights, or 1 / rows where penalties are not per row; returns that sum. */
  writeScale({ weights }: Dataset, batch: Int32Array): number {
    let total = batch.length;
    if (weights && this.options.penaltyPerRow) {
      total = 0;
      for (const row of batch) total += weights[row];
    }
    this.arena.f32[this.loss.scale >>> 2] = total > 0 ? 1 / total : 0;
    return total > 0 ? total : 1;
  }

  /** Random layers count rows over all parts of a batch. */
  protected writeFirstRow(row: number): void {
    for (const key of this.plan.keys) if (key !== 0) this.arena.i32[(key >>> 2) + 1] = row;
  }

  #loadResident(part: Int32Array): void {
    this.arena.i32.set(part, this.plan.input.indices >>> 2);
    if (this.#foreign) this.#weighAlike();
    this.#foreign = false;
  }

  /** Brings rows of a data set to where the first layer and the loss read them. */
  protected *loadPart(dataset: Dataset, part: Int32Array): Pieces<void> {
    if (dataset === this.#resident) return this.#loadResident(part);
    yield* loadBatch(this.arena, this.plan, this.loss, dataset, part);
    this.#foreign = true;
  }

  /** Weights of 1, which resident rows without weights do not bring along. */
  #weighAlike(): void {
    this.arena.floats(this.loss.weights, this.plan.rows).fill(1);
  }

  #programsFor(rows: number, training: boolean): Programs {
    const key = training ? rows : -rows;
    let programs = this.#programs.get(key);
    if (!programs) {
      const { arena, plan: planned } = this;
      const backward = (fresh: boolean): Program =>
        this.options.optimizer && training ? arena.bind(backwardStep(planned, rows, fresh)) : [];
      programs = {
        forward: arena.bind(forwardStep(planned, rows, training)),
        loss: arena.bind(lossStep(planned, rows)),
        backward: [this.options.accumulate ? backward(false) : [], backward(true)],
      };
      this.#programs.set(key, programs);
    }
    return programs;
  }

  #wholeFor(rows: number): Program {
    let whole = this.#wholes.get(rows);
    if (!whole) {
      const { arena, plan: planned } = this;
      const forward = [...forwardStep(planned, rows, true), ...lossStep(planned, rows)];
      whole = arena.bind([...forward, ...backwardStep(planned, rows), ...updateStep(planned)]);
      this.#wholes.set(rows, whole);
    }
    return whole;
  }

  protected hostLoss(rows: number, total: number): void {
    const outputs = this.loss.delta.columns;
    const { loss, gradient } = (this.options.hostLoss as HostLoss)(
      this.targets(rows),
      this.predictions(rows),
      rows,
    );
    const share = rows / total;
    const { offset, stride } = this.loss.delta;
    for (let row = 0; row < rows; row++) {
      const to = (offset + row * stride) >>> 2;
      for (let j = 0; j < outputs; j++) this.arena.f32[to + j] = gradient[row * outputs + j] * share;
    }
    this.arena.f64[this.loss.sums >>> 3] = loss * rows;
  }

  #read({ offset, stride, columns }: Matrix, rows: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      values.set(this.arena.floats(offset + row * stride, columns), row * columns);
    }
    return values;
  }
}
