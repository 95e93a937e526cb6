import type { Engine } from './engine.js';
import { chosenThreads, useThreads } from './engine.js';
import type { Team } from './threads/team.js';

/** Floating-point operations of a step, as if no input were 0, from which threads are tried. */
const LEAST_FLOPS = 5e6;

/** Floating-point operations of a step that keep one thread more than two busy. */
const FLOPS_PER_THREAD = 4e7;

export interface TeamRequest {
  readonly engine: Engine;
  /** Undefined: what `init` was told. */
  readonly threads: number | 'auto' | undefined;
  /** Floating-point operations of a training step. */
  readonly flops: number;
}

/** Run `body` with a team of threads, or with undefined where one thread is asked for, or all that there is. */
export async function withTeam<T>(
  { engine, threads = chosenThreads(), flops }: TeamRequest,
  body: (team: Team | undefined) => Promise<T>,
): Promise<T> {
  const most = threads === 'auto' ? mostThreads(flops) : threads;
  const team = most < 2 ? undefined : await gatherTeam(engine, most, threads === 'auto');
  const done = useThreads(() => (team && (team.pace?.chosen ?? true) ? team.threads : 1));
  try {
    return await body(team);
  } finally {
    done();
    team?.release();
  }
}

/** Threads that a step might keep busy. */
function mostThreads(flops: number): number {
  return flops < LEAST_FLOPS ? 1 : Math.max(2, Math.floor(flops / FLOPS_PER_THREAD));
}

/** Undefined where threads cannot even be loaded. */
async function gatherTeam(engine: Engine, most: number, automatic: boolean): Promise<Team | undefined> {
  const threading = await import('./threads/team.js').catch(() => undefined);
  return threading?.gather(
    engine,
    automatic ? Math.min(most, threading.availableThreads()) : most,
    automatic,
  );
}
