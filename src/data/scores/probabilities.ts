/**
 * logLoss, and reading scores of classes for it and for rocAucScore. Not for predicted labels
 * (classification.ts).
 */
import { describe, boolean, checkOptions, func, nullable } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import { formatShape, readArray } from '../../ndarray.js';
import type { EncodedLabels, Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import type { LabelRows, ScoreOptions } from './labels.js';
import { checkRows, labelList, mean, total, ones, distinctLabels, sampleWeight } from './labels.js';
import { log } from '../../math.js';
import type { OnWarning } from '../../warnings.js';
import { LamellaWarning, warn } from '../../warnings.js';
import { readWeights } from '../weights.js';

/** Labels as indices of their classes, with what a classifier gave for every row and class. */
export interface Scored {
  readonly classes: readonly Label[];
  readonly truth: Int32Array;
  /** (rows, columns), row-major. */
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
  const { data, shape, scale = 1 } = readArray(yScore, 'yScore');
  if (shape.length === 0 || shape.length > 2) {
    throw new ShapeError(
      `${owner}: yScore must be of shape (rows) or (rows, classes), but received the shape ${formatShape(shape)}.`,
    );
  }
  checkRows(owner, list.length, shape[0], 'yScore');
  const bad = data.findIndex((value) => value - value !== 0);
  if (bad >= 0) {
    throw new ValueError(
      `${owner}: yScore must hold finite numbers, but received ${describe(data[bad])} in row ${Math.floor(bad / (data.length / shape[0]))}.`,
    );
  }
  const encoded = encodeLabels(list, `${owner}: yTrue`);
  const scores = Float64Array.from(data, (value) => value * scale);
  const rest = { scores, columns: data.length / shape[0], single: data instanceof Float32Array };
  if (labels === undefined) return { classes: encoded.classes, truth: encoded.indices, ...rest };
  return { ...among(owner, encoded, labels), ...rest };
}

function among(
  owner: string,
  { classes: occurring, indices }: EncodedLabels,
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

export interface LogLossOptions extends ScoreOptions {
  /** All classes; the columns of the probabilities are in their sorted order. Default: those of yTrue. */
  readonly labels?: readonly Label[];
  /** The mean over rows, by weight; false: the sum. Default true. */
  readonly normalize?: boolean;
  /** Receives the warning that rows do not sum to 1, instead of console.warn. */
  readonly onWarning?: OnWarning | null;
}

const schema = {
  labels: distinctLabels,
  normalize: boolean,
  sampleWeight,
  onWarning: nullable(func<OnWarning>()),
};

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
  checkClasses(scored, given.labels);
  checkProbabilities(scored, given.onWarning);
  const rows = scored.truth.length;
  const losses = Float64Array.from(scored.truth, (label, row) => -log(probabilityOf(scored, row, label)));
  const weights = given.sampleWeight === undefined ? ones(rows) : readWeights(given.sampleWeight, rows);
  if (given.normalize ?? true) return mean(losses, weights);
  return total(losses.map((loss, row) => loss * weights[row]));
}

function checkClasses({ classes, columns }: Scored, labels: readonly Label[] | undefined): void {
  if (classes.length < 2) {
    const hint = labels === undefined ? '; name all classes by { labels: [...] }' : '';
    const what = labels === undefined ? 'yTrue' : 'labels';
    throw new ValueError(
      `logLoss: ${what} must hold at least 2 classes, but received only the class ${describe(classes[0])}${hint}.`,
    );
  }
  if (columns === classes.length || (columns === 1 && classes.length === 2)) return;
  throw new ShapeError(
    `logLoss: yProba must have a column for each of the ${classes.length} classes ${describe(classes)}, but received ${columns}.`,
  );
}

function checkProbabilities({ scores, columns, truth, single }: Scored, onWarning?: OnWarning | null): void {
  const bad = scores.findIndex((p) => p < 0 || p > 1);
  if (bad >= 0) {
    throw new ValueError(
      `logLoss: yProba must hold probabilities from 0 to 1, but received ${describe(scores[bad])} in row ${Math.floor(bad / columns)}.`,
    );
  }
  if (columns === 1) return;
  const tolerance = Math.sqrt(single ? SINGLE : DOUBLE) + 1e-8;
  for (let row = 0; row < truth.length; row++) {
    const sum = total(scores.subarray(row * columns, (row + 1) * columns));
    if (Math.abs(sum - 1) <= tolerance) continue;
    const message = `logLoss: yProba should hold probabilities that sum to 1 in every row, but row ${row} sums to ${sum}.`;
    warn(new LamellaWarning(message, 'NOT_PROBABILITIES'), onWarning);
    return;
  }
}

function probabilityOf({ scores, columns, single }: Scored, row: number, label: number): number {
  const epsilon = single ? SINGLE : DOUBLE;
  const p = scores[row * columns + (columns === 1 ? 0 : label)];
  const own = columns > 1 || label === 1 ? p : single ? Math.fround(1 - p) : 1 - p;
  return Math.min(1 - epsilon, Math.max(epsilon, own));
}
