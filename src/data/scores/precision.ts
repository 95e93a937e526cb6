/**
 * Precision, recall, F-scores and the Jaccard index: scores of a class by the rows that are of it, that are
 * predicted as it, and both; and their averages. Not for counting these rows (counts.ts).
 */
import { checkOptions, describe, rule } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Label } from '../labels.js';
import type { ClassCounts } from './counts.js';
import { pooled, readCounts } from './counts.js';
import type { Average, LabelRows, ScoreOptions, WarningOption } from './labels.js';
import {
  average,
  distinctLabels,
  label,
  mean,
  onWarning,
  sampleWeight,
  total,
  warnUndefined,
  zeroDivision,
} from './labels.js';

export interface PrecisionRecallOptions extends ScoreOptions, WarningOption {
  /**
   * The classes to report on, in this order; without effect for 'binary'. Default: all that occur, sorted. Of
   * rows of several labels: numbers of columns.
   */
  readonly labels?: readonly Label[];
  /** The class that 'binary' reports on. Default 1, or true for booleans. */
  readonly posLabel?: Label;
  /**
   * 'binary': one class of two. 'micro': all classes counted as one. 'macro': the mean over classes.
   * 'weighted': the mean by their rows in yTrue. 'samples': the mean over rows of several labels. null: all
   * of them, as a Float64Array. Default 'binary'.
   */
  readonly average?: Average;
  /**
   * The score of a class where it would be 0/0: 0, 1, or NaN, which averages leave out. Default 0, with a
   * warning.
   */
  readonly zeroDivision?: number;
}

export interface FbetaOptions extends PrecisionRecallOptions {
  /** Weight of recall against precision, >= 0: 1 weighs both alike, Infinity counts recall alone. */
  readonly beta: number;
}

const schema = { labels: distinctLabels, posLabel: label, average, sampleWeight, zeroDivision, onWarning };
const beta = rule('a number >= 0', (value): value is number => typeof value === 'number' && value >= 0);

/** A score of a class as a fraction: part / whole. */
type Score = (right: number, predicted: number, support: number) => readonly [part: number, whole: number];
type Averaged<O> = O extends { readonly average: null } ? Float64Array : number;

export const precision: Score = (right, predicted) => [right, predicted];
export const recall: Score = (right, _predicted, support) => [right, support];
const jaccard: Score = (right, predicted, support) => [right, predicted + support - right];

/** The F-score for a weight of recall against precision. */
export function fScore(beta: number): Score {
  if (beta === Infinity) return recall;
  const square = beta * beta;
  return (right, predicted, support) => [(1 + square) * right, square * support + predicted];
}

/**
 * Precision, the share of the rows predicted as a class that are of it: right / predicted.
 *
 * @param yTrue a label per row; or rows of 0 and 1, one for every label that a row may have
 * @throws ShapeError for unequal lengths, ValueError for more than two classes without `average`
 */
export function precisionScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('precisionScore', precision, yTrue, yPred, options) as Averaged<O>;
}

/**
 * Recall, the share of the rows of a class that were predicted as it: right / support.
 *
 * @param yTrue a label per row; or rows of 0 and 1, one for every label that a row may have
 * @throws ShapeError for unequal lengths, ValueError for more than two classes without `average`
 */
export function recallScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('recallScore', recall, yTrue, yPred, options) as Averaged<O>;
}

/**
 * The harmonic mean of precision and recall: 2 · right / (support + predicted).
 *
 * @param yTrue a label per row; or rows of 0 and 1, one for every label that a row may have
 * @throws ShapeError for unequal lengths, ValueError for more than two classes without `average`
 */
export function f1Score<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('f1Score', fScore(1), yTrue, yPred, options) as Averaged<O>;
}

/**
 * The weighted harmonic mean of precision and recall: (1 + β²) · right / (β² · support + predicted).
 *
 * @param yTrue a label per row; or rows of 0 and 1, one for every label that a row may have
 * @param options `beta` must be given: 0.5 favours precision, 2 favours recall
 * @throws ShapeError for unequal lengths, ValueError for more than two classes without `average`
 */
export function fbetaScore<const O extends FbetaOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options: O,
): Averaged<O> {
  const { beta: given, ...rest } = checkOptions('fbetaScore', options, { ...schema, beta });
  if (given === undefined) {
    throw new ValueError(`fbetaScore: beta must be ${beta.expected}, but received ${describe(given)}.`);
  }
  return score('fbetaScore', fScore(given), yTrue, yPred, rest) as Averaged<O>;
}

/**
 * The Jaccard index, the rows of a class that were predicted as it among all that are of it or predicted as
 * it: right / (support + predicted − right).
 *
 * @param yTrue a label per row; or rows of 0 and 1, one for every label that a row may have
 * @throws ShapeError for unequal lengths, ValueError for more than two classes without `average`
 */
export function jaccardScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('jaccardScore', jaccard, yTrue, yPred, options) as Averaged<O>;
}

function score(
  owner: string,
  of: Score,
  yTrue: LabelRows,
  yPred: LabelRows,
  options: PrecisionRecallOptions | undefined,
): number | Float64Array {
  const given = checkOptions(owner, options, schema);
  const { average = 'binary', zeroDivision = 0 } = given;
  const { counts, weights } = readCounts(owner, yTrue, yPred, given);
  if (given.zeroDivision === undefined) {
    const undefinedScores = classScores(average === 'micro' ? pooled(counts) : counts, of, NaN);
    if (undefinedScores.some(Number.isNaN)) {
      const what = average === 'samples' ? 'a row' : 'a class';
      const message = `${owner}: the score of ${what} is 0/0, which counts as 0; choose what it counts as by { zeroDivision: 0, 1 or NaN }.`;
      warnUndefined(message, given.onWarning);
    }
  }
  if (average === null) return classScores(counts, of, zeroDivision);
  return averageScore(counts, of, average, zeroDivision, weights);
}

/** The score of every class; `zeroDivision` where it would be 0/0. */
export function classScores(
  { right, predicted, support }: ClassCounts,
  of: Score,
  zeroDivision: number,
): Float64Array {
  return right.map((weight, i) => {
    const [part, whole] = of(weight, predicted[i], support[i]);
    return whole === 0 ? zeroDivision : part / whole;
  });
}

/** The score of all classes together; for 'samples' of all rows, by their weights. */
export function averageScore(
  counts: ClassCounts,
  of: Score,
  average: Exclude<Average, null>,
  zeroDivision: number,
  weights?: ArrayLike<number>,
): number {
  const scores = classScores(average === 'micro' ? pooled(counts) : counts, of, zeroDivision);
  return meanOfNumbers(scores, average === 'weighted' ? counts.support : weights);
}

/** Mean of the values that are not NaN, by weights unless those are all 0; NaN if all values are. */
function meanOfNumbers(values: Float64Array, weights?: ArrayLike<number>): number {
  const isNumber = (_value: number, i: number) => !Number.isNaN(values[i]);
  const numbers = values.filter(isNumber);
  const own = weights && Float64Array.from(weights).filter(isNumber);
  return own && total(own) > 0 ? mean(numbers, own) : mean(numbers);
}
