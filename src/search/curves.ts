import type { Rule } from '../check.js';
import { anything, boolean, checkOptions, describe, listOf, number, text } from '../check.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import type { Estimator, EstimatorSource, Params } from './estimator.js';
import type { Experiment, ScoringOptions, Task } from './experiment.js';
import { checkCandidates, experiment, runTasks, scoringSchema } from './experiment.js';
import { foldSchema } from './folds.js';
import { combinations } from './grid.js';

/** Scores by what was varied (rows) and fold (columns). */
export interface Curve {
  readonly trainScores: NdArray<Float64Array>;
  readonly testScores: NdArray<Float64Array>;
}

export interface LearningCurve extends Curve {
  /** How many rows each point was trained on. */
  readonly trainSizes: number[];
}

export interface LearningCurveOptions extends ScoringOptions {
  /**
   * How many rows to train on: shares of a fold's training rows if all are in (0, 1], else counts. Default
   * [0.1, 0.325, 0.55, 0.775, 1].
   */
  readonly trainSizes?: ArrayLike<number>;
  /** Shuffle a fold's training rows before the first ones are taken. Default false. */
  readonly shuffle?: boolean;
  /** With shuffle: a seed, or a generator. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
}

const sizes: Rule<number[]> = listOf(number({ above: 0 }), 1);

/** learningCurve of model-selection.ts. */
export async function learningCurve(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: LearningCurveOptions = {},
): Promise<LearningCurve> {
  const { randomState } = foldSchema;
  const schema = { ...scoringSchema, trainSizes: sizes, shuffle: boolean, randomState };
  const given = checkOptions('learningCurve', options, schema);
  const { trainSizes: wanted = [0.1, 0.325, 0.55, 0.775, 1], shuffle = false, ...rest } = given;
  const run = await experiment('learningCurve', estimator, { x, y }, rest);
  const trainSizes = countsOf(wanted, Math.min(...run.folds.map(({ train }) => train.length)));
  const random = shuffle ? toRandomState(given.randomState) : undefined;
  const folds = run.folds.map(({ train, test }) => ({ train: random?.permutation(train) ?? train, test }));
  const tasks = trainSizes.flatMap((size, candidate) =>
    folds.map(({ train, test }, fold) => ({ candidate, fold, train: train.slice(0, size), test })),
  );
  return { trainSizes, ...(await curve(run, tasks, given.scoring)) };
}

/** Ascending counts of rows, each once. */
function countsOf(wanted: readonly number[], most: number): number[] {
  const shares = wanted.every((size) => size <= 1);
  const counts = wanted.map((size) => (shares ? Math.min(most, Math.max(1, Math.trunc(size * most))) : size));
  const bad = counts.find((count) => !Number.isInteger(count) || count > most);
  if (bad === undefined) return [...new Set(counts)].sort((a, b) => a - b);
  throw new ValueError(
    `learningCurve: trainSizes must all be shares in (0, 1] or all be counts from 1 to ${most}, the rows that every fold trains on, but received ${describe(bad)}.`,
  );
}

export interface ValidationCurveOptions extends ScoringOptions {
  /** The option to vary; of a pipeline's step 'step__option'. */
  readonly paramName: string;
  /** Its values. */
  readonly paramRange: ArrayLike<unknown>;
}

/** validationCurve of model-selection.ts. */
export async function validationCurve(
  estimator: EstimatorSource<Estimator>,
  x: unknown,
  y: unknown,
  options: ValidationCurveOptions,
): Promise<Curve> {
  const schema = { ...scoringSchema, paramName: text, paramRange: anything<ArrayLike<unknown>>() };
  const { paramName, paramRange, ...given } = checkOptions('validationCurve', options, schema);
  if (paramName === undefined || paramRange === undefined) {
    throw new ValueError(
      'validationCurve: paramName and paramRange must be given, but one of them is missing.',
    );
  }
  const candidates: Params[] = combinations('validationCurve', { [paramName]: paramRange });
  const run = await experiment('validationCurve', estimator, { x, y }, given);
  await checkCandidates(run, candidates);
  const tasks = candidates.flatMap((params, candidate) =>
    run.folds.map((fold, i) => ({ candidate, fold: i, params, ...fold })),
  );
  return curve(run, tasks, given.scoring);
}

async function curve(
  run: Experiment,
  tasks: readonly Task[],
  by: ScoringOptions['scoring'] = null,
): Promise<Curve> {
  const results = await runTasks(
    run,
    tasks.map((task) => ({ ...task, scoring: { by, train: true } })),
  );
  const shape = [results.length / run.folds.length, run.folds.length];
  return {
    trainScores: { data: Float64Array.from(results, ({ trainScore }) => trainScore!), shape },
    testScores: { data: Float64Array.from(results, ({ testScore }) => testScore!), shape },
  };
}
