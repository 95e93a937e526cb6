/**
 * A single trial: fits an estimator on the training rows of a fold, then scores or predicts its test rows.
 * Not for choosing the trials, which cross-validation.ts and search.ts do.
 */
import { describe } from '../check.js';
import { takeRowsInPieces } from '../data/take.js';
import { LamellaError, ValueError } from '../errors.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Estimator, EstimatorFactory, Params } from './estimator.js';
import { callInSlices } from './slices.js';
import type { Scoring } from './scoring.js';
import { scorerOf } from './scoring.js';

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
  /** Scorer for the test rows, and with `train` also for the training rows; undefined: no scores. */
  readonly scoring?: { readonly by: Scoring; readonly train: boolean };
  /** Method that predicts the test rows; undefined: no predictions. */
  readonly predict?: PredictMethod;
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
  const result = { number, candidate, fold, params };
  const yielder = new Yielder(signal);
  const x = await runInSlices(takeRowsInPieces(data.x, trial.train), yielder);
  const y = await runInSlices(takeRowsInPieces(data.y, trial.train), yielder);
  const estimator = create(params);
  try {
    await (signal ? estimator.fit(x, y, { signal }) : estimator.fit(x, y));
  } catch (error) {
    if (errorScore === 'raise' || !(error instanceof LamellaError)) throw error;
    const trainScore = scoring?.train ? { trainScore: errorScore } : {};
    return { ...result, testScore: errorScore, ...trainScore, error: error.message };
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

/** Scores of a fitted estimator; `errorScore` if the scorer throws. */
async function rate(
  { test }: Trial,
  { owner, data, signal, errorScore }: TrialContext,
  { by, train }: NonNullable<Trial['scoring']>,
  { estimator, x, y, xTest }: Fit,
): Promise<Pick<TrialResult, 'testScore' | 'trainScore' | 'error'>> {
  const scorer = scorerOf(owner, by);
  let failure: string | undefined;
  const score = async (rows: unknown, targets: unknown): Promise<number> => {
    try {
      return checkScore(owner, await scorer(estimator, rows, targets, signal));
    } catch (error) {
      if (errorScore === 'raise' || signal?.aborted) throw error;
      failure ??= error instanceof Error ? error.message : describe(error);
      return errorScore;
    }
  };
  const yTest = await runInSlices(takeRowsInPieces(data.y, test), new Yielder(signal));
  const testScore = await score(xTest, yTest);
  const trainScore = train ? await score(x, y) : undefined;
  return {
    testScore,
    ...(trainScore === undefined ? {} : { trainScore }),
    ...(failure === undefined ? {} : { error: failure }),
  };
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
