/**
 * A single trial: fits an estimator on the training rows of a fold, then scores or predicts its test rows.
 * Not for choosing the trials, which cross-validation.ts and search.ts do.
 */
import { describe } from '../check.js';
import { takeRowsInPieces } from '../data/take.js';
import { LamellaError, ValueError } from '../errors.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Estimator, EstimatorFactory, Params } from '../pipeline/estimator.js';
import { isPlainObject } from '../pipeline/estimator.js';
import { callInSlices } from '../pipeline/slices.js';
import type { Scoring } from './scoring.js';
import { scoredRows, scorerOf } from './scoring.js';

/** Name of the method that gives predictions. */
export type PredictMethod = 'predict' | 'predictProba' | 'predictLogProba' | 'decisionFunction';

/**
 * One fit, and the scores or predictions to compute after it. Plain data, except for scorers and options that
 * are functions. With the same data and factory, a trial always has the same result.
 */
export interface Trial {
  /** Index of the trial in the order of running, from 0. */
  readonly number: number;
  /** Index of the set of options that the trial tries; `fold` is the index of its fold. */
  readonly candidate: number;
  readonly fold: number;
  /** Options to merge into those of the estimator, seeds included. */
  readonly params: Params;
  readonly train: Int32Array;
  readonly test: Int32Array;
  /**
   * Scorer for the test rows, or several by name, and with `train` also for the training rows; undefined: no
   * scores.
   */
  readonly scoring?: { readonly by: Scoring | Readonly<Record<string, Scoring>>; readonly train: boolean };
  /** Method that predicts the test rows; undefined: no predictions. */
  readonly predict?: PredictMethod;
  /** Return the fitted estimator too, and the time that fitting and scoring took. Default false. */
  readonly detailed?: boolean;
}

/** Rows and targets of all trials. */
export interface TrialData {
  readonly x: unknown;
  readonly y: unknown;
}

/** Result of a trial. */
export interface TrialResult extends Pick<Trial, 'number' | 'candidate' | 'fold' | 'params'> {
  readonly testScore?: number;
  readonly trainScore?: number;
  /** Scores by the names of the scorers, where there are several. */
  readonly testScores?: Readonly<Record<string, number>>;
  readonly trainScores?: Readonly<Record<string, number>>;
  /** The fitted estimator of a detailed trial. */
  readonly estimator?: Estimator;
  /** Milliseconds that fitting, and scoring the test rows, of a detailed trial took. */
  readonly fitTimeMs?: number;
  readonly scoreTimeMs?: number;
  /** Predictions for the test rows, and the classes of the fitted estimator. */
  readonly predictions?: unknown;
  readonly classes?: readonly unknown[];
  /** Message of the error if the fit or the scorer failed; missing scores are then `errorScore`. */
  readonly error?: string;
}

/** Data, factory and settings that all trials of an experiment share. */
export interface TrialContext {
  /** Name that errors begin with: 'gridSearch'. */
  readonly owner: string;
  readonly data: TrialData;
  readonly create: EstimatorFactory;
  /** Signal that aborts the trial: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Score for a fit or a scorer that fails; 'raise': the promise rejects. */
  readonly errorScore: number | 'raise';
}

/** Fit a fresh estimator on the training rows; score or predict the test rows. */
export async function runTrial(trial: Trial, context: TrialContext): Promise<TrialResult> {
  const { data, create, signal, errorScore } = context;
  const { number, candidate, fold, params, scoring } = trial;
  const yielder = new Yielder(signal);
  const x = await runInSlices(takeRowsInPieces(data.x, trial.train), yielder);
  const y = await runInSlices(takeRowsInPieces(data.y, trial.train), yielder);
  const estimator = create(params);
  const begin = performance.now();
  let failure: LamellaError | undefined;
  try {
    await (signal ? estimator.fit(x, y, { signal }) : estimator.fit(x, y));
  } catch (error) {
    if (errorScore === 'raise' || !(error instanceof LamellaError)) throw error;
    failure = error;
  }
  const details = trial.detailed ? { estimator, fitTimeMs: performance.now() - begin } : {};
  const result = { number, candidate, fold, params, ...details };
  if (failure) {
    const scores = scoring
      ? scoresFor(scoring, () => errorScore as number)
      : { testScore: errorScore as number };
    return { ...result, ...scores, ...(trial.detailed ? { scoreTimeMs: 0 } : {}), error: failure.message };
  }
  await yielder.pause();
  const xTest = await runInSlices(takeRowsInPieces(data.x, trial.test), yielder);
  const rated = scoring && (await rate(trial, context, scoring, { estimator, x, y, xTest }));
  const predictions = trial.predict && (await predicted(context, estimator, trial.predict, xTest));
  return { ...result, ...rated, ...predictions };
}

interface Fit {
  readonly estimator: Estimator;
  readonly x: unknown;
  readonly y: unknown;
  readonly xTest: unknown;
}

type Scores = Pick<TrialResult, 'testScore' | 'trainScore' | 'testScores' | 'trainScores'>;

/** A value for each scorer and, if it is wanted, for the training rows too. */
function scoresFor(
  { by, train }: NonNullable<Trial['scoring']>,
  score: (part: 'test' | 'train', name: string) => number,
): Scores {
  if (!isPlainObject(by)) {
    return { testScore: score('test', ''), ...(train ? { trainScore: score('train', '') } : {}) };
  }
  const named = (part: 'test' | 'train') =>
    Object.fromEntries(Object.keys(by).map((name) => [name, score(part, name)]));
  return { testScores: named('test'), ...(train ? { trainScores: named('train') } : {}) };
}

/** Scores of a fitted estimator; `errorScore` if the scorer throws. */
async function rate(
  { test, detailed }: Trial,
  { owner, data, signal, errorScore }: TrialContext,
  scoring: NonNullable<Trial['scoring']>,
  { estimator, x, y, xTest }: Fit,
): Promise<Scores & Pick<TrialResult, 'scoreTimeMs' | 'error'>> {
  const { by, train } = scoring;
  const scorers = Object.entries(isPlainObject(by) ? (by as Record<string, Scoring>) : { '': by });
  let failure: string | undefined;
  const score = async (rows: unknown, targets: unknown): Promise<Map<string, number>> => {
    const scored = scoredRows(estimator, rows, targets, signal);
    const scores = new Map<string, number>();
    for (const [name, each] of scorers) {
      try {
        scores.set(name, checkScore(owner, await scorerOf(owner, each)(scored)));
      } catch (error) {
        if (errorScore === 'raise' || signal?.aborted) throw error;
        failure ??= error instanceof Error ? error.message : describe(error);
        scores.set(name, errorScore);
      }
    }
    return scores;
  };
  const yTest = await runInSlices(takeRowsInPieces(data.y, test), new Yielder(signal));
  const begin = performance.now();
  const onTest = await score(xTest, yTest);
  const time = detailed ? { scoreTimeMs: performance.now() - begin } : {};
  const onTrain = train ? await score(x, y) : undefined;
  const scores = scoresFor(scoring, (part, name) => (part === 'test' ? onTest : onTrain!).get(name)!);
  return { ...scores, ...time, ...(failure === undefined ? {} : { error: failure }) };
}

function checkScore(owner: string, score: unknown): number {
  if (typeof score === 'number') return score;
  throw new ValueError(`${owner}: scoring must give a number, but received ${describe(score)}.`);
}

/** @throws ValueError for an estimator that has no such method even after fit */
async function predicted(
  { owner, signal }: TrialContext,
  estimator: Estimator,
  method: PredictMethod,
  x: unknown,
): Promise<Partial<TrialResult>> {
  const predict = (estimator as unknown as Partial<Record<PredictMethod, (x: unknown) => unknown>>)[method];
  if (typeof predict !== 'function') {
    throw new ValueError(`${owner}: method '${method}' needs an estimator that has it.`);
  }
  const predictions = await callInSlices(estimator, method, [x], signal);
  return method === 'predict' ? { predictions } : { predictions, classes: estimator.classes };
}
