/**
 * Implements gridSearch and randomizedSearch: trials of all candidates on all folds, ranks, and the final
 * fit. model-selection.ts loads this file when one of them is first called. Not for making candidates
 * (grid.ts).
 */
import { boolean, checkOptions, positiveInteger } from '../check.js';
import { ValueError } from '../errors.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import type { Estimator, EstimatorSource, Params } from '../pipeline/estimator.js';
import type { Experiment, ScoringOptions } from './experiment.js';
import { mergeParams, checkCandidates, experiment, runTasks, scoringSchema } from './experiment.js';
import { foldSchema } from './folds.js';
import type { ParamDistributions, ParamGrid } from './grid.js';
import { combinations, drawn } from './grid.js';
import type { TrialResult } from './trial.js';

export interface SearchOptions extends ScoringOptions {
  /** Fit the best set of options once more, on all rows. Default true. */
  readonly refit?: boolean;
  /** Score the training rows too. Default false. */
  readonly returnTrainScore?: boolean;
}

/** Result of one set of options. */
export interface Candidate {
  readonly params: Params;
  /** Score of each test fold. */
  readonly scores: number[];
  readonly meanScore: number;
  /** Standard deviation of the scores. */
  readonly stdScore: number;
  /** 1 for the best; equal means share a rank. NaN ranks last. */
  readonly rank: number;
  readonly trainScores?: number[];
  /** Messages of failed fits, where `errorScore` is given. */
  readonly errors?: string[];
}

export interface SearchResult<E> {
  /**
   * The options with the highest mean score, in the form of setParams; the first such set if several are
   * equal.
   */
  readonly bestParams: Params;
  readonly bestScore: number;
  readonly bestIndex: number;
  /** Estimator with the best options, fitted on all rows; undefined with `refit: false`. */
  readonly bestEstimator: E | undefined;
  /** Candidates in the order in which they were tried. */
  readonly results: Candidate[];
}

const searchSchema = { ...scoringSchema, refit: boolean, returnTrainScore: boolean };

/** A search over all combinations of a grid: the work of gridSearch in model-selection.ts. */
export async function gridSearch<E extends Estimator>(
  estimator: EstimatorSource<E>,
  grid: ParamGrid | readonly ParamGrid[],
  x: unknown,
  y: unknown,
  options: SearchOptions = {},
): Promise<SearchResult<E>> {
  const given = checkOptions('gridSearch', options, searchSchema);
  const candidates = combinations('gridSearch', grid);
  return search(await experiment('gridSearch', estimator, { x, y }, given), candidates, given);
}

export interface RandomizedSearchOptions extends SearchOptions {
  /** Number of sets of options to draw. Default 10. */
  readonly nIter?: number;
  /** Seed or generator for drawing sets of options. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
}

/** A search over randomly drawn sets of options: the work of randomizedSearch in model-selection.ts. */
export async function randomizedSearch<E extends Estimator>(
  estimator: EstimatorSource<E>,
  distributions: ParamDistributions,
  x: unknown,
  y: unknown,
  options: RandomizedSearchOptions = {},
): Promise<SearchResult<E>> {
  const schema = {
    ...searchSchema,
    nIter: positiveInteger,
    randomState: foldSchema.randomState,
  };
  const { nIter = 10, randomState, ...given } = checkOptions('randomizedSearch', options, schema);
  const random = toRandomState(randomState);
  const candidates = drawn('randomizedSearch', distributions, nIter, random);
  return search(await experiment('randomizedSearch', estimator, { x, y }, given), candidates, given);
}

async function search<E extends Estimator>(
  run: Experiment<E>,
  candidates: readonly Params[],
  { scoring = null, returnTrainScore = false, refit = true, signal }: SearchOptions,
): Promise<SearchResult<E>> {
  // Throw for unfit options before the first fit.
  await checkCandidates(run, candidates);
  const rated = { by: scoring, train: returnTrainScore };
  const tasks = candidates.flatMap((params, candidate) =>
    run.folds.map((fold, i) => ({ candidate, fold: i, params, ...fold, scoring: rated })),
  );
  const trials = await runTasks(run, tasks);
  const results = summarize(candidates, trials, returnTrainScore);
  const bestIndex = results.findIndex(({ rank }) => rank === 1);
  const { params: bestParams, meanScore: bestScore } = results[bestIndex];
  if (Number.isNaN(bestScore)) {
    throw new ValueError(
      `${run.owner}: at least one set of options must have a score in all folds, but all have NaN (first error: ${results[0].errors?.[0] ?? 'none'}).`,
    );
  }
  let bestEstimator: E | undefined;
  if (refit) {
    bestEstimator = run.create(mergeParams(run.seeds, bestParams));
    await (signal ? bestEstimator.fit(run.x, run.y, { signal }) : bestEstimator.fit(run.x, run.y));
  }
  return { bestParams, bestScore, bestIndex, bestEstimator, results };
}

function summarize(
  candidates: readonly Params[],
  trials: readonly TrialResult[],
  returnTrainScore: boolean,
): Candidate[] {
  const own: TrialResult[][] = candidates.map(() => []);
  for (const trial of trials) own[trial.candidate].push(trial);
  const scores = own.map((results) => results.map(({ testScore }) => testScore!));
  const ranks = ranksOf(scores.map(meanOf));
  return candidates.map((params, i) => {
    const errors = own[i].flatMap(({ error }) => error ?? []);
    return {
      params,
      scores: scores[i],
      meanScore: meanOf(scores[i]),
      stdScore: spreadOf(scores[i]),
      rank: ranks[i],
      ...(returnTrainScore ? { trainScores: own[i].map(({ trainScore }) => trainScore!) } : {}),
      ...(errors.length > 0 ? { errors } : {}),
    };
  });
}

/** Mean of some scores. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation √(Σ (value − mean)² / count). */
function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}

/** Ranks from 1, the highest first; equals share the lowest of theirs. NaN comes last. */
export function ranksOf(values: readonly number[]): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => b - a);
  const rankOf = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!rankOf.has(value)) rankOf.set(value, i + 1);
  });
  return values.map((value) => rankOf.get(value) ?? sorted.length + 1);
}
