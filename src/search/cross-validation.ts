/**
 * Implements crossValScore, crossValPredict, learningCurve and validationCurve. model-selection.ts, which has
 * their public declarations, loads this file when one of them is first called. Not for searches (search.ts).
 */
import { checkOptions, oneOf, describe, anything, boolean, listOf, number, text } from '../check.js';
import { encodeLabels, rowLabels } from '../data/labels.js';
import { ValueError, ShapeError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { isTypedArray, readList } from '../ndarray.js';
import type { EstimatorSource, Estimator, Params } from '../pipeline/estimator.js';
import type { ExperimentOptions, ScoringOptions, Experiment, Task } from './experiment.js';
import { experiment, experimentSchema, runTasks, scoringSchema, checkCandidates } from './experiment.js';
import type { Fold } from './folds.js';
import type { PredictMethod } from './trial.js';
import { checkNdArray } from '../ndarray/read.js';
import type { TypedArrayConstructor } from '../ndarray/types.js';
import type { Rule } from '../check.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import { foldSchema } from './folds.js';
import { combinations } from './grid.js';

/** Scores of an estimator on each fold: the work of crossValScore in model-selection.ts. */
export async function crossValScore(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: ScoringOptions = {},
): Promise<number[]> {
  const given = checkOptions('crossValScore', options, scoringSchema);
  const run = await experiment('crossValScore', estimator, { x, y }, given);
  const scoring = { by: given.scoring ?? null, train: false };
  const tasks = run.folds.map((fold, i) => ({ candidate: 0, fold: i, ...fold, scoring }));
  const results = await runTasks(run, tasks);
  return results.map(({ testScore }) => testScore!);
}

export interface CrossValPredictOptions extends ExperimentOptions {
  /** The estimator's method to call on the test rows. Default 'predict'. */
  readonly method?: PredictMethod;
}

/**
 * A prediction for every row by an estimator fitted without it: the work of crossValPredict in
 * model-selection.ts.
 */
export async function crossValPredict(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: CrossValPredictOptions = {},
): Promise<any> {
  const method = oneOf<PredictMethod>(['predict', 'predictProba', 'predictLogProba', 'decisionFunction']);
  const given = checkOptions('crossValPredict', options, { ...experimentSchema, method });
  const run = await experiment('crossValPredict', estimator, { x, y }, given);
  checkPartition(run.folds, run.rows);
  const predict = given.method ?? 'predict';
  const results = await runTasks(
    run,
    run.folds.map((fold, i) => ({ candidate: 0, fold: i, ...fold, predict })),
  );
  const wide = predict !== 'predict' && results.some(({ predictions }) => isMatrix(predictions));
  const all = wide ? encodeLabels(rowLabels(y, 'y')).classes : [];
  const absent = {
    predict: 0,
    predictProba: 0,
    predictLogProba: -Infinity,
    decisionFunction: -3.4028234663852886e38,
  };
  const parts = results.map(({ predictions, classes }, i) => ({
    rows: run.folds[i].test,
    values: wide
      ? alignClasses(predictions as NdArray<TypedArray>, classes, all, absent[predict])
      : predictions,
  }));
  return gatherRows(parts, run.rows);
}

function isMatrix(predictions: unknown): boolean {
  return !Array.isArray(predictions) && !isTypedArray(predictions);
}

function checkPartition(folds: readonly Fold[], rows: number): void {
  const times = new Int32Array(rows);
  for (const { test } of folds) for (const row of test) times[row]++;
  const row = times.findIndex((count) => count !== 1);
  if (row < 0) return;
  throw new ValueError(
    `crossValPredict: cv must test every row exactly once, but tests row ${row} ${times[row]} times.`,
  );
}

/** Values for some rows: an array, a typed array, or an NdArray with a row for each. */
interface RowsPart {
  readonly rows: Int32Array;
  readonly values: unknown;
}

/**
 * All parts joined in the order of the rows, as an array, typed array or NdArray, whichever the parts are.
 */
function gatherRows(parts: readonly RowsPart[], rows: number): unknown {
  const read = parts.map(({ rows: numbers, values }) => ({
    rows: numbers,
    values: readPart(values, numbers.length),
  }));
  const first = read[0].values;
  if (Array.isArray(first)) {
    const all = new Array<unknown>(rows);
    for (const { rows: numbers, values } of read) {
      if (!Array.isArray(values)) throw otherKind(first, values);
      numbers.forEach((row, i) => {
        all[row] = (values as readonly unknown[])[i];
      });
    }
    return all;
  }
  const bad = read.find(
    ({ values }) => isTypedArray(values) !== isTypedArray(first) || Array.isArray(values),
  );
  if (bad) throw otherKind(first, bad.values);
  if (isTypedArray(first)) return blocks(read as TypedParts, rows, 1);
  const { data, shape } = first as NdArray<TypedArray>;
  const width = data.length / shape[0];
  const inner = read.map((part) => {
    const values = part.values as NdArray<TypedArray>;
    if (values.data.length === width * part.rows.length) return { rows: part.rows, values: values.data };
    throw new ShapeError(
      `Predictions must have the same width in all folds, ${width} values per row, but received ${values.data.length} for ${part.rows.length} rows.`,
    );
  });
  return { data: blocks(inner, rows, width), shape: [rows, ...shape.slice(1)] };
}

/**
 * Checked predictions of an estimator, which may be the caller's own. @throws ShapeError, ValueError unless
 * there is one per row
 */
function readPart(values: unknown, rows: number): readonly unknown[] | TypedArray | NdArray<TypedArray> {
  const read = readList(values, 'predictions') ?? checkNdArray(values as NdArray<TypedArray>, 'predictions');
  const length = 'shape' in read ? read.shape[0] : read.length;
  if (length === rows) return read;
  throw new ShapeError(
    `Predictions must have one entry for each of ${rows} rows, but received ${length ?? 'a number'}.`,
  );
}

function otherKind(first: unknown, received: unknown): ValueError {
  return new ValueError(
    `Predictions must be of the same kind in all folds, ${describe(first)}, but received ${describe(received)}.`,
  );
}

type TypedParts = readonly { readonly rows: Int32Array; readonly values: TypedArray }[];

function blocks(parts: TypedParts, rows: number, width: number): TypedArray {
  const all = new (parts[0].values.constructor as TypedArrayConstructor)(rows * width);
  for (const { rows: numbers, values } of parts) {
    numbers.forEach((row, i) => all.set(values.subarray(i * width, (i + 1) * width), row * width));
  }
  return all;
}

/**
 * Columns for some classes spread over the columns of all classes; classes that a fold did not see get
 * `absent`.
 */
function alignClasses(
  predictions: NdArray<TypedArray>,
  classes: readonly unknown[] | undefined,
  all: readonly unknown[],
  absent: number,
): NdArray<TypedArray> {
  const { data, shape } = checkNdArray(predictions, 'predictions');
  const [rows, width] = shape;
  if (classes === undefined || width !== classes.length || width === all.length) return { data, shape };
  const places = classes.map((label) => all.indexOf(label));
  const wide = new (data.constructor as TypedArrayConstructor)(rows * all.length).fill(absent);
  for (let row = 0; row < rows; row++) {
    places.forEach((place, j) => {
      wide[row * all.length + place] = data[row * width + j];
    });
  }
  return { data: wide, shape: [rows, all.length] };
}

/** Scores of a curve: one row per value that was varied, one column per fold. */
export interface Curve {
  readonly trainScores: NdArray<Float64Array>;
  readonly testScores: NdArray<Float64Array>;
}

export interface LearningCurve extends Curve {
  /** Number of training rows at each point. */
  readonly trainSizes: number[];
}

export interface LearningCurveOptions extends ScoringOptions {
  /**
   * Numbers of rows to train on: shares of a fold's training rows if all are in (0, 1], else counts. Default
   * [0.1, 0.325, 0.55, 0.775, 1].
   */
  readonly trainSizes?: ArrayLike<number>;
  /** Shuffle a fold's training rows before the first ones are taken. Default false. */
  readonly shuffle?: boolean;
  /** Seed or generator for `shuffle`. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
}

const sizes: Rule<number[]> = listOf(number({ above: 0 }), 1);

/** Scores by the number of training rows: the work of learningCurve in model-selection.ts. */
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

/** Counts of training rows, ascending and distinct, from shares or counts. */
function countsOf(wanted: readonly number[], max: number): number[] {
  const shares = wanted.every((size) => size <= 1);
  const counts = wanted.map((size) => (shares ? Math.min(max, Math.max(1, Math.trunc(size * max))) : size));
  const bad = counts.find((count) => !Number.isInteger(count) || count > max);
  if (bad === undefined) return [...new Set(counts)].sort((a, b) => a - b);
  throw new ValueError(
    `learningCurve: trainSizes must all be shares in (0, 1] or all be counts from 1 to ${max}, the rows that every fold trains on, but received ${describe(bad)}.`,
  );
}

export interface ValidationCurveOptions extends ScoringOptions {
  /** Name of the option to vary; for a pipeline's step, 'step__option'. */
  readonly paramName: string;
  /** Values of the option to try, in order. */
  readonly paramRange: ArrayLike<unknown>;
}

/** Scores by the value of one option: the work of validationCurve in model-selection.ts. */
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
