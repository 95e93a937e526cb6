/**
 * What a fit trains with: its trainer, plain for short steps and sliced for those that would hold the host
 * too long, and its threads. Which they are changes no bit. Not for trainOnBatch and partialFit, which are
 * one step each.
 */
import type { Engine } from '../engine/engines.js';
import { requestedThreads, trackThreads } from '../engine/engines.js';
import { costOfAll } from '../engine/partition.js';
import type { ThreadTeam } from '../engine/threads/team.js';
import type { Network } from '../network/network.js';
import { maxRows, plan } from '../network/plan.js';
import { backwardStep, forwardStep, lossStep } from '../network/steps.js';
import type { Pieces } from '../yielding.js';
import type { TrainerOptions } from './trainer.js';
import { SlicedSession } from './sliced-session.js';
import { Trainer } from './trainer.js';

/** Nanoseconds of a step, by estimate, from which it is cut. Shorter ones are faster whole. */
const LONG_STEP_NS = 4e7;

/** A trainer with its data set in its arena, in slices if a step is estimated to take more than 40 ms. */
export function openTrainer(options: TrainerOptions): Pieces<Trainer> {
  return Trainer.open({ ...options, sliced: stepCost(options) > LONG_STEP_NS ? SlicedSession : undefined });
}

/**
 * About how many nanoseconds a step takes on one thread; 0 for stored rows, whose zeros cost nothing: time
 * will tell.
 */
function stepCost({ network, loss, optimizer, batchSize, dataset }: TrainerOptions): number {
  if (dataset?.rows.sparse) return 0;
  const rows = Math.min(batchSize, maxRows(network, false));
  const calls = stepCalls(network, rows, { loss, optimizer });
  return costOfAll(calls) * (batchSize / rows);
}

function stepCalls(network: Network, rows: number, options: Pick<TrainerOptions, 'loss' | 'optimizer'>) {
  const whole = plan(network.spec, rows, options);
  return [...forwardStep(whole, rows, true), ...lossStep(whole, rows), ...backwardStep(whole, rows)];
}

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

/** The threads of a training, until they are released. */
export interface TeamLease {
  /** Undefined where one thread is asked for, or all that there is. */
  readonly team: ThreadTeam | undefined;
  readonly release: () => void;
}

/** Takes a team of threads for a training. Whatever becomes of the training, it is to be released. */
export async function leaseTeam({
  engine,
  threads = requestedThreads(),
  flops,
}: TeamRequest): Promise<TeamLease> {
  const max = threads === 'auto' ? usefulThreads(flops) : threads;
  const team = max < 2 ? undefined : await loadTeam(engine, max, threads === 'auto');
  const done = trackThreads(() => (team && (team.tuner?.prefersParallel ?? true) ? team.threads : 1));
  const release = (): void => {
    done();
    team?.release();
  };
  return { team, release };
}

/** Threads that a step might keep busy. */
function usefulThreads(flops: number): number {
  return flops < MIN_FLOPS ? 1 : Math.max(2, Math.floor(flops / FLOPS_PER_THREAD));
}

/** Undefined where threads cannot even be loaded. */
async function loadTeam(engine: Engine, max: number, automatic: boolean): Promise<ThreadTeam | undefined> {
  const threading = await import('../engine/threads/team.js').catch(() => undefined);
  return threading?.acquireTeam(
    engine,
    automatic ? Math.min(max, threading.availableThreads()) : max,
    automatic,
  );
}
