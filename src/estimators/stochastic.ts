/**
 * Solvers that go step by step: scikit-learn's shuffles, schedules, stopping and messages around
 * train/fit.ts, and the trainer that partialFit keeps between calls. All rows at once is lbfgs.ts.
 */
import type { Pieces } from '../yielding.js';
import { throwIfAborted, runInSlices, Yielder } from '../yielding.js';
import { LostWorkerError } from '../engine/lost-worker.js';
import type { ThreadTeam } from '../engine/threads/team.js';
import { DivergedError } from '../errors.js';
import { pow } from '../math.js';
import type { Network } from '../network/network.js';
import { toKernelRows } from '../network/scale.js';
import { inBatches, nnzCapacity } from '../network/feed.js';
import { ascending } from '../random.js';
import type { Dataset } from '../network/feed.js';
import type { FitRequest } from '../train/fit.js';
import { fit } from '../train/fit.js';
import { leaseTeam, openTrainer } from '../train/open-trainer.js';
import { Trainer } from '../train/trainer.js';
import { ConvergenceWarning, LamellaWarning, warn } from '../warnings.js';
import { mapped, sliceInPieces } from '../ndarray/values.js';
import type { MLPParams } from './options.js';
import type { Judgement, Optimizer, TrainingRequest } from './model.js';
import {
  newOptimizer,
  solverRate,
  solverSpec,
  countLoss,
  countScore,
  bookEpoch,
  epochInfo,
} from './model.js';

/** The trainer of the last partialFit, so that the next one needs no new memory. */
export interface TrainerCache {
  last?: CachedTrainer;
}

interface CachedTrainer {
  readonly trainer: Trainer;
  readonly network: Network;
  readonly optimizer: Optimizer;
  /** Seed of dropout. */
  readonly seed: number;
}

/** A data set of more values than this goes into an arena of its own, and its trainer is not kept. */
const MAX_GATHERED_VALUES = 262144;

/** A call of fit or partialFit for a solver that goes step by step. */
export interface StochasticRequest extends TrainingRequest {
  /** One epoch of many, each in a call of its own. */
  readonly incremental: boolean;
  /** Where the trainer of the last such call is kept. */
  readonly cache?: TrainerCache;
}

/** Result of a call of fit. */
interface Outcome {
  /** Parameters of the best validation score, if this call has beaten all before it. */
  best?: Float32Array;
  /** True once a warning has told that a validation score was NaN. */
  warnedOfNaN: boolean;
  /** True if maxIter was reached without a reason to stop. */
  unconverged: boolean;
  /** True once the schedule has ended training. */
  finished: boolean;
}

/**
 * Epochs of a solver that goes step by step, with scikit-learn's shuffles, schedules, stopping and messages.
 */
export async function fitStochastic(request: StochasticRequest): Promise<void> {
  const { params, network, progress, incremental } = request;
  const outcome: Outcome = { unconverged: false, warnedOfNaN: false, finished: false };
  const batchSize = chooseBatchSize(request);
  const { team, release } = await leaseTeam({
    engine: network.engine,
    threads: incremental ? 1 : request.threads,
    flops: batchSize * network.trainingFlopsPerRow,
  });
  try {
    await fit(await prepareFit(request, outcome, batchSize, team));
  } catch (error) {
    if (error instanceof DivergedError || error instanceof LostWorkerError) progress.optimizer = undefined;
    throw error;
  } finally {
    release();
  }
  if (outcome.best) network.weights.set(outcome.best);
  if (outcome.unconverged) warnUnconverged(params);
}

/** Opens the trainer, and says what is to be done with batches and epochs. */
async function prepareFit(
  request: StochasticRequest,
  outcome: Outcome,
  batchSize: number,
  team: ThreadTeam | undefined,
): Promise<FitRequest> {
  const { params, network, progress, task, incremental, signal } = request;
  const yielder = new Yielder(signal);
  const optimizer = (incremental && progress.optimizer) || newOptimizer(params);
  const dataset = { rows: toKernelRows(request.rows), targets: task.targets, weights: request.weights };
  const opening = openWith(request, optimizer, dataset, batchSize, team);
  const trainer = await runInSlices(opening, yielder);
  const order = epochOrder(request, yielder, () => {
    progress.optimizer = optimizer;
    request.onBegin();
  });
  const rate = solverRate(optimizer.params);
  return {
    network,
    trainer,
    batches() {
      const rows = order();
      if (!(rows instanceof Promise)) return inBatches(dataset, rows, batchSize);
      return rows.then((shuffled) => inBatches(dataset, shuffled, batchSize));
    },
    firstEpoch: 1,
    lastEpoch: incremental ? 1 : params.maxIter,
    rate: typeof rate === 'function' ? () => rate(optimizer.state.step) : () => optimizer.rate,
    signal,
    hooks: {
      async onEpoch({ loss }) {
        const { validate } = request;
        const judgement = validate && (await runInSlices(validate(), yielder));
        if (endEpoch(request, optimizer, outcome, loss, judgement)) {
          outcome.best = await runInSlices(sliceInPieces(network.weights.view()), yielder);
        }
        await request.onEpoch?.(epochInfo(request));
        throwIfAborted(signal);
        return outcome.finished;
      },
    },
  };
}

/** A trainer for an optimizer: that of the cache, if there is one, or a new one. */
function openWith(
  { network, task, incremental, cache, seed }: StochasticRequest,
  optimizer: Optimizer,
  dataset: Dataset,
  batchSize: number,
  team: ThreadTeam | undefined,
): Pieces<Trainer> {
  const open = (resident: boolean): Pieces<Trainer> =>
    (incremental ? Trainer.open : openTrainer)({
      network,
      dataset: resident ? dataset : undefined,
      nnzCapacity: resident ? undefined : nnzCapacity(network.spec, dataset.rows, batchSize),
      loss: task.loss,
      optimizer: solverSpec(optimizer.params),
      state: optimizer.state,
      batchSize,
      predictions: false,
      penaltyPerRow: true,
      seed,
      team,
    });
  return cache ? cachedTrainer(cache, { network, optimizer, seed }, dataset, open) : open(true);
}

/**
 * A trainer that holds the weights of the network: the one in the cache if it has the same network, optimizer
 * and seed, else a new one by `open`, which is told whether to take the data set into its arena.
 */
function* cachedTrainer(
  cache: TrainerCache,
  { network, optimizer, seed }: Omit<CachedTrainer, 'trainer'>,
  dataset: Dataset,
  open: (resident: boolean) => Pieces<Trainer>,
): Pieces<Trainer> {
  if (dataset.rows.data.length > MAX_GATHERED_VALUES) {
    cache.last = undefined;
    return yield* open(true);
  }
  const { last } = cache;
  if (last?.network === network && last.optimizer === optimizer && last.seed === seed) {
    yield* last.trainer.session.weights.setInPieces(network.weights.view());
    return last.trainer;
  }
  const trainer = yield* open(false);
  cache.last = { network, optimizer, seed, trainer };
  return trainer;
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
  warn(new LamellaWarning(message, 'BATCH_SIZE'), onWarning);
  return rows;
}

/**
 * order ← order[permutation], anew from 0 … n − 1 in every call; row numbers of the whole data set come out.
 */
function epochOrder(
  { params, rows, train, random }: StochasticRequest,
  yielder: Yielder,
  onBegin: () => void,
): () => Int32Array | Promise<Int32Array> {
  let order: Int32Array | undefined;
  function* shuffled(previous: Int32Array): Pieces<Int32Array> {
    const positions = ascending(previous.length);
    yield* random.shuffleInPieces(positions);
    return (order = yield* mapped(positions, positions, (position) => previous[position]));
  }
  return () => {
    if (!order) {
      onBegin();
      order = train ?? ascending(rows.rows);
    }
    return params.shuffle ? runInSlices(shuffled(order), yielder) : order;
  };
}

/** Book an epoch and print it; true if the network is the best by the validation rows so far. */
function endEpoch(
  request: StochasticRequest,
  optimizer: Optimizer,
  outcome: Outcome,
  loss: number,
  judgement: Judgement | undefined,
): boolean {
  const { params, progress, stops, stopBy, incremental } = request;
  progress.nIter += 1;
  progress.t += trainingRows(request);
  progress.lossCurve.push(loss);
  bookEpoch(request, loss, judgement);
  let best = false;
  if (!stops || !judgement) countLoss(progress.stopping, loss, params.tol);
  else {
    const { score, loss: held } = judgement;
    warnIfNaN(request, outcome, judgement);
    best = countScore(progress.stopping, stopBy === 'loss' && held !== undefined ? -held : score, params.tol);
  }
  outcome.finished = schedule(request, optimizer);
  if (!outcome.finished && !incremental && progress.nIter === params.maxIter) outcome.unconverged = true;
  return best;
}

/** Warn, once per fit, that early stopping is judged by a score that is NaN. */
function warnIfNaN(
  { params, progress }: StochasticRequest,
  outcome: Outcome,
  { score, rows }: Judgement,
): void {
  if (!Number.isNaN(score) || outcome.warnedOfNaN) return;
  outcome.warnedOfNaN = true;
  const because = rows === 1 ? ' because a single validation row has no R²' : '';
  const message = `The validation score is NaN in epoch ${progress.nIter}${because}; NaN never counts as an improvement.`;
  warn(new LamellaWarning(message, 'NAN_MONITOR'), params.onWarning);
}

/** Change the learning rate; true when training is to stop. */
function schedule({ params, progress, stops }: StochasticRequest, optimizer: Optimizer): boolean {
  const { solver, learningRate, learningRateInit, powerT } = optimizer.params;
  const { tol, nIterNoChange, verbose } = params;
  if (solver === 'sgd' && learningRate === 'invscaling') {
    optimizer.rate = learningRateInit / pow(progress.t + 1, powerT);
  }
  if (progress.stopping.misses <= nIterNoChange) return false;
  const what = stops ? 'Validation score' : 'Training loss';
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
