import { checkOptions, oneOf } from '../check.js';
import { encodeLabels, rowLabels } from '../data/labels.js';
import { ValueError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { isTypedArray } from '../ndarray.js';
import type { EstimatorSource } from './estimator.js';
import type { ExperimentOptions, ScoringOptions } from './experiment.js';
import { experiment, experimentSchema, runTasks, scoringSchema } from './experiment.js';
import type { Fold } from './folds.js';
import { alignClasses, gatherRows } from './gather.js';
import type { PredictMethod } from './trial.js';

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
