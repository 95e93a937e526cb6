/**
 * The arena: one memory with an instance of the kernels on it. Its offsets are planned in src/network;
 * kernels are called through the programs that it binds, on one thread or on those of a team (threads/).
 */
import { mebibytes } from '../budget.js';
import { UnsupportedError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { Engine } from './engines.js';
import type { Call, Kernels, Program } from './kernels.js';
import { bind } from './kernels.js';
import type { ArenaThreads } from './threads/arena-threads.js';
import type { ThreadTeam } from './threads/team.js';
import type { ThreadTuner } from './threads/tuner.js';

const PAGE = 65536;
const MAX_PAGES = 65536;
/** int32 values in a page of the operating system, 4 KiB. */
const OS_PAGE_LENGTH = 1024;
/**
 * A runtime that refuses no more bytes than these has too many memories: each reserves 8 GiB of addresses.
 */
const MAX_SMALL_BYTES = 268435456;

/**
 * One memory, created at the size that a plan needs and never grown. Offsets are in bytes. Dropping the arena
 * frees it.
 */
export class Arena {
  readonly f32: Float32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;
  readonly i32: Int32Array<ArrayBuffer>;
  readonly u8: Uint8Array<ArrayBuffer>;
  readonly #kernels: Kernels;
  readonly #threads: ArenaThreads | undefined;
  readonly #tuner: ThreadTuner | undefined;

  /**
   * Creates a memory of at least `bytes` bytes. With a team, it is shared and all threads run every program,
   * until the team is released or joins another arena. `scratchBytes`: most bytes of scratch that a call
   * needs.
   */
  constructor(engine: Engine, bytes: number, team?: ThreadTeam, scratchBytes = 0) {
    const own = Math.ceil(bytes / 64) * 64;
    const memory = createMemory(own + (team?.bytes(scratchBytes) ?? 0), team !== undefined);
    const instance = new WebAssembly.Instance(team?.module ?? engine.module, { env: { memory } });
    this.#kernels = instance.exports as unknown as Kernels;
    this.f32 = new Float32Array(memory.buffer as ArrayBuffer);
    this.f64 = new Float64Array(memory.buffer as ArrayBuffer);
    this.i32 = new Int32Array(memory.buffer as ArrayBuffer);
    this.u8 = new Uint8Array(memory.buffer as ArrayBuffer);
    this.#tuner = team?.tuner;
    this.#threads = team?.join({ memory, kernels: this.#kernels, offset: own, scratchBytes });
  }

  /** Binds calls to this arena: a program for all threads of the team. */
  bind(calls: readonly Call[]): Program {
    return this.#threads?.bind(calls) ?? bind(this.#kernels, calls);
  }

  /** Decide which threads the step that now begins runs on. */
  beginStep(): void {
    this.#tuner?.beginStep();
  }

  /** Tell how many milliseconds a step of so many rows has computed. */
  endStep(rows: number, milliseconds: number): void {
    this.#tuner?.endStep(rows, milliseconds);
  }

  /** Write tables, each at its offset. */
  write(
    constants: readonly {
      readonly offset: number;
      readonly length: number;
      readonly fill: (to: Int32Array) => void;
    }[],
  ): void {
    for (const { offset, length, fill } of constants) {
      fill(this.i32.subarray(offset >>> 2, (offset >>> 2) + length));
    }
  }

  /**
   * Write to every page of the memory, in pieces: a system hands out a page when it is first written to,
   * which takes longer than most kernels need for its values.
   */
  *claim(): Pieces<void> {
    const { i32 } = this;
    yield* ranges(Math.ceil(i32.length / OS_PAGE_LENGTH), OS_PAGE_LENGTH, (begin, end) => {
      for (let page = begin; page < end; page++) i32[page * OS_PAGE_LENGTH] |= 0;
    });
  }

  /** True if `length` float32 values are all finite. */
  allFinite(offset: number, length: number): boolean {
    return this.#kernels.allFinite(offset, length) === 1;
  }

  /** Σ value² of `length` float32 values. `sum`: the byte offset of a float64 that it may overwrite. */
  sumSquares(sum: number, offset: number, length: number): number {
    this.#kernels.sumSquares(sum, offset, length);
    return this.f64[sum >>> 3];
  }

  /** A view of `length` float32 values. */
  floats(offset: number, length: number): Float32Array<ArrayBuffer> {
    return this.f32.subarray(offset >>> 2, (offset >>> 2) + length);
  }
}

function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  const refuse = (cause?: unknown): never => {
    const needed = `The network and its batch need ${mebibytes(bytes)} of WebAssembly memory`;
    const why =
      bytes > MAX_SMALL_BYTES
        ? 'this runtime gives less; use fewer units or a smaller batchSize'
        : 'this runtime gives no more; drop models that are no longer used, since every model that has predicted or is being trained has a memory, and a process has addresses for about 10,000';
    throw new UnsupportedError(`${needed}, but ${why}.`, { cause });
  };
  if (pages > MAX_PAGES) return refuse();
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    return refuse(cause);
  }
}
