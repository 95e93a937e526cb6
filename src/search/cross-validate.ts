/**
 * The work of crossValidate: scores by several scorers, times and fitted estimators of every fold; loaded
 * when it is first called. Users call the function of model-selection.ts, which loads this file.
 */
import { boolean, checkOptions, describe } from '../check.js';
import { ValueError } from '../errors.js';
import type { Estimator, EstimatorSource } from '../pipeline/estimator.js';
import { isPlainObject } from '../pipeline/estimator.js';
import type { ScoringOptions } from './experiment.js';
import { experiment, runTasks, scoringSchema } from './experiment.js';
import type { Scoring } from './scoring.js';
import { scorerOf } from './scoring.js';
import type { TrialResult } from './trial.js';

/** How to score: one scorer, an array of names, or several scorers by name. */
export type SeveralScorings = Scoring | readonly string[] | Readonly<Record<string, Scoring>>;

export interface CrossValidateOptions extends Omit<ScoringOptions, 'scoring'> {
  /**
   * A name, a function (estimator, x, y) => number, null for the estimator's own score; or several: an array
   * of names, or an object of names and functions. Default null.
   */
  readonly scoring?: SeveralScorings;
  /** Score the training rows too. Default false. */
  readonly returnTrainScore?: boolean;
  /** Return the estimator that each fold has fitted. Default false. */
  readonly returnEstimator?: boolean;
}

/** Scores of every fold: by name if several scorers were given. */
export type FoldScores<S> = S extends readonly (infer Name extends string)[]
  ? Record<Name, number[]>
  : S extends string | ((...args: never[]) => unknown) | null | undefined
    ? number[]
    : { [Name in keyof S]: number[] };

/** Result of crossValidate; every array has one entry per fold. */
export interface CrossValidateResult<E, S> {
  /** Scores of the test rows. */
  readonly testScore: FoldScores<S>;
  /** Scores of the training rows, with `returnTrainScore`. */
  readonly trainScore?: FoldScores<S>;
  /** Milliseconds that `fit` took. */
  readonly fitTimeMs: number[];
  /** Milliseconds that scoring the test rows took. */
  readonly scoreTimeMs: number[];
  /** The fitted estimators, with `returnEstimator`. */
  readonly estimators?: E[];
  /** Messages of failed fits and scorers, where `errorScore` is given. */
  readonly errors?: string[];
}

/** Scores, times and estimators of every fold: the work of crossValidate in model-selection.ts. */
export async function crossValidate(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: CrossValidateOptions = {},
): Promise<CrossValidateResult<Estimator, any>> {
  const schema = { ...scoringSchema, returnTrainScore: boolean, returnEstimator: boolean };
  const { scoring, returnTrainScore = false, ...given } = checkOptions('crossValidate', options, schema);
  const by = readScoring('crossValidate', scoring);
  const run = await experiment('crossValidate', estimator, { x, y }, given);
  const rated = { by, train: returnTrainScore };
  const results = await runTasks(
    run,
    run.folds.map((fold, i) => ({ candidate: 0, fold: i, ...fold, scoring: rated, detailed: true })),
  );
  const errors = results.flatMap(({ error }) => error ?? []);
  return {
    testScore: gathered(by, results, 'test'),
    ...(returnTrainScore ? { trainScore: gathered(by, results, 'train') } : {}),
    fitTimeMs: results.map(({ fitTimeMs }) => fitTimeMs!),
    scoreTimeMs: results.map(({ scoreTimeMs }) => scoreTimeMs!),
    ...(given.returnEstimator ? { estimators: results.map((result) => result.estimator!) } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

/** One scorer, or several by name, all of them known. */
function readScoring(owner: string, scoring: unknown): Scoring | Readonly<Record<string, Scoring>> {
  if (!Array.isArray(scoring) && !isPlainObject(scoring)) {
    scorerOf(owner, scoring as Scoring);
    return (scoring ?? null) as Scoring;
  }
  const list: [string, Scoring][] = Array.isArray(scoring)
    ? scoring.map((name: string) => [name, name])
    : Object.entries(scoring as Record<string, Scoring>);
  if (list.length === 0 || new Set(list.map(([name]) => name)).size < list.length) {
    throw new ValueError(
      `${owner}: scoring must name at least 1 scorer, and each once, but received ${describe(scoring)}.`,
    );
  }
  for (const [, each] of list) scorerOf(owner, each);
  return Object.fromEntries(list);
}

function gathered(
  by: Scoring | Readonly<Record<string, Scoring>>,
  results: readonly TrialResult[],
  part: 'test' | 'train',
): number[] | Record<string, number[]> {
  if (!isPlainObject(by)) return results.map((result) => result[`${part}Score`]!);
  return Object.fromEntries(
    Object.keys(by).map((name) => [name, results.map((result) => result[`${part}Scores`]![name])]),
  );
}
