/**
 * One trial: fit an estimator on the rows of a fold, then score or predict the others. Which trials there
 * are is up to cross-validation.ts and search.ts.
 */
import { describe } from '../check.js';
import { takeRowsInPieces } from '../data/take.js';
import { LamellaError, ValueError } from '../errors.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Estimator, EstimatorFactory, Params } from './estimator.js';
import { callInSlices } from './slices.js';
import type { Scoring } from './scoring.js';
import { scorerOf } from './scoring.js';

/** How an estimator may be asked for predictions. */
export type PredictMethod = 'predict' | 'predictProba' | 'predictLogProba' | 'decisionFunction';

/**
 * One fit and what is wanted of it. Plain data, but for scorers and options that are functions: with the same
 * data and factory a trial has the same result wherever and whenever it runs.
 */
export interface Trial {
  /** 0, 1, … in the order of running. */
  readonly number: number;
  /** Which set of parameters it tries, and which fold. */
  readonly candidate: number;
  readonly fold: number;
  /** Options to lay over those of the estimator, seeds included. */
  readonly params: Params;
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** What to rate the test rows by; undefined: do not. */
  readonly scoring?: { readonly by: Scoring; readonly train: boolean };
  /** What to predict for the test rows. */
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
  /** The message of what the fit or the scorer has failed by; scores that are missing are `errorScore`. */
  readonly error?: string;
}

/** Data, factory and settings that the host of a trial provides. */
export interface TrialContext {
  /** Whose trial it is, for errors. */
  readonly owner: string;
  readonly data: TrialData;
  readonly create: EstimatorFactory;
  /** Aborts: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** The score of a fit or a scorer that fails; 'raise': the promise rejects. */
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

/** The scores of a fitted estimator; that of a scorer that throws is `errorScore`. */
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
