/**
 * The trainer of a fit: plain for short steps, sliced for those that would hold the host too long. Which one
 * it is changes no bit. Not for trainOnBatch and partialFit, which are one step each.
 */
import { costOfAll } from '../engine/partition.js';
import type { Network } from '../network/network.js';
import { plan } from '../network/plan.js';
import { backwardStep, forwardStep, lossStep } from '../network/steps.js';
import type { Pieces } from '../yielding.js';
import type { TrainerOptions } from './trainer.js';
import { SlicedSession } from './sliced-session.js';
import { maxRows, Trainer } from './trainer.js';

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
