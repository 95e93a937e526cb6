/**
 * What training keeps from call to call: curves, counts, the optimizer, and the rules of stopping. Not for
 * the steps themselves (stochastic.ts, lbfgs.ts).
 */
import type { OptimizerSpec, OptimizerState } from '../network/optimizers.js';
import { newOptimizerState } from '../network/optimizers.js';
import { resolveOptimizer } from '../network/optimizer-options.js';
import type { Schedule } from '../network/schedules.js';
import type { MLPParams } from './options.js';

/** An optimizer with its schedule, in the middle of training. partialFit goes on with it. */
export interface Optimizer {
  /** The options as they stood when it was made. */
  readonly params: MLPParams;
  readonly state: OptimizerState;
  /** Learning rate in force, unless the solver has a schedule of its own. */
  rate: number;
}

/** Curves, counts and optimizer of a model; they survive from call to call with warmStart and partialFit. */
export interface Progress {
  readonly lossCurve: number[];
  readonly validationScores: number[];
  readonly validationLossCurve: number[];
  readonly stopping: StoppingState;
  /** Undefined before the first call, and after a divergence, which the optimizer's memory shares. */
  optimizer?: Optimizer;
  /** Loss of the last epoch; NaN before the first. */
  loss: number;
  /** Epochs or iterations of the last call. */
  nIter: number;
  /** Rows seen in all. */
  t: number;
  /** True if the last call stopped by the score of validation rows. */
  validated: boolean;
  /** True if the last call was given validation rows. */
  watched: boolean;
}

export function newOptimizer(params: MLPParams): Optimizer {
  const rate = solverRate(params);
  return { params, state: newOptimizerState(), rate: typeof rate === 'number' ? rate : rate(0) };
}

export function newProgress(): Progress {
  return {
    lossCurve: [],
    validationScores: [],
    validationLossCurve: [],
    stopping: newStoppingState(),
    loss: NaN,
    nIter: 0,
    t: 0,
    validated: false,
    watched: false,
  };
}

/** The update rule of a solver that goes step by step. */
export function solverSpec({
  solver,
  momentum,
  nesterovsMomentum,
  beta1,
  beta2,
  epsilon,
}: MLPParams): OptimizerSpec {
  if (typeof solver === 'object') return resolveOptimizer(solver, 'solver').spec;
  if (solver === 'adam') return { kind: 'adam', beta1, beta2, epsilon };
  return { kind: 'sgd', momentum, nesterov: nesterovsMomentum };
}

/** The learning rate that a solver starts with: a number, or by the number of updates made before. */
export function solverRate({ solver, learningRateInit }: MLPParams): number | Schedule {
  return typeof solver === 'object' ? resolveOptimizer(solver, 'solver').learningRate : learningRateInit;
}

/**
 * When a stochastic solver has done enough: scikit-learn's rules
 * (sklearn/neural_network/_multilayer_perceptron.py).
 */
export interface StoppingState {
  /** Lowest epoch loss so far; ∞ before the first epoch. */
  bestLoss: number;
  /** Highest validation score so far; −∞ before the first. */
  bestScore: number;
  /** Epochs in a row that did not improve. */
  misses: number;
}

export function newStoppingState(): StoppingState {
  return { bestLoss: Infinity, bestScore: -Infinity, misses: 0 };
}

/** Count an epoch by its loss: a miss if it is above best − tol, or NaN. */
export function countLoss(state: StoppingState, loss: number, tol: number): void {
  state.misses = Number.isNaN(loss) || loss > state.bestLoss - tol ? state.misses + 1 : 0;
  if (loss < state.bestLoss) state.bestLoss = loss;
}

/**
 * Count an epoch by its validation score: a miss if it is below best + tol, or NaN. True if it is strictly
 * the best so far, which NaN never is.
 */
export function countScore(state: StoppingState, score: number, tol: number): boolean {
  state.misses = Number.isNaN(score) || score < state.bestScore + tol ? state.misses + 1 : 0;
  if (!(score > state.bestScore)) return false;
  state.bestScore = score;
  return true;
}
