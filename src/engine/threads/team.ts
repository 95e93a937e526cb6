/**
 * A thread team: the calling thread and some workers of the pool, for one training. Finds out how many
 * threads this runtime can have and compiles the binary for shared memory. What the team does on an arena is
 * in arena-threads.ts; this file is a chunk of its own, loaded when threads are asked for.
 */
import { loadBinary } from '../binaries.js';
import type { Engine } from '../engines.js';
import type { Variant } from '../variants.js';
import type { ArenaThreadsOptions } from './arena-threads.js';
import { ArenaThreads, arenaThreadsBytes } from './arena-threads.js';
import type { PoolWorker } from './pool.js';
import { builtin, pool } from './pool.js';
import { ThreadTuner } from './tuner.js';

const MAX_THREADS = 16;

/** Processors that the runtime reports, at least 1 and at most 16. */
export function availableThreads(): number {
  const os = builtin('node:os') as { availableParallelism?: () => number } | undefined;
  const count = os?.availableParallelism?.() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(count, MAX_THREADS));
}

/** True if this runtime can start workers and share memory with them. */
function canShare(): boolean {
  const web = globalThis as { crossOriginIsolated?: boolean; Worker?: unknown };
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (builtin('node:worker_threads')) return true;
  return typeof web.Worker === 'function' && web.crossOriginIsolated === true;
}

/** Threads available for a request. */
export function possibleThreads(threads: number | 'auto'): number {
  if (!canShare()) return 1;
  return threads === 'auto' ? availableThreads() : Math.min(threads, MAX_THREADS);
}

/** True if this thread may sleep: a browser's main thread may not. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

const modules = new Map<Variant, WebAssembly.Module>();

/** The binary with its memory import declared as shared: the same code, one flag of the import section. */
async function sharedModule({ variant }: Engine): Promise<WebAssembly.Module | undefined> {
  const compiled = modules.get(variant);
  if (compiled) return compiled;
  const binary = await loadBinary(variant);
  if (binary instanceof WebAssembly.Module) return undefined;
  const bytes = binary.slice();
  bytes[findMemoryFlag(binary)] |= 2;
  const module = await WebAssembly.compile(bytes);
  modules.set(variant, module);
  return module;
}

/** Position of the limits flag of the import env.memory: it stands behind the names and the kind. */
function findMemoryFlag(bytes: Uint8Array): number {
  const head = [3, ...Array.from('env', charCode), 6, ...Array.from('memory', charCode), 2];
  for (let i = 8; i + head.length < bytes.length; i++) {
    if (head.every((byte, j) => bytes[i + j] === byte)) return i + head.length;
  }
  throw new TypeError('The binary imports no memory named env.memory.');
}

const charCode = (letter: string): number => letter.charCodeAt(0);

/**
 * A team of `threads`, or undefined where threads cannot work or another training has them. An automatic team
 * starts its workers when the training has lasted a while, and uses them where that is faster.
 */
export async function acquireTeam(
  engine: Engine,
  threads: number,
  automatic: boolean,
): Promise<ThreadTeam | undefined> {
  const count = Math.min(threads, MAX_THREADS);
  if (count < 2 || !canShare()) return undefined;
  try {
    const module = await sharedModule(engine);
    if (module && automatic) return new ThreadTeam(count, module);
    const workers = module && (await pool.acquire(count - 1));
    return workers && new ThreadTeam(count, module, workers);
  } catch {
    // Whatever the runtime refuses, one thread can do it all.
    return undefined;
  }
}

/** Threads that work on one arena after another: the calling one and some workers. */
export class ThreadTeam {
  readonly threads: number;
  /** The binary for shared memory. */
  readonly module: WebAssembly.Module;
  /** Tuner that decides whether all threads work; undefined: they always do. */
  readonly tuner: ThreadTuner | undefined;
  #workers: readonly PoolWorker[] | undefined;
  #starting: Promise<void> | undefined;
  /** Tells the workers of the arena, as soon as there are workers. */
  #send: (() => void) | undefined;
  #arena: ArenaThreads | undefined;

  /** Creates a team. With `workers`, all threads always work; without, a tuner starts workers and decides. */
  constructor(threads: number, module: WebAssembly.Module, workers?: readonly PoolWorker[]) {
    this.threads = threads;
    this.module = module;
    this.#workers = workers;
    if (workers) return;
    this.tuner = new ThreadTuner({
      ready: () => this.#arena?.ready ?? false,
      start: () => this.#start(),
      started: pool.size >= threads - 1,
    });
  }

  /** Bytes that the team needs in an arena whose calls need so much scratch. */
  bytes(scratchBytes: number): number {
    return arenaThreadsBytes(this.threads, scratchBytes);
  }

  /** Go to an arena; the one before is left. */
  join(arena: Pick<ArenaThreadsOptions, 'memory' | 'kernels' | 'offset' | 'scratchBytes'>): ArenaThreads {
    const { threads, module, tuner } = this;
    this.#arena?.leave();
    this.#arena = new ArenaThreads({
      ...{ ...arena, threads, module, tuner, maySleep: maySleep() },
      lost: () => this.#workers?.some((worker) => worker.isLost()) ?? false,
      send: (message) => {
        this.#send = () => {
          if (this.#workers) pool.countBytes(arena.memory.buffer.byteLength);
          this.#workers?.forEach((worker, i) => worker.post(message(i + 1)));
        };
        if (this.#workers) this.#send();
      },
    });
    return this.#arena;
  }

  /** Leave the arena, and let others have the workers. */
  release(): void {
    this.#arena?.leave();
    this.#send = undefined;
    const giveBack = (): void => {
      if (this.#arena?.failed) pool.end();
      if (this.#workers) pool.release();
    };
    if (this.#workers) giveBack();
    else void this.#starting?.then(giveBack);
  }

  /** Start the workers in the background. If they do not start, one thread goes on. */
  #start(): void {
    this.#starting = pool.acquire(this.threads - 1, 'background').then(
      (workers) => {
        this.#workers = workers;
        this.#send?.();
      },
      () => undefined,
    );
  }
}
