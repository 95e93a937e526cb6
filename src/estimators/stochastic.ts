import { DivergedError } from '../errors.js';
import { pow } from '../math.js';
import type { Network } from '../model/network.js';
import type { LossSpec } from '../model/losses.js';
import type { OptimizerSpec } from '../model/optimizers.js';
import { gatherable } from '../model/scale.js';
import type { Rows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { ascending } from '../random.js';
import type { Targets } from '../train/data.js';
import { fit, inBatches } from '../train/fit.js';
import { Trainer } from '../train/trainer.js';
import { ConvergenceWarning, LamellaWarning, warn } from '../warnings.js';
import type { FitOptions } from './fit-options.js';
import type { MLPParams } from './options.js';
import type { Optimizer, Progress } from './progress.js';
import { countLoss, countScore } from './stopping.js';

export interface StochasticRequest extends FitOptions {
  readonly params: MLPParams;
  readonly network: Network;
  readonly rows: Rows;
  readonly targets: Targets;
  readonly loss: LossSpec;
  /** Numbers of the rows to train on; all rows if undefined. */
  readonly train?: Int32Array;
  readonly random: RandomState;
  readonly progress: Progress;
  readonly optimizer: Optimizer;
  /** One epoch of many, each in a call of its own. */
  readonly incremental: boolean;
  /** The score of the rows held out, with early stopping. */
  readonly validate?: () => number;
  /** Called when memory is there and the first step is about to begin. */
  readonly onBegin: () => void;
}

/** What a call of fit has come to. */
interface Outcome {
  /** Parameters of the best validation score, if this call has beaten all before it. */
  best?: Float32Array;
  /** Whether maxIter was reached without a reason to stop. */
  unconverged: boolean;
}

/** Epochs of sgd or adam with scikit-learn's shuffles, schedules, stopping and messages. */
export async function fitStochastic(request: StochasticRequest): Promise<void> {
  const { params, network, progress, optimizer, incremental, signal } = request;
  const outcome: Outcome = { unconverged: false };
  const batchSize = chooseBatchSize(request);
  const dataset = { rows: gatherable(request.rows), targets: request.targets };
  const trainer = new Trainer({
    network,
    dataset,
    loss: request.loss,
    optimizer: specOf(optimizer.params),
    state: optimizer.state,
    batchSize,
    predictions: false,
    penaltyPerRow: true,
    seed: 0,
  });
  const order = epochOrder(request);
  const run = fit({
    network,
    trainer,
    batches: () => inBatches(dataset, order(), batchSize),
    firstEpoch: 1,
    lastEpoch: incremental ? 1 : params.maxIter,
    rate: () => optimizer.rate,
    signal,
    async onEpoch({ loss }) {
      const finished = endEpoch(request, outcome, loss);
      const validationScore = request.validate && progress.validationScores.at(-1);
      await request.onEpoch?.({ epoch: progress.nIter, loss, validationScore });
      signal?.throwIfAborted();
      return finished;
    },
  });
  await run.catch((error: unknown) => {
    if (error instanceof DivergedError) progress.optimizer = undefined;
    throw error;
  });
  if (outcome.best) network.setPacked(outcome.best);
  if (outcome.unconverged) warnUnconverged(params);
}

function specOf({ solver, momentum, nesterovsMomentum, beta1, beta2, epsilon }: MLPParams): OptimizerSpec {
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
  const message = `Got \`batchSize\` less than 1 or larger than sample size. It is going to be clipped: ${batchSize} rows asked for, ${rows} training rows there.`;
  warn(new LamellaWarning(message), onWarning);
  return rows;
}

/** order ← order[permutation], anew from 0 … n − 1 in every call; row numbers of the whole data set come out. */
function epochOrder({ params, rows, train, random, onBegin }: StochasticRequest): () => Int32Array {
  let order: Int32Array | undefined;
  return () => {
    if (!order) {
      onBegin();
      order = train ?? ascending(rows.rows);
    }
    const previous = order;
    if (params.shuffle) order = random.permutation(previous.length).map((position) => previous[position]);
    return order;
  };
}

/** Book an epoch and print it; true when training is to stop. */
function endEpoch(request: StochasticRequest, outcome: Outcome, loss: number): boolean {
  const { params, progress, network, validate, incremental } = request;
  progress.nIter += 1;
  progress.t += trainingRows(request);
  progress.lossCurve.push(loss);
  if (params.verbose) console.log(`Iteration ${progress.nIter}, loss = ${loss.toFixed(8)}`);
  if (validate) {
    const score = validate();
    progress.validationScores.push(score);
    if (params.verbose) console.log(`Validation score: ${score.toFixed(6)}`);
    if (countScore(progress.stopping, score, params.tol)) outcome.best = network.packed.slice();
  } else {
    countLoss(progress.stopping, loss, params.tol);
  }
  const finished = schedule(request);
  if (!finished && !incremental && progress.nIter === params.maxIter) outcome.unconverged = true;
  return finished;
}

/** Change the learning rate; true when training is to stop. */
function schedule({ params, progress, optimizer, validate }: StochasticRequest): boolean {
  const { solver, learningRate, learningRateInit, powerT } = optimizer.params;
  const { tol, nIterNoChange, verbose } = params;
  if (solver === 'sgd' && learningRate === 'invscaling') {
    optimizer.rate = learningRateInit / pow(progress.t + 1, powerT);
  }
  if (progress.stopping.misses <= nIterNoChange) return false;
  const what = validate ? 'Validation score' : 'Training loss';
  const message = `${what} did not improve more than tol=${tol.toFixed(6)} for ${nIterNoChange} consecutive epochs.`;
  const say = (consequence: string): void => {
    if (verbose) console.log(`${message} ${consequence}`);
  };
  if (solver !== 'sgd' || learningRate !== 'adaptive') {
    say('Stopping.');
    return true;
  }
  if (optimizer.rate <= 1e-6) {
    say('Learning rate too small. Stopping.');
    return true;
  }
  optimizer.rate /= 5;
  say(`Setting learning rate to ${optimizer.rate.toFixed(6)}`);
  progress.stopping.misses = 0;
  return false;
}

function warnUnconverged({ maxIter, onWarning }: MLPParams): void {
  const message = `Stochastic Optimizer: Maximum iterations (${maxIter}) reached and the optimization hasn't converged yet.`;
  warn(new ConvergenceWarning(message), onWarning);
}
