/**
 * A fitted multi-layer perceptron and how far its training has got: network, curves, counts, optimizer and
 * the rules of stopping; and a call of fit as solvers take it. Not for the steps themselves (stochastic.ts,
 * lbfgs.ts), nor for making a model (training.ts).
 */
import type { Label } from '../data/labels.js';
import type { Activation } from '../network/activations.js';
import type { Network } from '../network/network.js';
import type { OptimizerSpec, OptimizerState } from '../network/optimizers.js';
import { newOptimizerState } from '../network/optimizers.js';
import { resolveOptimizer } from '../network/optimizer-options.js';
import type { Schedule } from '../network/schedules.js';
import type { Rows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import type { Pieces } from '../yielding.js';
import type { EpochInfo, FitOptions, MLPParams } from './options.js';
import type { Task } from './targets.js';

/** A fitted model: the network, and what its attributes and a later fit need. */
export interface Model {
  readonly network: Network;
  /** The options that the network was made by. */
  readonly params: MLPParams;
  readonly progress: Progress;
  readonly outputs: number;
  readonly outActivation: Activation;
  readonly classes: readonly Label[];
}

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

/** Judges a network as it is now. */
export type Validate = () => Pieces<Judgement>;

/** How a network does on the validation rows. */
export interface Judgement {
  readonly score: number;
  /** Where it is asked for. */
  readonly loss?: number;
  /** Number of validation rows. */
  readonly rows: number;
}

/** A call of fit or partialFit, ready for a solver. */
export interface TrainingRequest extends FitOptions {
  /** What early stopping goes by; default: the score. */
  readonly stopBy?: 'score' | 'loss';
  readonly params: MLPParams;
  readonly network: Network;
  readonly rows: Rows;
  readonly task: Task;
  /** Weight of every row; 1 if undefined. */
  readonly weights?: Float32Array;
  /** Numbers of the rows to train on; all rows if undefined. */
  readonly train?: Int32Array;
  readonly random: RandomState;
  /** Seed of dropout. */
  readonly seed: number;
  readonly progress: Progress;
  /** True if training stops by the score of validation rows. */
  readonly stops: boolean;
  /** Judges the network by rows that it is not trained on. */
  readonly validate?: Validate;
  /** Threads to compute on. */
  readonly threads?: number | 'auto';
  /** Called when memory is there and the first step is about to begin. */
  readonly onBegin: () => void;
}

/**
 * Note and print the loss of an epoch or iteration that is counted already, and what validation says.
 * Validate before it is counted: an abort on the way then leaves nothing of the epoch.
 */
export function bookEpoch(
  { params, progress }: TrainingRequest,
  loss: number,
  judgement: Judgement | undefined,
): void {
  progress.loss = loss;
  if (params.verbose) console.log(`Iteration ${progress.nIter}, loss = ${loss.toFixed(8)}`);
  if (!judgement) return;
  const { score, loss: validationLoss } = judgement;
  progress.validationScores.push(score);
  if (validationLoss !== undefined) progress.validationLossCurve.push(validationLoss);
  if (params.verbose) console.log(`Validation score: ${score.toFixed(6)}`);
}

/** The argument of onEpoch for the epoch that was booked last. */
export function epochInfo({ params, progress, validate }: TrainingRequest): EpochInfo {
  const { nIter, loss, lossCurve, validationScores, validationLossCurve } = progress;
  const epoch = params.solver === 'lbfgs' ? nIter : lossCurve.length;
  if (!validate) return { epoch, loss };
  const validationLoss = progress.watched ? validationLossCurve.at(-1) : undefined;
  return { epoch, loss, validationScore: validationScores.at(-1), validationLoss };
}
