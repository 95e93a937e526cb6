import type { Engine } from './engines.js';
import { requestedThreads, trackThreads } from './engines.js';
import type { ThreadTeam } from './threads/team.js';

/** Floating-point operations of a step, as if no input were 0, from which threads are tried. */
const MIN_FLOPS = 5e6;

/** Floating-point operations of a step that keep one thread more than two busy. */
const FLOPS_PER_THREAD = 4e7;

export interface TeamRequest {
  readonly engine: Engine;
  /** Undefined: the value passed to `init`. */
  readonly threads: number | 'auto' | undefined;
  /** Floating-point operations of a training step. */
  readonly flops: number;
}

/**
 * Runs `body` with a team of threads, or with undefined where one thread is asked for, or all that there is.
 */
export async function withTeam<T>(
  { engine, threads = requestedThreads(), flops }: TeamRequest,
  body: (team: ThreadTeam | undefined) => Promise<T>,
): Promise<T> {
  const max = threads === 'auto' ? usefulThreads(flops) : threads;
  const team = max < 2 ? undefined : await loadTeam(engine, max, threads === 'auto');
  const done = trackThreads(() => (team && (team.tuner?.prefersParallel ?? true) ? team.threads : 1));
  try {
    return await body(team);
  } finally {
    done();
    team?.release();
  }
}

/** Threads that a step might keep busy. */
function usefulThreads(flops: number): number {
  return flops < MIN_FLOPS ? 1 : Math.max(2, Math.floor(flops / FLOPS_PER_THREAD));
}

/** Undefined where threads cannot even be loaded. */
async function loadTeam(engine: Engine, max: number, automatic: boolean): Promise<ThreadTeam | undefined> {
  const threading = await import('./threads/team.js').catch(() => undefined);
  return threading?.acquireTeam(
    engine,
    automatic ? Math.min(max, threading.availableThreads()) : max,
    automatic,
  );
}
