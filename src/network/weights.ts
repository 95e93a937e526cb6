// The weights of a network: one block of float32 with all parameters, in host memory until there is an arena
// for it. Networks and sessions have one each; while a session trains, it lends its own to the network. Not
// for the layout of the block (parameters.ts), nor for initial values (initializers.ts).
import type { Arena } from '../engine/arena.js';
import { copied, sliceInPieces } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { packInPieces, unpack } from './parameters.js';
import type { Plan } from './plan.js';

/** A reader that goes on with the weights that it began with. */
export interface Reader {
  /** Those weights, once there are others. */
  kept?: Float32Array;
}

/** The block of all parameters, wherever it lies. */
export class Weights {
  readonly #plan: Pick<Plan, 'parameters' | 'block' | 'blockLength'>;
  /** The block, until it lies in an arena. */
  #own: Float32Array | undefined;
  #arena: Arena | undefined;
  #lender: (() => Float32Array) | undefined;
  readonly #readers = new Set<Reader>();

  /** @param own memory for the block, unless it is attached to an arena before it is used */
  constructor(plan: Pick<Plan, 'parameters' | 'block' | 'blockLength'>, own?: Float32Array) {
    this.#plan = plan;
    this.#own = own;
  }

  /** Floats of the block, padding included. */
  get length(): number {
    return this.#plan.blockLength;
  }

  /** Moves the block to where the plan has its place in an arena. */
  attach(arena: Arena): void {
    if (this.#own) arena.f32.set(this.#own, this.#plan.block >>> 2);
    this.#own = undefined;
    this.#arena = arena;
  }

  /** The block, the lender's if there is one. It may be a view of an arena: copy it before the next call. */
  view(): Float32Array {
    return this.#lender ? this.#lender() : this.#present();
  }

  /** Replaces the block. It is lent no more. */
  set(block: Float32Array): void {
    this.#keep();
    this.#lender = undefined;
    if (this.#arena) this.#arena.f32.set(block, this.#plan.block >>> 2);
    else this.#own = new Float32Array(block);
  }

  /**
   * `set` in pieces, between which `block` must not change. Predictions in between see the lender's block;
   * without a lender there must not be any.
   */
  *setInPieces(block: Float32Array): Pieces<void> {
    if (this.#arena && !this.#lender) {
      this.#keep();
      yield* copied(block, this.#present());
      return;
    }
    const own = this.#arena ? undefined : yield* sliceInPieces(block);
    // A prediction in between may have attached an arena.
    if (this.#arena || !own) return this.set(block);
    this.#keep();
    this.#lender = undefined;
    this.#own = own;
  }

  /** From now on the weights are the block that the lender returns; with undefined, the own block again. */
  lend(lender: (() => Float32Array) | undefined): void {
    if (lender) this.#keep();
    this.#lender = lender;
  }

  /** True while they are a lender's. */
  get lent(): boolean {
    return this.#lender !== undefined;
  }

  /** Copies a lender's block into the arena, where kernels read it. */
  load(): void {
    if (this.#lender) this.#arena?.f32.set(this.#lender(), this.#plan.block >>> 2);
  }

  /** Copies of the parameters from `begin` to before `end`, row-major; default: of all. */
  values(begin = 0, end = this.#plan.parameters.length): Float32Array<ArrayBuffer>[] {
    const block = this.view();
    return this.#plan.parameters.slice(begin, end).map((parameter) => unpack(block, parameter));
  }

  /** Replaces all parameters, given row-major in the order of the plan. */
  setValues(values: readonly ArrayLike<number>[]): void {
    runAtOnce(this.setValuesInPieces(values));
  }

  *setValuesInPieces(values: readonly ArrayLike<number>[]): Pieces<void> {
    const own = this.#readers.size === 0 ? this.#own : undefined;
    const block = own ?? new Float32Array(this.length);
    for (const [i, parameter] of this.#plan.parameters.entries()) {
      yield* packInPieces(block, values[i], parameter);
    }
    if (block !== this.#own) this.set(block);
  }

  /** Begins to read in pieces. To be ended by `endReading`. */
  beginReading(): Reader {
    const reader: Reader = {};
    this.#readers.add(reader);
    if (this.#lender) this.#keep();
    return reader;
  }

  /** What `work` returns if the weights meanwhile are those with which the reader began. */
  read<T>({ kept }: Reader, work: () => T): T {
    if (!kept) return work();
    const lender = this.#lender;
    const present = lender ? undefined : this.#present().slice();
    this.#lender = () => kept;
    try {
      return work();
    } finally {
      this.#lender = lender;
      if (present) this.#arena?.f32.set(present, this.#plan.block >>> 2);
    }
  }

  endReading(reader: Reader): void {
    this.#readers.delete(reader);
  }

  /** Before the weights change: keep them for the readers that began with them. */
  #keep(): void {
    if (this.#readers.size === 0) return;
    const kept = this.view().slice();
    for (const reader of this.#readers) reader.kept ??= kept;
  }

  /** The own block, lent or not. */
  #present(): Float32Array {
    return this.#own ?? (this.#arena as Arena).floats(this.#plan.block, this.#plan.blockLength);
  }
}
