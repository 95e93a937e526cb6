/**
 * Scores that compare predicted labels with the true ones: the confusion matrix, accuracy, Hamming loss,
 * correlation and agreement. Not for precision and its like (precision.ts), nor for scores of probabilities
 * (probabilities.ts, curves.ts).
 */
import { boolean, checkOptions, describe, nullable, oneOf } from '../../check.js';
import { newTable } from '../../budget.js';
import { ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { Label } from '../labels.js';
import { countClasses } from './counts.js';
import type { LabelCells, LabelPair, LabelRows, ScoreOptions, WarningOption } from './labels.js';
import {
  chosenLabels,
  distinctLabels,
  mean,
  onWarning,
  readCells,
  readPair,
  sampleWeight,
  total,
  warnUndefined,
  weightsOr1,
} from './labels.js';

export interface ConfusionMatrixOptions extends ScoreOptions {
  /** The classes, in the order of rows and columns. Default: all that occur, sorted. */
  readonly labels?: readonly Label[];
  /**
   * Divide by the sum of the row ('true'), of the column ('pred') or of all ('all'); 0 where that is 0.
   * Default null.
   */
  readonly normalize?: 'true' | 'pred' | 'all' | null;
}

const matrixSchema = {
  labels: distinctLabels,
  sampleWeight,
  normalize: nullable(oneOf<'true' | 'pred' | 'all'>(['true', 'pred', 'all'])),
};

/**
 * Rows of class i that were predicted as class j: (classes, classes), in row i, column j.
 *
 * @throws ShapeError for unequal lengths, ValueError for mixed types and if none of `labels` is in yTrue
 */
export function confusionMatrix(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: ConfusionMatrixOptions = {},
): NdArray<Float64Array> {
  const given = checkOptions('confusionMatrix', options, matrixSchema);
  const { data, size } = matrixOf('confusionMatrix', yTrue, yPred, given);
  if (given.normalize) normalized(data, size, given.normalize);
  return { data, shape: [size, size] };
}

function matrixOf(
  owner: string,
  yTrue: LabelRows,
  yPred: LabelRows,
  given: Pick<ConfusionMatrixOptions, 'labels' | 'sampleWeight'>,
): { data: Float64Array; size: number } {
  const pair = readPair(owner, yTrue, yPred, given.sampleWeight, given.labels);
  const { labels, indices } = chosenLabels(pair, given.labels);
  const size = labels.length;
  const place = new Int32Array(pair.classes.length).fill(-1);
  indices.forEach((index, i) => {
    if (index >= 0) place[index] = i;
  });
  if (!pair.truth.some((code) => place[code] >= 0)) {
    throw new ValueError(
      `${owner}: labels must hold at least one label of yTrue, but received ${describe(labels)}.`,
    );
  }
  const data = newTable(
    [size, size],
    `${owner}: a matrix of ${size} labels`,
    'name the labels that matter by { labels: [...] }',
  );
  for (let row = 0; row < pair.truth.length; row++) {
    const i = place[pair.truth[row]];
    const j = place[pair.predicted[row]];
    if (i >= 0 && j >= 0) data[i * size + j] += pair.weights[row];
  }
  return { data, size };
}

function normalized(data: Float64Array, size: number, by: 'true' | 'pred' | 'all'): void {
  const sums = new Float64Array(size);
  data.forEach((value, at) => {
    sums[by === 'pred' ? at % size : Math.floor(at / size)] += value;
  });
  if (by === 'all') sums.fill(total(data));
  data.forEach((value, at) => {
    const sum = sums[by === 'pred' ? at % size : Math.floor(at / size)];
    data[at] = sum === 0 ? 0 : value / sum;
  });
}

/**
 * Share of rows that were predicted right, by weight; with `normalize: false` their number or weight. Rows of
 * several labels (n, k) count as right if all are.
 */
export function accuracyScore(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: ScoreOptions & { readonly normalize?: boolean } = {},
): number {
  const given = checkOptions('accuracyScore', options, { normalize: boolean, sampleWeight });
  const { differences, weights } = compared('accuracyScore', yTrue, yPred, given.sampleWeight);
  let right = 0;
  for (let row = 0; row < weights.length; row++) if (differences[row] === 0) right += weights[row];
  return (given.normalize ?? true) ? right / total(weights) : right;
}

/**
 * Hamming loss: the share of labels that were predicted wrong, by the weights of their rows. Of one label per
 * row that is 1 − accuracy; of rows of several labels (n, k), each of the n · k labels counts for itself.
 */
export function hammingLoss(yTrue: LabelRows, yPred: LabelRows, options: ScoreOptions = {}): number {
  const given = checkOptions('hammingLoss', options, { sampleWeight });
  const { differences, weights, width } = compared('hammingLoss', yTrue, yPred, given.sampleWeight);
  return mean(differences, weights) / width;
}

/** The number of labels that were predicted wrong in every row. */
function compared(
  owner: string,
  yTrue: unknown,
  yPred: unknown,
  sampleWeight: unknown,
): { differences: Float64Array; weights: ArrayLike<number>; width: number } {
  const [truth, predicted] = readCells(owner, yTrue, yPred);
  const { rows, width } = truth;
  const differences = new Float64Array(rows);
  for (let j = 0; j < width; j++) {
    const name = width === 1 ? owner : `${owner}: column ${j}`;
    const pair = readPair(name, columnOf(truth, j), columnOf(predicted, j), undefined);
    for (let row = 0; row < rows; row++) if (pair.truth[row] !== pair.predicted[row]) differences[row]++;
  }
  return { differences, weights: weightsOr1(sampleWeight, rows), width };
}

function columnOf({ cells, rows, width }: LabelCells, column: number): ArrayLike<Label> {
  return width === 1 ? cells : Array.from({ length: rows }, (_, row) => cells[row * width + column]);
}

/**
 * Mean over the classes of yTrue of the share of their rows that were predicted right; with `adjusted`, such
 * that chance scores 0: (score − 1/classes) / (1 − 1/classes).
 */
export function balancedAccuracyScore(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: ScoreOptions & { readonly adjusted?: boolean } = {},
): number {
  const given = checkOptions('balancedAccuracyScore', options, { adjusted: boolean, sampleWeight });
  const { right, support } = countAll(readPair('balancedAccuracyScore', yTrue, yPred, given.sampleWeight));
  const shares = right.map((weight, i) => weight / support[i]).filter((share) => share === share);
  const score = mean(shares);
  return given.adjusted ? (score - 1 / shares.length) / (1 - 1 / shares.length) : score;
}

function countAll(pair: LabelPair): ReturnType<typeof countClasses> {
  return countClasses(pair, chosenLabels(pair, undefined).indices);
}

/**
 * Matthews correlation coefficient of true and predicted classes, −1 to 1: 1 for a perfect prediction, 0 for
 * one that is no better than chance, and where all rows are of one class or are predicted as one.
 *
 * (c · n − Σ tᵢ pᵢ) / √((n² − Σ pᵢ²) (n² − Σ tᵢ²)), with c the rows predicted right, n all rows, tᵢ those of
 * class i and pᵢ those predicted as it (J. Gorodkin, "Comparing two K-category assignments by a K-category
 * correlation coefficient", 2004).
 */
export function matthewsCorrcoef(yTrue: LabelRows, yPred: LabelRows, options: ScoreOptions = {}): number {
  const given = checkOptions('matthewsCorrcoef', options, { sampleWeight });
  const counts = countAll(readPair('matthewsCorrcoef', yTrue, yPred, given.sampleWeight));
  const { right, predicted, support } = counts;
  const dot = (a: Float64Array, b: Float64Array) => total(a.map((value, i) => value * b[i]));
  const rows = total(predicted);
  const spreads = (rows * rows - dot(predicted, predicted)) * (rows * rows - dot(support, support));
  if (spreads === 0) return 0;
  return (total(right) * rows - dot(support, predicted)) / Math.sqrt(spreads);
}

export interface CohenKappaOptions extends ScoreOptions, WarningOption {
  /** The classes that count, in order; rows of others are left out. Default: all that occur, sorted. */
  readonly labels?: readonly Label[];
  /**
   * How much a disagreement counts: 'linear', the distance of the two classes in their order; 'quadratic',
   * its square; null, 1. Default null.
   */
  readonly weights?: 'linear' | 'quadratic' | null;
}

const kappaSchema = {
  labels: distinctLabels,
  weights: nullable(oneOf<'linear' | 'quadratic'>(['linear', 'quadratic'])),
  sampleWeight,
  onWarning,
};

/**
 * Cohen's kappa, the agreement of two raters beyond chance: 1 − observed / expected disagreement. 1 for
 * complete agreement, 0 for that of chance; NaN, with a warning, where chance allows no disagreement.
 *
 * @throws ShapeError for unequal lengths, ValueError for mixed types and if none of `labels` is in y1
 */
export function cohenKappaScore(y1: LabelRows, y2: LabelRows, options: CohenKappaOptions = {}): number {
  const given = checkOptions('cohenKappaScore', options, kappaSchema);
  const { data, size } = matrixOf('cohenKappaScore', y1, y2, given);
  const [rows, columns] = [new Float64Array(size), new Float64Array(size)];
  data.forEach((value, at) => {
    rows[Math.floor(at / size)] += value;
    columns[at % size] += value;
  });
  let [observed, expected] = [0, 0];
  data.forEach((value, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    const distance = given.weights ? Math.abs(i - j) : i === j ? 0 : 1;
    const weight = given.weights === 'quadratic' ? distance * distance : distance;
    observed += weight * value;
    expected += weight * rows[i] * columns[j];
  });
  if (expected === 0) {
    const message = 'cohenKappaScore: kappa is NaN where both raters use one and the same class only.';
    warnUndefined(message, given.onWarning);
  }
  return 1 - observed / (expected / total(rows));
}
