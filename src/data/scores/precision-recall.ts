import { checkOptions, describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Label } from '../labels.js';
import type { ClassCounts, LabelPair, LabelRows } from './labels.js';
import { countClasses, mean, pooled, total, chosenLabels, readPair } from './labels.js';
import type { Average, ScoreOptions } from './options.js';
import { average, distinctLabels, label, sampleWeight, zeroDivision } from './options.js';

export interface PrecisionRecallOptions extends ScoreOptions {
  /** The classes to report on, in this order; without effect for 'binary'. Default: all that occur, sorted. */
  readonly labels?: readonly Label[];
  /** The class that 'binary' reports on. Default 1, or true for booleans. */
  readonly posLabel?: Label;
  /**
   * 'binary': one class of two. 'micro': all classes counted as one. 'macro': the mean over classes. 'weighted': the mean by
   * their rows in yTrue. null: all of them, as a Float64Array. Default 'binary'.
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

/** Of the rows predicted as a class, the share that is of it: right / predicted. */
export function precisionScore<const O extends PrecisionRecallOptions>(
  yTrue: LabelRows,
  yPred: LabelRows,
  options?: O,
): Averaged<O> {
  return score('precisionScore', 'precision', yTrue, yPred, options) as Averaged<O>;
}

/** Of the rows of a class, the share that was predicted as it: right / support. */
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
