import { fit } from '../train/fit.js';
import type { OptimizerState } from '../train/optimizer.js';
import { newOptimizerState } from '../train/optimizer.js';
import type { Targets } from '../train/data.js';
import type { LossSpec, OptimizerSpec } from '../model/spec.js';
import type { Network } from '../model/network.js';
import type { Rows } from '../ndarray.js';
import { pow } from '../math.js';
import { ascending } from '../random.js';
import type { RandomState } from '../random.js';
import { ConvergenceWarning, LamellaWarning, warn } from '../warnings.js';
import type { MLPParams } from './options.js';
import type { StoppingState } from './stopping.js';
import { countLoss, countScore, newStoppingState } from './stopping.js';

/** What onEpoch is told. */
export interface EpochInfo {
  /** Counted from 1, over all calls that continue this training. */
  readonly epoch: number;
  readonly loss: number;
  /** With early stopping: the score of the rows held out. */
  readonly validationScore?: number;
}

/** What training has come to; survives from call to call with warmStart and partialFit. */
export interface Progress {
  readonly lossCurve: number[];
  readonly validationScores: number[];
  readonly stopping: StoppingState;
  optimizer: OptimizerState;
  nIter: number;
  /** Rows seen in all. */
  t: number;
  /** Learning rate in force. */
  rate: number;
  /** Parameters of the best validation score. */
  best?: Float32Array;
}

export function newProgress(rate: number): Progress {
  return {
    lossCurve: [],
    validationScores: [],
    stopping: newStoppingState(),
    optimizer: newOptimizerState(),
    nIter: 0,
    t: 0,
    rate,
  };
}

export interface StochasticRequest {
  readonly params: MLPParams;
  readonly network: Network;
  readonly rows: Rows;
  readonly targets: Targets;
  readonly loss: LossSpec;
  /** Numbers of the rows to train on; all rows if undefined. */
  readonly train?: Int32Array;
  readonly random: RandomState;
  readonly progress: Progress;
  readonly epochs: number;
  /** The score of the rows held out, with early stopping. */
  readonly validate?: () => number;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (info: EpochInfo) => void | Promise<void>;
}

/** Epochs of sgd or adam with scikit-learn's shuffles, schedules, stopping and messages. */
export async function fitStochastic(request: StochasticRequest): Promise<void> {
  const { params, network, progress, validate } = request;
  let finished = false;
  await fit({
    network,
    rows: request.rows,
    targets: request.targets,
    loss: request.loss,
    optimizer: optimizerOf(params),
    state: progress.optimizer,
    batchSize: chooseBatchSize(request),
    epochs: request.epochs,
    alpha: params.alpha,
    order: epochOrder(request),
    rate: () => progress.rate,
    signal: request.signal,
    async onEpoch({ loss }) {
      const score = record(request, loss);
      await request.onEpoch?.({ epoch: progress.nIter, loss, validationScore: score });
      finished = endEpoch(request);
      return finished;
    },
  });
  if (validate && progress.best) network.setPacked(progress.best);
  if (!finished && progress.nIter === params.maxIter) warnUnconverged(request);
}

function optimizerOf(params: MLPParams): OptimizerSpec {
  const { solver, momentum, nesterovsMomentum, beta1, beta2, epsilon } = params;
  if (solver === 'adam') return { kind: 'adam', beta1, beta2, epsilon };
  return { kind: 'sgd', momentum, nesterov: nesterovsMomentum };
}

function trainingRows({ rows, train }: StochasticRequest): number {
  return train?.length ?? rows.rows;
}

function chooseBatchSize(request: StochasticRequest): number {
  const { batchSize, onWarning } = request.params;
  const rows = trainingRows(request);
  if (batchSize === 'auto') return Math.min(200, rows);
  if (batchSize <= rows) return batchSize;
  const message = `batchSize must be at most the number of training rows, ${rows}, but received ${batchSize}; it is clipped.`;
  warn(new LamellaWarning(message), onWarning);
  return rows;
}

/** order ← order[permutation], anew from 0 … n − 1 in every call; row numbers of the whole data set come out. */
function epochOrder(request: StochasticRequest): () => Int32Array {
  const { params, train, random } = request;
  let order = train ?? ascending(request.rows.rows);
  return () => {
    if (params.shuffle) {
      const previous = order;
      order = random.permutation(previous.length).map((position) => previous[position]);
    }
    return order;
  };
}

/** Book an epoch's loss and, with early stopping, the score of the rows held out. */
function record(request: StochasticRequest, loss: number): number | undefined {
  const { params, progress, network, validate } = request;
  progress.nIter += 1;
  progress.t += trainingRows(request);
  progress.lossCurve.push(loss);
  if (params.verbose) console.log(`Iteration ${progress.nIter}, loss = ${loss.toFixed(8)}`);
  if (!validate) {
    countLoss(progress.stopping, loss, params.tol);
    return undefined;
  }
  const score = validate();
  progress.validationScores.push(score);
  if (params.verbose) console.log(`Validation score: ${score.toFixed(6)}`);
  if (countScore(progress.stopping, score, params.tol)) progress.best = network.packed.slice();
  return score;
}

/** Change the learning rate by its schedule; true when training is to stop. */
function endEpoch({ params, progress, validate }: StochasticRequest): boolean {
  const { solver, learningRate, learningRateInit, powerT, tol, nIterNoChange, verbose } = params;
  const adaptive = solver === 'sgd' && learningRate === 'adaptive';
  if (solver === 'sgd' && learningRate === 'invscaling') {
    progress.rate = learningRateInit / pow(progress.t + 1, powerT);
  }
  if (progress.stopping.misses <= nIterNoChange) return false;
  const what = validate ? 'Validation score' : 'Training loss';
  const message = `${what} did not improve more than tol=${tol.toFixed(6)} for ${nIterNoChange} consecutive epochs.`;
  const say = (what: string): void => {
    if (verbose) console.log(`${message} ${what}`);
  };
  if (!adaptive) {
    say('Stopping.');
    return true;
  }
  if (progress.rate <= 1e-6) {
    say('Learning rate too small. Stopping.');
    return true;
  }
  progress.rate /= 5;
  say(`Setting learning rate to ${progress.rate.toFixed(6)}`);
  progress.stopping.misses = 0;
  return false;
}

function warnUnconverged({ params }: StochasticRequest): void {
  const message = `Stochastic Optimizer: Maximum iterations (${params.maxIter}) reached and the optimization hasn't converged yet.`;
  warn(new ConvergenceWarning(message), params.onWarning);
}
