import { checkOptions, oneOf, describe } from '../check.js';
import { encodeLabels, rowLabels } from '../data/labels.js';
import { ValueError, ShapeError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { isTypedArray, readList } from '../ndarray.js';
import type { EstimatorSource } from './estimator.js';
import type { ExperimentOptions, ScoringOptions } from './experiment.js';
import { experiment, experimentSchema, runTasks, scoringSchema } from './experiment.js';
import type { Fold } from './folds.js';
import type { PredictMethod } from './trial.js';
import { checkNdArray } from '../ndarray/read.js';
import type { TypedArrayConstructor } from '../ndarray/types.js';

/** crossValScore of model-selection.ts. */
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
  /** What to ask the estimator for. Default 'predict'. */
  readonly method?: PredictMethod;
}

/** crossValPredict of model-selection.ts. */
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

/** All parts in the order of the rows, of the kind that they are of. */
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

/** Predictions of an estimator, which may be the caller's own. @throws ShapeError, ValueError unless there is one per row */
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

/** Columns for some classes as columns for all of them; `absent` stands where a class was unknown. */
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
