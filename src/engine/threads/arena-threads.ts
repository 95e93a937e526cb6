/**
 * The threads at work on one arena: writes programs into its memory, where the workers read them, announces
 * them, and waits at the end of each. Which thread runs what is decided in schedule.ts.
 */
import { CONTROL_BYTES, ControlWord, Wait } from '../generated/control.js';
import type { Call, KernelName, Kernels, Program } from '../kernels.js';
import { bind, run } from '../kernels.js';
import { LostWorkerError } from '../lost-worker.js';
import { costOfAll } from '../partition.js';
import type { Lane } from './schedule.js';
import { schedule } from './schedule.js';
import type { ThreadTuner } from './tuner.js';
import type { JoinMessage } from './worker.js';
import { encode, PROTOCOL } from './worker.js';

/** Bytes for programs in an arena, per thread. Programs that find no room run on the calling thread alone. */
const PROGRAM_BYTES = 262144;

/**
 * Milliseconds that the calling thread waits, beside what a program is estimated to take, before it gives up.
 */
const PATIENCE_MS = 1000;

/** Largest allowed ratio of a program's time to its estimate. */
const MAX_SLOWDOWN = 20;

/** Bytes that an arena sets aside for its threads. */
export function arenaThreadsBytes(threads: number, scratchBytes: number): number {
  return CONTROL_BYTES + threads * PROGRAM_BYTES + (threads - 1) * align(scratchBytes);
}

export interface ArenaThreadsOptions {
  readonly threads: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Byte offset of the region that is set aside. */
  readonly offset: number;
  /** Bytes of scratch that a call may need. */
  readonly scratchBytes: number;
  /** True if the calling thread may sleep: a browser's main thread may not. */
  readonly maySleep: boolean;
  /** True if a worker is known to have ended. */
  readonly lost: () => boolean;
  readonly send: (message: (thread: number) => JoinMessage) => void;
  /** Tells whether a program is for all threads; undefined: always. */
  readonly tuner?: ThreadTuner;
}

/** The threads at work on one arena. */
export class ArenaThreads {
  readonly #options: ArenaThreadsOptions;
  readonly #names: readonly KernelName[];
  readonly #words: Int32Array;
  readonly #table: Float64Array;
  /** Byte offset of the next program, and the end of the room for programs. */
  #next: number;
  readonly #end: number;
  #left = false;
  #failed = false;

  constructor(options: ArenaThreadsOptions) {
    const { threads, module, memory, kernels, offset, send } = options;
    this.#options = options;
    this.#names = Object.keys(kernels) as KernelName[];
    this.#words = new Int32Array(memory.buffer, offset, CONTROL_BYTES >>> 2);
    this.#table = new Float64Array(memory.buffer);
    this.#next = offset + CONTROL_BYTES;
    this.#end = this.#next + threads * PROGRAM_BYTES;
    send((thread) => ({ module, memory, control: offset, thread, threads, names: this.#names }));
  }

  /**
   * The calls as a program that all threads run, or the calling one alone where that is faster. When it
   * returns, the workers are idle.
   */
  bind(calls: readonly Call[]): Program {
    const { kernels, threads, tuner } = this.#options;
    const lanes = schedule(calls, threads, (thread) => this.#scratch(thread));
    const program = lanes.slice(1).some((lane) => lane.length > 0) ? this.#write(lanes) : undefined;
    if (program === undefined) return bind(kernels, calls);
    const patience = PATIENCE_MS + (MAX_SLOWDOWN * costOfAll(calls)) / 1e6;
    const waitForAll = (): void => this.#waitForAll(patience);
    const own = lanes[0].flatMap((call) => (call ? bind(kernels, [call]) : [waitForAll]));
    const parallel = [() => this.#announce(program), ...own, waitForAll];
    if (!tuner) return parallel;
    const alone = bind(kernels, calls);
    return [() => run(tuner.parallel ? parallel : alone)];
  }

  /** Send the workers away. The arena's programs cannot run any more. */
  leave(): void {
    if (!this.#left) this.#announce(PROTOCOL.leave);
    this.#left = true;
  }

  /** True if all workers wait for programs. */
  get ready(): boolean {
    const { threads, lost } = this.#options;
    return Atomics.load(this.#words, ControlWord.joined) === threads - 1 && !lost();
  }

  /** True if the threads have once waited for each other in vain. */
  get failed(): boolean {
    return this.#failed;
  }

  #scratch(thread: number): number | undefined {
    return thread === 0 ? undefined : this.#end + (thread - 1) * align(this.#options.scratchBytes);
  }

  /** Byte offset of the encoded lanes; undefined if there is no room for them. */
  #write(lanes: readonly Lane[]): number | undefined {
    const { threads } = this.#options;
    const texts = lanes.map((lane, thread) =>
      thread === 0 ? [] : encode([...lane, undefined], this.#names),
    );
    const length = texts.reduce((sum, text) => sum + text.length, threads);
    if (this.#next + 8 * length > this.#end) return undefined;
    const offset = this.#next;
    let at = threads;
    texts.forEach((text, thread) => {
      this.#table[(offset >>> 3) + thread] = at;
      this.#table.set(text, (offset >>> 3) + at);
      at += text.length;
    });
    this.#next += 8 * length;
    return offset;
  }

  #announce(program: number): void {
    const { kernels, offset, lost } = this.#options;
    if (program !== PROTOCOL.leave && (this.#left || lost())) throw new LostWorkerError();
    Atomics.store(this.#words, ControlWord.program, program);
    kernels.announce(offset + 4 * ControlWord.command);
  }

  #waitForAll(patience: number): void {
    const { kernels, offset, threads } = this.#options;
    const generation = Atomics.load(this.#words, ControlWord.generation);
    if (kernels.barrier(offset, threads, PROTOCOL.spins) === Wait.tooShort) {
      this.#waitWhile(generation, patience);
    }
  }

  /** Adds up its own waits rather than reading the clock, which goes on while a computer sleeps. */
  #waitWhile(generation: number, patience: number): void {
    const { kernels, offset, maySleep } = this.#options;
    const { spins, sleepMs } = PROTOCOL;
    for (let waited = 0; waited < patience && Atomics.load(this.#words, ControlWord.poison) === 0;) {
      const begin = performance.now();
      if (maySleep) Atomics.wait(this.#words, ControlWord.generation, generation, sleepMs);
      else kernels.awaitChange(offset + 4 * ControlWord.generation, generation, spins);
      if (Atomics.load(this.#words, ControlWord.generation) !== generation) return;
      waited += Math.min(sleepMs, performance.now() - begin);
    }
    this.#failed = true;
    Atomics.store(this.#words, ControlWord.poison, 1);
    throw new LostWorkerError();
  }
}

/** Rounds bytes up to cache lines. */
function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
