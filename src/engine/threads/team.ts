import { loadBinary } from '../binaries.js';
import type { Engine, Variant } from '../engine.js';
import type { CrewOptions } from './crew.js';
import { Crew, crewBytes } from './crew.js';
import { Pace } from './pace.js';
import { builtin, pool } from './pool.js';
import { Staff } from './staff.js';

const MOST_THREADS = 16;

/** Threads that work on one arena after the other: the calling one and some workers. */
export interface Team {
  readonly threads: number;
  /** Where threads have to pay for themselves: what finds out. */
  readonly pace?: Pace;
  /** Whether all threads are at work on the arena. */
  readonly ready: boolean;
  /** The binary for shared memory. */
  readonly module: WebAssembly.Module;
  /** Bytes that it needs in an arena whose calls need so much scratch. */
  bytes(scratchBytes: number): number;
  /** Go to an arena; the one before is left. */
  join(arena: Pick<CrewOptions, 'memory' | 'kernels' | 'offset' | 'scratchBytes'>): Crew;
  /** Leave, and let others have the workers. */
  release(): void;
}

/** Processors that this runtime tells of. */
export function availableThreads(): number {
  const os = builtin('node:os') as { availableParallelism?: () => number } | undefined;
  const count = os?.availableParallelism?.() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(count, MOST_THREADS));
}

/** Whether this runtime can start workers and share memory with them. */
function canShare(): boolean {
  const web = globalThis as { crossOriginIsolated?: boolean; Worker?: unknown };
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (builtin('node:worker_threads')) return true;
  return typeof web.Worker === 'function' && web.crossOriginIsolated === true;
}

/** How many threads a wish comes to here. */
export function possibleThreads(threads: number | 'auto'): number {
  if (!canShare()) return 1;
  return threads === 'auto' ? availableThreads() : Math.min(threads, MOST_THREADS);
}

/** A browser's main thread may not. */
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
  const ready = modules.get(variant);
  if (ready) return ready;
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
  const head = [3, ...Array.from('env', code), 6, ...Array.from('memory', code), 2];
  for (let i = 8; i + head.length < bytes.length; i++) {
    if (head.every((byte, j) => bytes[i + j] === byte)) return i + head.length;
  }
  throw new TypeError('The binary imports no memory named env.memory.');
}

const code = (letter: string): number => letter.charCodeAt(0);

/**
 * A team of `threads`, or undefined where threads cannot work or another training has them. An automatic team starts them
 * when the training has lasted a while, and uses them where that is faster.
 */
export async function gather(engine: Engine, threads: number, automatic: boolean): Promise<Team | undefined> {
  const count = Math.min(threads, MOST_THREADS);
  if (count < 2 || !canShare()) return undefined;
  try {
    const module = await sharedModule(engine);
    if (module && automatic) return automaticTeam(count, module);
    const workers = module && (await pool.acquire(count - 1));
    return workers && newTeam(count, module, new Staff(workers));
  } catch {
    // Whatever the runtime refuses, one thread can do it all.
    return undefined;
  }
}

function automaticTeam(threads: number, module: WebAssembly.Module): Team {
  const staff = new Staff();
  const pace: Pace = new Pace({
    ready: () => team.ready,
    start: () => staff.hire(threads - 1),
    started: pool.size >= threads - 1,
  });
  const team = newTeam(threads, module, staff, pace);
  return team;
}

function newTeam(threads: number, module: WebAssembly.Module, staff: Staff, pace?: Pace): Team {
  let crew: Crew | undefined;
  return {
    threads,
    module,
    pace,
    get ready() {
      return crew?.ready ?? false;
    },
    bytes: (scratchBytes) => crewBytes(threads, scratchBytes),
    join(arena) {
      crew?.leave();
      crew = new Crew({
        ...{ ...arena, threads, module, pace, sleeps: maySleep() },
        lost: () => staff.lost,
        send: (joining) => staff.send(joining, arena.memory.buffer.byteLength),
      });
      return crew;
    },
    release() {
      crew?.leave();
      staff.release(crew?.failed ?? false);
    },
  };
}
