import type { Call, KernelName, Kernels, Program } from '../kernels.js';
import { bind, run } from '../kernels.js';
import { LostWorkerError } from '../lost-worker.js';
import type { Pace } from './pace.js';
import type { Lane } from './schedule.js';
import { schedule } from './schedule.js';
import { costOf } from './split.js';
import type { Joining } from './worker.js';
import { CONTROL, LEAVE, SLEEP_MS, SPINS, encode } from './worker.js';

/** Bytes of programs that an arena has room for, per thread. What comes later runs on the calling thread alone. */
const TABLE_BYTES = 262144;

/** Milliseconds after which the calling thread gives up. */
const PATIENCE_MS = 1000;

/** How many times longer than estimated a call may take. */
const SLOW = 20;

/** Bytes that an arena sets aside for its threads. */
export function crewBytes(threads: number, scratchBytes: number): number {
  return CONTROL.bytes + threads * TABLE_BYTES + (threads - 1) * align(scratchBytes);
}

export interface CrewOptions {
  readonly threads: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Byte offset of its region. */
  readonly offset: number;
  /** What a call may need as scratch. */
  readonly scratchBytes: number;
  /** Whether the calling thread may sleep: a browser's main thread may not. */
  readonly sleeps: boolean;
  /** Whether a worker is known to have ended. */
  readonly lost: () => boolean;
  readonly send: (joining: (thread: number) => Joining) => void;
  /** Tells whether a program is for all threads; undefined: always. */
  readonly pace?: Pace;
}

/** The threads at work on one arena. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #names: readonly KernelName[];
  readonly #words: Int32Array;
  readonly #table: Float64Array;
  /** Byte offset of the next program, and where there is no more room. */
  #next: number;
  readonly #end: number;
  #left = false;
  #failed = false;

  constructor(options: CrewOptions) {
    const { threads, module, memory, kernels, offset, send } = options;
    this.#options = options;
    this.#names = Object.keys(kernels) as KernelName[];
    this.#words = new Int32Array(memory.buffer, offset, CONTROL.bytes >>> 2);
    this.#table = new Float64Array(memory.buffer);
    this.#next = offset + CONTROL.bytes;
    this.#end = this.#next + threads * TABLE_BYTES;
    send((thread) => ({ module, memory, control: offset, thread, threads, names: this.#names }));
  }

  /** The calls as a program that all threads run, or one where that is faster; when it returns, the workers are idle. */
  bind(calls: readonly Call[]): Program {
    const { kernels, threads, pace } = this.#options;
    const lanes = schedule(calls, threads, (thread) => this.#scratch(thread));
    const program = lanes.slice(1).some((lane) => lane.length > 0) ? this.#write(lanes) : undefined;
    if (program === undefined) return bind(kernels, calls);
    const cost = calls.reduce((sum, call) => sum + costOf(call), 0);
    const patience = PATIENCE_MS + (SLOW * cost) / 1e6;
    const meet = (): void => this.#meet(patience);
    const own = lanes[0].flatMap((call) => (call ? bind(kernels, [call]) : [meet]));
    const together = [() => this.#announce(program), ...own, meet];
    if (!pace) return together;
    const alone = bind(kernels, calls);
    return [() => run(pace.shared ? together : alone)];
  }

  /** Send the workers away. The arena's programs cannot be run any more. */
  leave(): void {
    if (!this.#left) this.#announce(LEAVE);
    this.#left = true;
  }

  /** Whether all workers wait for programs. */
  get ready(): boolean {
    const { threads, lost } = this.#options;
    return Atomics.load(this.#words, CONTROL.joined) === threads - 1 && !lost();
  }

  /** Whether a meeting has failed. */
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
    if (program !== LEAVE && (this.#left || lost())) throw new LostWorkerError();
    Atomics.store(this.#words, CONTROL.program, program);
    kernels.announce(offset + 4 * CONTROL.command);
  }

  #meet(patience: number): void {
    const { kernels, offset, threads } = this.#options;
    const generation = Atomics.load(this.#words, CONTROL.generation);
    if (kernels.barrier(offset, threads, SPINS) !== 0) this.#waitWhile(generation, patience);
  }

  /** Counts its waits rather than the clock, which goes on while a computer sleeps. */
  #waitWhile(generation: number, patience: number): void {
    const { kernels, offset, sleeps } = this.#options;
    for (let waited = 0; waited < patience && Atomics.load(this.#words, CONTROL.poison) === 0;) {
      const begin = performance.now();
      if (sleeps) Atomics.wait(this.#words, CONTROL.generation, generation, SLEEP_MS);
      else kernels.awaitChange(offset + 4, generation, SPINS);
      if (Atomics.load(this.#words, CONTROL.generation) !== generation) return;
      waited += Math.min(SLEEP_MS, performance.now() - begin);
    }
    this.#failed = true;
    Atomics.store(this.#words, CONTROL.poison, 1);
    throw new LostWorkerError();
  }
}

/** Whole cache lines. */
function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
