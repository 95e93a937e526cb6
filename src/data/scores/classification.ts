/**
 * Scores that count predicted labels: accuracy, the confusion matrix, precision, recall and F1. Not for
 * scores of probabilities (probabilities.ts, roc-auc.ts).
 */
import { anything, boolean, checkOptions, describe, nullable, oneOf } from '../../check.js';
import { newTable } from '../../budget.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Label } from '../labels.js';
import { readWeights } from '../weights.js';
import type { LabelCells, LabelRows, ScoreOptions, ClassCounts, LabelPair, Average } from './labels.js';
import {
  mean,
  total,
  checkRows,
  chosenLabels,
  labelCells,
  ones,
  readPair,
  distinctLabels,
  sampleWeight,
  countClasses,
  pooled,
  average,
  label,
  zeroDivision,
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
  const pair = readPair('confusionMatrix', yTrue, yPred, given.sampleWeight, given.labels);
  const { labels, indices } = chosenLabels(pair, given.labels);
  const size = labels.length;
  const place = new Int32Array(pair.classes.length).fill(-1);
  indices.forEach((index, i) => {
    if (index >= 0) place[index] = i;
  });
  if (!pair.truth.some((code) => place[code] >= 0)) {
    throw new ValueError(
      `confusionMatrix: labels must hold at least one label of yTrue, but received ${describe(labels)}.`,
    );
  }
  const data = newTable(
    [size, size],
    `confusionMatrix: a matrix of ${size} labels`,
    'name the labels that matter by { labels: [...] }',
  );
  for (let row = 0; row < pair.truth.length; row++) {
    const i = place[pair.truth[row]];
    const j = place[pair.predicted[row]];
    if (i >= 0 && j >= 0) data[i * size + j] += pair.weights[row];
  }
  if (given.normalize) normalized(data, size, given.normalize);
  return { data, shape: [size, size] };
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
  const schema = { normalize: boolean, sampleWeight: anything<ArrayInput>() };
  const { normalize = true, sampleWeight } = checkOptions('accuracyScore', options, schema);
  const right = rightRows(yTrue, yPred);
  const rows = right.length;
  const weights = sampleWeight === undefined ? ones(rows) : readWeights(sampleWeight, rows);
  return normalize ? mean(right, weights) : total(right.map((each, row) => each * weights[row]));
}

/** 1 for every row that was predicted right, else 0. */
function rightRows(yTrue: unknown, yPred: unknown): Float64Array {
  const truth = labelCells('accuracyScore', yTrue, 'yTrue');
  const predicted = labelCells('accuracyScore', yPred, 'yPred');
  const rows = checkRows('accuracyScore', truth.rows, predicted.rows, 'yPred');
  const { width } = truth;
  if (width !== predicted.width) {
    throw new ShapeError(
      `accuracyScore: yPred must have as many labels per row as yTrue, ${width}, but received ${predicted.width}.`,
    );
  }
  const right = ones(rows);
  for (let j = 0; j < width; j++) {
    const owner = width === 1 ? 'accuracyScore' : `accuracyScore: column ${j}`;
    const pair = readPair(owner, columnOf(truth, j), columnOf(predicted, j), undefined);
    for (let row = 0; row < rows; row++) if (pair.truth[row] !== pair.predicted[row]) right[row] = 0;
  }
  return right;
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
  const schema = { adjusted: boolean, sampleWeight: anything<ArrayInput>() };
  const { adjusted = false, sampleWeight } = checkOptions('balancedAccuracyScore', options, schema);
  const { classes, truth, predicted, weights } = readPair(
    'balancedAccuracyScore',
    yTrue,
    yPred,
    sampleWeight,
  );
  const right = new Float64Array(classes.length);
  const support = new Float64Array(classes.length);
  for (let row = 0; row < truth.length; row++) {
    support[truth[row]] += weights[row];
    if (truth[row] === predicted[row]) right[truth[row]] += weights[row];
  }
  const shares = Array.from(right, (weight, i) => weight / support[i]).filter((share) => share === share);
  const score = mean(shares);
  return adjusted ? (score - 1 / shares.length) / (1 - 1 / shares.length) : score;
}

export interface PrecisionRecallOptions extends ScoreOptions {
  /**
   * The classes to report on, in this order; without effect for 'binary'. Default: all that occur, sorted.
   */
  readonly labels?: readonly Label[];
  /** The class that 'binary' reports on. Default 1, or true for booleans. */
  readonly posLabel?: Label;
  /**
   * 'binary': one class of two. 'micro': all classes counted as one. 'macro': the mean over classes.
   * 'weighted': the mean by their rows in yTrue. null: all of them, as a Float64Array. Default 'binary'.
   */
  readonly average?: Average;
  /** The score of a class where it would be 0/0: 0, 1, or NaN, which averages leave out. Default 0. */
  readonly zeroDivision?: number;
}

const schema = { labels: distinctLabels, posLabel: label, average, sampleWeight, zeroDivision };

/** Scores of every class. */
export interface ClassScores {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
}

type Score = keyof ClassScores;
type Averaged<O> = O extends { readonly average: null } ? Float64Array : number;

/** Precision, the share of the rows predicted as a class that are of it: right / predicted. */
export function precisionScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('precisionScore', 'precision', yTrue, yPred, options) as Averaged<O>;
}

/** Recall, the share of the rows of a class that were predicted as it: right / support. */
export function recallScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('recallScore', 'recall', yTrue, yPred, options) as Averaged<O>;
}

/** The harmonic mean of precision and recall: 2 · right / (support + predicted). */
export function f1Score<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('f1Score', 'f1', yTrue, yPred, options) as Averaged<O>;
}

function score(
  owner: string,
  which: Score,
  yTrue: LabelRows,
  yPred: LabelRows,
  options: PrecisionRecallOptions | undefined,
): number | Float64Array {
  const given = checkOptions(owner, options, schema);
  const { average = 'binary', zeroDivision = 0 } = given;
  const pair = readPair(owner, yTrue, yPred, given.sampleWeight, given.labels);
  const labels = average === 'binary' ? [positiveLabel(owner, pair, given.posLabel)] : given.labels;
  const counts = countClasses(pair, chosenLabels(pair, labels).indices);
  if (average === null) return classScores(counts, zeroDivision)[which];
  return averageScores(counts, average, zeroDivision)[which];
}

function positiveLabel(owner: string, { classes }: LabelPair, posLabel: Label | undefined): Label {
  if (classes.length > 2) {
    throw new ValueError(
      `${owner}: average must be 'micro', 'macro', 'weighted' or null for the ${classes.length} classes that occur, but received 'binary'.`,
    );
  }
  const positive = posLabel ?? (typeof classes[0] === 'boolean' ? true : 1);
  if (classes.includes(positive) || (classes.length < 2 && typeof positive === typeof classes[0])) {
    return positive;
  }
  throw new ValueError(
    `${owner}: posLabel must be one of the classes ${describe(classes)}, but received ${describe(positive)}.`,
  );
}

/** Precision, recall and F1 of every class; `zeroDivision` where they would be 0/0. */
export function classScores({ right, predicted, support }: ClassCounts, zeroDivision: number): ClassScores {
  const share = (part: number, whole: number) => (whole === 0 ? zeroDivision : part / whole);
  return {
    precision: right.map((weight, i) => share(weight, predicted[i])),
    recall: right.map((weight, i) => share(weight, support[i])),
    f1: right.map((weight, i) => share(2 * weight, support[i] + predicted[i])),
  };
}

/** Scores of all classes together. */
export function averageScores(
  counts: ClassCounts,
  average: Exclude<Average, null>,
  zeroDivision: number,
): Record<Score, number> {
  const scores = classScores(average === 'micro' ? pooled(counts) : counts, zeroDivision);
  const weights = average === 'weighted' ? counts.support : undefined;
  return {
    precision: meanOfNumbers(scores.precision, weights),
    recall: meanOfNumbers(scores.recall, weights),
    f1: meanOfNumbers(scores.f1, weights),
  };
}

/** Mean of the values that are not NaN, by weights unless those are all 0; NaN if all values are. */
function meanOfNumbers(values: Float64Array, weights?: Float64Array): number {
  const isNumber = (_value: number, i: number) => !Number.isNaN(values[i]);
  const numbers = values.filter(isNumber);
  const own = weights?.filter(isNumber);
  return own && total(own) > 0 ? mean(numbers, own) : mean(numbers);
}
