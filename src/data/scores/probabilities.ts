/**
 * Scores of probabilities row by row: logLoss, brierScoreLoss, topKAccuracyScore; and reading scores of
 * classes. Not for scores of ranks (roc-auc.ts, average-precision.ts), nor of predicted labels
 * (classification.ts).
 */
import { anyOf, boolean, checkOptions, describe, oneOf, positiveInteger } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { log } from '../../math.js';
import type { ArrayInput } from '../../ndarray.js';
import { LamellaWarning, warn } from '../../warnings.js';
import type { EncodedLabels, Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import type { LabelRows, ScoreOptions, WarningOption } from './labels.js';
import {
  checkRows,
  distinctLabels,
  label,
  labelList,
  mean,
  onWarning,
  sampleWeight,
  total,
  warnUndefined,
  weightsOr1,
} from './labels.js';
import { columnOf, readNumbers } from './numbers.js';
import { positiveRows, usualPositive } from './positives.js';

/** Labels as indices of their classes, with what a classifier gave for every row and class. */
export interface Scored {
  readonly classes: readonly Label[];
  readonly truth: Int32Array;
  /** (rows, columns), row-major. May be the caller's own array. */
  readonly scores: Float64Array;
  readonly columns: number;
  /** True if the scores came as float32. */
  readonly single: boolean;
}

/**
 * Labels and scores, (rows) or (rows, columns).
 *
 * @param labels all classes, sorted or not; default: those of yTrue
 * @throws ShapeError for unequal lengths, ValueError for scores that are not finite and labels not among
 *   `labels`
 */
export function readScored(
  owner: string,
  yTrue: unknown,
  yScore: unknown,
  labels: readonly Label[] | undefined,
): Scored {
  const list = labelList(owner, yTrue, 'yTrue');
  const { data: scores, rows, columns, single } = readNumbers(owner, yScore, 'yScore', 'classes');
  checkRows(owner, list.length, rows, 'yScore');
  const { classes, indices: truth } = encodeLabels(list, `${owner}: yTrue`);
  const rest = { scores, columns, single };
  if (labels === undefined) return { classes, truth, ...rest };
  return { ...among(owner, { classes, indices: truth }, labels), ...rest };
}

function among(
  owner: string,
  { classes: occurring, indices }: Pick<EncodedLabels, 'classes' | 'indices'>,
  labels: readonly Label[],
): Pick<Scored, 'classes' | 'truth'> {
  const { classes } = encodeLabels(labels, `${owner}: labels`);
  const positions = occurring.map((label) => classes.indexOf(label));
  const missing = positions.indexOf(-1);
  if (missing >= 0) {
    throw new ValueError(
      `${owner}: yTrue must hold only the labels ${describe(classes)}, but received ${describe(occurring[missing])}.`,
    );
  }
  return { classes, truth: indices.map((index) => positions[index]) };
}

export interface LogLossOptions extends ScoreOptions, WarningOption {
  /** All classes; the columns of the probabilities are in their sorted order. Default: those of yTrue. */
  readonly labels?: readonly Label[];
  /** The mean over rows, by weight; false: the sum. Default true. */
  readonly normalize?: boolean;
}

const schema = { labels: distinctLabels, normalize: boolean, sampleWeight, onWarning };

/** Epsilons of float64 and float32. */
const DOUBLE = 2.220446049250313e-16;
const SINGLE = 1.1920928955078125e-7;

/**
 * Mean of −ln of the probability that was given to the class of the row.
 *
 * Probabilities are clipped to [ε, 1 − ε], ε of their own precision (2^-23 for float32, else 2^-52), as in
 * scikit-learn 1.9. Rows that do not sum to 1 are warned of and counted as they are.
 *
 * @param yProba probabilities (rows, classes); of two classes (rows) or (rows, 1) of the second will do
 * @throws ShapeError for another number of columns than classes, ValueError if there are not at least 2
 *   classes, and for values below 0 or above 1
 */
export function logLoss(yTrue: LabelRows, yProba: ArrayInput, options: LogLossOptions = {}): number {
  const given = checkOptions('logLoss', options, schema);
  const scored = readScored('logLoss', yTrue, yProba, given.labels);
  checkProbabilities('logLoss', scored, given);
  const losses = new Float64Array(scored.truth.length);
  for (let row = 0; row < losses.length; row++) losses[row] = -log(probabilityOf(scored, row));
  return combined(losses, given);
}

/** Mean of one value per row, by weight; or their sum. */
function combined(values: Float64Array, { normalize = true, sampleWeight }: LogLossOptions): number {
  const weights = weightsOr1(sampleWeight, values.length);
  return normalize ? mean(values, weights) : total(values.map((value, row) => value * weights[row]));
}

/** Classes and columns that go together, and probabilities that sum to 1, or else a warning. */
function checkProbabilities(owner: string, scored: Scored, given: LogLossOptions): void {
  const { classes, columns, scores, truth, single } = scored;
  checkClasses(owner, scored, given.labels);
  refuseImprobable(owner, scores, columns);
  if (columns === 1) return;
  const tolerance = Math.sqrt(single ? SINGLE : DOUBLE) + 1e-8;
  for (let row = 0; row < truth.length; row++) {
    let sum = 0;
    for (let j = 0; j < classes.length; j++) sum += scores[row * columns + j];
    if (Math.abs(sum - 1) <= tolerance) continue;
    const message = `${owner}: yProba should hold probabilities that sum to 1 in every row, but row ${row} sums to ${sum}.`;
    warn(new LamellaWarning(message, 'NOT_PROBABILITIES'), given.onWarning);
    return;
  }
}

function checkClasses(
  owner: string,
  { classes, columns }: Scored,
  labels: readonly Label[] | undefined,
  name = 'yProba',
): void {
  if (classes.length < 2) {
    const hint = labels === undefined ? '; name all classes by { labels: [...] }' : '';
    const what = labels === undefined ? 'yTrue' : 'labels';
    throw new ValueError(
      `${owner}: ${what} must hold at least 2 classes, but received only the class ${describe(classes[0])}${hint}.`,
    );
  }
  if (columns === classes.length || (columns === 1 && classes.length === 2)) return;
  throw new ShapeError(
    `${owner}: ${name} must have a column for each of the ${classes.length} classes ${describe(classes)}, but received ${columns}.`,
  );
}

/** @throws ValueError for numbers below 0 or above 1 */
export function refuseImprobable(owner: string, scores: Float64Array, columns: number): void {
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] >= 0 && scores[i] <= 1) continue;
    throw new ValueError(
      `${owner}: yProba must hold probabilities from 0 to 1, but received ${describe(scores[i])} in row ${Math.floor(i / columns)}.`,
    );
  }
}

/** Clipped probability of the class of a row. */
function probabilityOf({ scores, columns, single, truth }: Scored, row: number): number {
  const epsilon = single ? SINGLE : DOUBLE;
  const label = truth[row];
  const p = scores[row * columns + (columns === 1 ? 0 : label)];
  const own = columns > 1 || label === 1 ? p : single ? Math.fround(1 - p) : 1 - p;
  return Math.min(1 - epsilon, Math.max(epsilon, own));
}

export interface BrierScoreOptions extends ScoreOptions, WarningOption {
  /** All classes; the columns of the probabilities are in their sorted order. Default: those of yTrue. */
  readonly labels?: readonly Label[];
  /**
   * The class whose probabilities are given, where these have one column. Default 1 or true, else the greater
   * number.
   */
  readonly posLabel?: Label;
  /** Halve the score, so that it is from 0 to 1. Default 'auto': for two classes. */
  readonly scaleByHalf?: boolean | 'auto';
}

const brierSchema = {
  labels: distinctLabels,
  posLabel: label,
  scaleByHalf: anyOf(boolean, oneOf<'auto'>(['auto'])),
  sampleWeight,
  onWarning,
};

/**
 * Brier score: the mean over rows of Σ (yProba − y)² over classes, with y 1 for the class of the row and 0
 * for others; half of it for two classes, which is (p − y)² of the positive one. 0 is best.
 *
 * @param yProba probabilities (rows, classes); of two classes (rows) or (rows, 1) of the positive one will do
 * @throws ShapeError for another number of columns than classes, ValueError for values below 0 or above 1,
 *   and if it is not clear which class is positive
 */
export function brierScoreLoss(
  yTrue: LabelRows,
  yProba: ArrayInput,
  options: BrierScoreOptions = {},
): number {
  const owner = 'brierScoreLoss';
  const given = checkOptions(owner, options, brierSchema);
  const scored = readScored(owner, yTrue, yProba, given.labels);
  const { scores, columns, truth, classes } = scored;
  const losses = new Float64Array(truth.length);
  if (columns === 1) {
    refuseImprobable(owner, scores, 1);
    const greatest = typeof classes[0] === 'number' && !usualPositive(classes) ? classes.at(-1) : undefined;
    const positive = positiveRows(owner, { classes, indices: truth }, given.posLabel ?? greatest, 2);
    for (let row = 0; row < losses.length; row++) {
      losses[row] = 2 * (positive[row] - scores[row]) * (positive[row] - scores[row]);
    }
  } else {
    checkProbabilities(owner, scored, given);
    for (let i = 0; i < scores.length; i++) {
      const row = Math.floor(i / columns);
      const error = scores[i] - (i % columns === truth[row] ? 1 : 0);
      losses[row] += error * error;
    }
  }
  const { scaleByHalf = 'auto' } = given;
  const half = scaleByHalf === 'auto' ? columns < 3 : scaleByHalf;
  return combined(losses, { sampleWeight: given.sampleWeight }) / (half ? 2 : 1);
}

export interface TopKAccuracyOptions extends ScoreOptions, WarningOption {
  /** How many of the highest scores count as predicted, an integer >= 1. Default 2. */
  readonly k?: number;
  /** The mean over rows, by weight; false: the sum. Default true. */
  readonly normalize?: boolean;
  /** All classes; the columns of the scores are in their sorted order. Default: those of yTrue. */
  readonly labels?: readonly Label[];
}

const topKSchema = { ...schema, k: positiveInteger };

/**
 * Share of rows whose class is among the `k` with the highest scores; of equal scores the later classes come
 * first. With `k` not below the number of classes all rows count, with a warning.
 *
 * @param yScore scores (rows, classes); of two classes also (rows) or (rows, 1) of the second one, which is
 *   predicted above 0.5 if all scores are from 0 to 1, else above 0
 * @throws ShapeError for another number of columns than classes, ValueError for labels that are not among
 *   `labels`
 */
export function topKAccuracyScore(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options: TopKAccuracyOptions = {},
): number {
  const given = checkOptions('topKAccuracyScore', options, topKSchema);
  const { k = 2 } = given;
  const scored = readScored('topKAccuracyScore', yTrue, yScore, given.labels);
  const { scores, columns, truth, classes } = scored;
  checkClasses('topKAccuracyScore', scored, given.labels, 'yScore');
  if (k >= classes.length) {
    const message = `topKAccuracyScore: the score is perfect for any prediction with k = ${k} of ${classes.length} classes.`;
    warnUndefined(message, given.onWarning);
  }
  const second =
    classes.length === 2 ? columnOf({ ...scored, data: scores, rows: truth.length }, columns - 1) : scores;
  const limit = second.every((score) => score >= 0 && score <= 1) ? 0.5 : 0;
  const hits = new Float64Array(truth.length);
  for (let row = 0; row < hits.length; row++) {
    const own = truth[row];
    let better = 0;
    if (classes.length === 2) better = second[row] > limit === (own === 1) ? 0 : 1;
    else {
      const score = scores[row * columns + own];
      for (let j = 0; j < columns; j++) {
        const other = scores[row * columns + j];
        if (other > score || (other === score && j > own)) better++;
      }
    }
    hits[row] = better < k ? 1 : 0;
  }
  return combined(hits, given);
}
