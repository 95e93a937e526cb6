// Updates a network step by step: writes the optimizer's scalars and the random keys of a step, and lets a
// session compute it. Not for where weights and slots lie (session.ts), nor for epochs, which fit.ts counts,
// nor for the choice between whole and sliced steps (open-trainer.ts).
import { RecordWord } from '../engine/generated/abi.js';
import { nextScalars } from '../network/optimizers.js';
import type { OptimizerSpec, OptimizerState } from '../network/optimizers.js';
import type { Parameter } from '../network/parameters.js';
import type { UpdatesPlan } from '../network/updates.js';
import { sliceInPieces } from '../ndarray/values.js';
import { hash } from '../random.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Dataset } from '../network/feed.js';
import type { TrainingOptions } from './session.js';
import { Session } from './session.js';
import type { SlicedSession } from './sliced-session.js';

export interface TrainerOptions extends TrainingOptions {
  /** Slots and running products to go on from; changed by every step. */
  readonly state: OptimizerState;
  /** Seed of dropout and noise. */
  readonly seed: number;
  /**
   * SlicedSession, to compute every step in slices, between which the host may have its turn. Given as the
   * class, so that what only computes whole steps does not load it.
   */
  readonly sliced?: typeof SlicedSession;
}

/** Updates a network step by step. */
export class Trainer {
  #session: Session;
  #sliced: boolean;
  readonly #state: OptimizerState;
  readonly #seed: number;
  /** The last update that came in pieces: it may be under way. */
  #update: Pieces<void> | undefined;

  /** A trainer whose data set is in its arena. */
  static *open(options: TrainerOptions): Pieces<Trainer> {
    const session = yield* (options.sliced ?? Session).train(options, options.state.slots);
    return new Trainer(options, session);
  }

  private constructor({ state, seed, sliced }: TrainerOptions, session: Session) {
    this.#session = session;
    this.#sliced = sliced !== undefined;
    this.#state = state;
    this.#seed = seed;
  }

  /** Where the steps are computed. A new one takes its place when a batch is larger than all before. */
  get session(): Session {
    return this.#session;
  }

  /** One update from the rows `batch`; the batch's mean loss before it, penalties included. */
  step(dataset: Dataset, batch: Int32Array, rate: number, each?: (part: Int32Array) => void): number {
    const session = (this.#session = this.#session.withRoomFor(dataset, batch));
    this.#writeKeys();
    const total = session.writeScale(dataset, batch);
    this.#writeRecords(total, rate);
    return session.step(dataset, batch, true, each, total);
  }

  /** True if steps come in slices. */
  get sliced(): boolean {
    return this.#sliced;
  }

  /** From now on, compute every step in slices. The bits stay. */
  *slice(sliced: typeof SlicedSession): Pieces<void> {
    this.#session = yield* this.#session.reopened({}, sliced);
    this.#sliced = true;
  }

  /**
   * The gradients of a step, and its loss, for `finishInPieces`. Given up on the way, it leaves everything as
   * it was.
   */
  *beginInPieces(dataset: Dataset, batch: Int32Array, each?: (part: Int32Array) => void): Pieces<number> {
    this.#session = this.#session.withRoomFor(dataset, batch);
    this.#writeKeys();
    return yield* (this.#session as SlicedSession).gradientsInPieces(dataset, batch, true, each);
  }

  /** The update that ends a step begun by `beginInPieces`. To be run to its end. */
  *finishInPieces(rate: number): Pieces<void> {
    const session = this.#session as SlicedSession;
    this.#writeRecords(session.total, rate);
    this.#update = session.updateInPieces();
    yield* this.#update;
  }

  /** @param total Σ weights of the batch, or its rows */
  #writeRecords(total: number, rate: number): void {
    const { plan, options } = this.#session;
    const { records } = plan.updates as UpdatesPlan;
    const scalars = nextScalars(options.optimizer as OptimizerSpec, this.#state, rate);
    const normaliser = options.penaltyPerRow ? total : 1;
    plan.parameters.forEach((parameter, i) => {
      if (parameter.trainable) this.#writeRecord(parameter, records[i], scalars, rate, normaliser);
    });
  }

  /**
   * Write the slots back into the state, for a later trainer to go on from. An update that is under way comes
   * to its end first: parameters, slots and running products are then those of one step.
   */
  saveSlots(): void {
    if (this.#update) runAtOnce(this.#update);
    runAtOnce(this.saveSlotsInPieces());
  }

  *saveSlotsInPieces(): Pieces<void> {
    const slots: Float32Array[] = [];
    for (const slot of this.#session.slots()) slots.push(yield* sliceInPieces(slot));
    this.#state.slots = slots;
  }

  /** The scalars of a parameter's record for the next step. */
  #writeRecord(
    parameter: Parameter,
    record: number,
    scalars: Float32Array,
    rate: number,
    normaliser: number,
  ): void {
    const { arena, options } = this.#session;
    const { f32, i32 } = arena;
    const { clipValue = Infinity, weightDecay = 0 } = options.optimizer as OptimizerSpec;
    const { l1 = 0, l2 = 0 } = parameter.rules.regularizer ?? {};
    const at = record >>> 2;
    const decay = (2 * l2) / normaliser;
    f32[at + RecordWord.l2] = decay;
    f32[at + RecordWord.l1] = l1 / normaliser;
    f32[at + RecordWord.clipValue] = clipValue;
    f32[at + RecordWord.gradientFactor] = 1;
    f32[at + RecordWord.keep] = 1 - rate * weightDecay;
    f32.set(scalars, at + RecordWord.scalars);
    f32[at + RecordWord.scalars + 1] = i32[at + RecordWord.prepare] === 0 ? decay : 0;
  }

  #writeKeys(): void {
    const { arena, plan } = this.#session;
    plan.keys.forEach((offset, layer) => {
      if (offset !== 0) arena.i32[offset >>> 2] = hash(hash(hash(this.#seed) ^ this.#state.step) + layer);
    });
  }
}
