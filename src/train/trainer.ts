// Updates a network step by step: writes the optimizer's scalars and the random keys of a step, lets a
// session compute it, and moves to a larger session when a batch needs one. Not for epochs, which fit.ts
// counts, nor for the choice between whole and sliced steps (open-trainer.ts).
import { RecordWord } from '../engine/generated/abi.js';
import { UnsupportedError } from '../errors.js';
import type { Network } from '../network/network.js';
import { initialSlot, nextScalars } from '../network/optimizers.js';
import type { OptimizerSpec, OptimizerState } from '../network/optimizers.js';
import type { Parameter } from '../network/parameters.js';
import type { UpdatesPlan } from '../network/updates.js';
import { sizeOf } from '../network/spec.js';
import { nnzCapacity } from '../network/sparse/resident.js';
import { firstTrainable, fusesNext, shapesOf } from '../network/plan.js';
import { copied, sliceInPieces } from '../ndarray/values.js';
import { hash } from '../random.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { Dataset } from '../network/feed.js';
import { Session } from './session.js';
import type { SessionOptions } from './session.js';
import type { SlicedSession } from './sliced-session.js';

const MAX_ACTIVATION_BYTES = 67108864;

/** The limit where a batch has to be computed in one piece. */
const MAX_WHOLE_BYTES = 1073741824;

/** Room for CSR beyond batches that had too little, for the next ones. */
const SPARE = 1.25;

export interface TrainerOptions extends Omit<SessionOptions, 'rows' | 'accumulate'> {
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  /** Slots and running products to go on from; changed by every step. */
  readonly state: OptimizerState;
  /** Seed of dropout and noise. */
  readonly seed: number;
  /** Batches whose activations and deltas take more bytes than this are computed in parts. */
  readonly maxActivationBytes?: number;
  /**
   * SlicedSession, to compute every step in slices, between which the host may have its turn. Given as the
   * class, so that what only computes whole steps does not load it.
   */
  readonly sliced?: typeof SlicedSession;
}

/** Updates a network step by step. */
export class Trainer {
  #session: Session;
  #options: TrainerOptions;
  /** The options that steps read. */
  #perStep: StepOptions;
  /** The last update that came in pieces: it may be under way. */
  #update: Pieces<void> | undefined;

  /** A trainer whose data set is in its arena. */
  static *open(options: TrainerOptions): Pieces<Trainer> {
    const session = yield* openSession(options);
    yield* loadSlots(session, options, options.state.slots);
    return new Trainer(options, session);
  }

  private constructor(options: TrainerOptions, session: Session) {
    this.#options = options;
    this.#perStep = stepOptions(options);
    this.#session = session;
  }

  /** Where the steps are computed. A new one takes its place when a batch is larger than all before. */
  get session(): Session {
    return this.#session;
  }

  /** The block of all parameters: a view, until the next step. */
  parameters(): Float32Array<ArrayBuffer> {
    return this.#session.parameters();
  }

  setParameters(block: Float32Array): void {
    this.#session.setParameters(block);
  }

  *setParametersInPieces(block: Float32Array): Pieces<void> {
    yield* this.#session.setParametersInPieces(block);
  }

  get #updates(): UpdatesPlan {
    return this.session.plan.updates as UpdatesPlan;
  }

  /** One update from the rows `batch`; the batch's mean loss before it, penalties included. */
  step(dataset: Dataset, batch: Int32Array, rate: number, each?: (part: Int32Array) => void): number {
    this.#makeRoom(dataset, batch);
    this.#writeKeys();
    const total = this.#session.writeScale(dataset, batch);
    this.#writeRecords(total, rate);
    return this.#session.step(dataset, batch, true, each, total);
  }

  /** True if steps come in slices. */
  get sliced(): boolean {
    return this.#perStep.sliced !== undefined;
  }

  /** From now on, compute every step in slices. The bits stay. */
  *slice(sliced: typeof SlicedSession): Pieces<void> {
    yield* this.#reopen({ sliced });
  }

  /**
   * The gradients of a step, and its loss, for `finishInPieces`. Given up on the way, it leaves everything as
   * it was.
   */
  *beginInPieces(dataset: Dataset, batch: Int32Array, each?: (part: Int32Array) => void): Pieces<number> {
    this.#makeRoom(dataset, batch);
    this.#writeKeys();
    return yield* (this.session as SlicedSession).gradientsInPieces(dataset, batch, true, each);
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
    const { state, optimizer } = this.#perStep;
    const scalars = nextScalars(optimizer, state, rate);
    const normaliser = this.#perStep.penaltyPerRow ? total : 1;
    this.session.plan.parameters.forEach((parameter, i) => {
      if (parameter.trainable)
        this.#writeRecord(parameter, this.#updates.records[i], scalars, rate, normaliser);
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
    for (const slot of this.#slots()) slots.push(yield* sliceInPieces(slot));
    this.#options.state.slots = slots;
  }

  /** Views of the slots. */
  #slots(): Float32Array[] {
    const { arena, plan } = this.session;
    return this.#updates.slots.map((offset) => arena.floats(offset, plan.blockLength));
  }

  #makeRoom(dataset: Dataset, batch: Int32Array): void {
    const { batchSize } = this.#perStep;
    if (batch.length > batchSize) runAtOnce(this.#reopen({ batchSize: batch.length }));
    const capacity = this.session.capacityFor(dataset, batch);
    if (capacity !== undefined) runAtOnce(this.#reopen({ nnzCapacity: Math.ceil(SPARE * capacity) }));
  }

  /** Go on in a new session, which takes the place of the present one when it has all that that one has. */
  *#reopen(changes: Partial<TrainerOptions>): Pieces<void> {
    const options = { ...this.#options, ...changes };
    const session = yield* openSession(options);
    yield* session.setParametersInPieces(this.parameters());
    yield* loadSlots(session, options, this.#slots());
    this.#session = session;
    this.#options = options;
    this.#perStep = stepOptions(options);
  }

  /** The scalars of a parameter's record for the next step. */
  #writeRecord(
    parameter: Parameter,
    record: number,
    scalars: Float32Array,
    rate: number,
    normaliser: number,
  ): void {
    const { f32, i32 } = this.session.arena;
    const { clipValue = Infinity, weightDecay = 0 } = this.#perStep.optimizer;
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
    const { arena, plan } = this.session;
    const { seed, state } = this.#perStep;
    plan.keys.forEach((offset, layer) => {
      if (offset !== 0) arena.i32[offset >>> 2] = hash(hash(hash(seed) ^ state.step) + layer);
    });
  }
}

type StepOptions = Pick<
  TrainerOptions,
  'state' | 'optimizer' | 'penaltyPerRow' | 'seed' | 'batchSize' | 'sliced'
>;

/** A literal, since objects made by spreading have hidden classes of their own, which deoptimize steps. */
function stepOptions({
  state,
  optimizer,
  penaltyPerRow,
  seed,
  batchSize,
  sliced,
}: TrainerOptions): StepOptions {
  return { state, optimizer, penaltyPerRow, seed, batchSize, sliced };
}

function openSession(options: TrainerOptions): Pieces<Session> {
  const { network, dataset, batchSize, maxActivationBytes, sliced } = options;
  const { open } = sliced ?? Session;
  const capacity = options.nnzCapacity ?? (dataset && nnzCapacity(network.spec, dataset.rows, batchSize));
  const inputIsCsr = capacity !== undefined;
  if (needsWhole(options)) {
    if (batchSize > maxRows(network, inputIsCsr, maxActivationBytes ?? MAX_WHOLE_BYTES))
      throw tooLarge(batchSize);
    return open({ ...options, rows: batchSize, accumulate: false });
  }
  const limit = maxRows(network, inputIsCsr, maxActivationBytes);
  return open({ ...options, rows: Math.min(batchSize, limit), accumulate: batchSize > limit });
}

/** Copies slots into a new session; without any, what an optimizer begins with. */
function* loadSlots(
  { arena, plan }: Session,
  { optimizer }: TrainerOptions,
  slots: readonly Float32Array[] | undefined,
): Pieces<void> {
  for (const [i, offset] of (plan.updates as UpdatesPlan).slots.entries()) {
    const slot = slots?.[i];
    if (slot) {
      yield* copied(slot, arena.floats(offset, plan.blockLength));
      continue;
    }
    // Fresh memory is zeroed.
    const [initial, first] = [initialSlot(optimizer), offset >>> 2];
    if (initial === 0) continue;
    yield* ranges(plan.blockLength, 1, (begin, end) => arena.f32.fill(initial, first + begin, first + end));
  }
}

/** Rows whose activations and deltas fit: a multiple of 120 where there are that many.  */
export function maxRows(
  { spec, parameters }: Network,
  inputIsCsr: boolean,
  maxBytes = MAX_ACTIVATION_BYTES,
): number {
  const { shapes } = shapesOf(spec);
  const first = firstTrainable(parameters);
  // The outputs of a convolution that is pooled at once are never in memory.
  const kept = shapes.filter((_, i) => (i === 0 ? !inputIsCsr : !fusesNext(spec, i - 1, first)));
  const bytes = 8 * kept.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const rows = Math.max(1, Math.floor(maxBytes / bytes));
  return rows > 120 ? rows - (rows % 120) : rows;
}

function needsWhole({ network, hostLoss }: TrainerOptions): boolean {
  const { layers, rules } = network.spec;
  const whole = layers.some(
    (layer) =>
      rules[layer.type].needsWholeBatch || ('activityRegularizer' in layer && layer.activityRegularizer),
  );
  return whole || hostLoss !== undefined;
}

function tooLarge(batchSize: number): UnsupportedError {
  return new UnsupportedError(
    `A batch of ${batchSize} rows needs more than 1 GiB of activations, and batch normalization, activity regularizers and custom losses need it in one piece; use a smaller batchSize.`,
  );
}
