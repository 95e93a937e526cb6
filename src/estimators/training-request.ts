import type { Network } from '../network/network.js';
import type { Rows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import type { EpochInfo, FitOptions } from './fit-options.js';
import type { Task } from './model.js';
import type { MLPParams } from './options.js';
import type { Progress } from './progress.js';
import type { Pieces } from '../yielding.js';
import type { Judgement, Validate } from './validation.js';

/** A call of fit or partialFit, ready for a solver. */
export interface TrainingRequest extends FitOptions {
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
 * Judge an epoch or iteration by the validation rows, then call `book` and note and print its loss and what
 * validation says, which is returned: an abort on the way leaves nothing of the epoch.
 */
export function* bookEpoch(
  { params, progress, validate }: TrainingRequest,
  loss: number,
  book: () => void,
): Pieces<Judgement | undefined> {
  const judgement = validate && (yield* validate());
  book();
  progress.loss = loss;
  if (params.verbose) console.log(`Iteration ${progress.nIter}, loss = ${loss.toFixed(8)}`);
  if (!judgement) return undefined;
  const { score, loss: validationLoss } = judgement;
  progress.validationScores.push(score);
  if (validationLoss !== undefined) progress.validationLossCurve.push(validationLoss);
  if (params.verbose) console.log(`Validation score: ${score.toFixed(6)}`);
  return judgement;
}

/** What onEpoch is told of the epoch that was booked last. */
export function epochInfo({ params, progress, validate }: TrainingRequest): EpochInfo {
  const { nIter, loss, lossCurve, validationScores, validationLossCurve } = progress;
  const epoch = params.solver === 'lbfgs' ? nIter : lossCurve.length;
  if (!validate) return { epoch, loss };
  const validationLoss = progress.watched ? validationLossCurve.at(-1) : undefined;
  return { epoch, loss, validationScore: validationScores.at(-1), validationLoss };
}
