/**
 * Scores of models of tables, beside those of a prediction that looks at no column: the largest class, or the
 * mean. The scores themselves are in data/scores.
 */
import { describe } from '../check.js';
import { compareCodePoints, type Label } from '../data/labels.js';
import { accuracyScore, balancedAccuracyScore, confusionMatrix } from '../data/scores/classification.js';
import { logLoss } from '../data/scores/probabilities.js';
import { meanAbsoluteError, meanSquaredError, r2Score } from '../data/scores/regression.js';
import { rocAucScore } from '../data/scores/roc-auc.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';

/** An estimator on rows of features, as models of tables use it. */
export interface FeatureEstimator {
  predict(x: NdArray<Float32Array>): any;
  predictProba?(x: NdArray<Float32Array>): NdArray;
  readonly classes?: readonly Label[];
}

/** Scores of a classifier. */
export interface ClassifierEvaluation {
  readonly accuracy: number;
  /** Mean recall of the classes. */
  readonly balancedAccuracy: number;
  /** Null if the estimator has no probabilities. */
  readonly logLoss: number | null;
  /** One class against the rest, averaged over the classes; null where a class has no row, or all rows. */
  readonly rocAuc: number | null;
  /** Row i, column j: rows of class i that are predicted as class j. */
  readonly confusionMatrix: number[][];
  readonly classes: Label[];
  /** Scores of always predicting the largest class of training. */
  readonly baseline: { readonly accuracy: number };
}

/** Scores of a regressor, in the units of the target. */
export interface RegressorEvaluation {
  readonly r2: number;
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /** Scores of always predicting the mean of training. */
  readonly baseline: { readonly meanAbsoluteError: number; readonly rootMeanSquaredError: number };
}

/** What is evaluated. */
interface Evaluated {
  readonly owner: string;
  readonly target: string;
  readonly estimator: FeatureEstimator;
  readonly baseline: Label | number;
}

/** @throws ValueError for a label that training has not seen */
export function evaluateLabels(
  { owner, target, estimator, baseline }: Evaluated,
  x: NdArray<Float32Array>,
  y: readonly Label[],
): ClassifierEvaluation {
  const classes = [...estimator.classes!];
  const known = new Set(classes);
  const unknown = y.findIndex((each) => !known.has(each));
  if (unknown >= 0) {
    throw new ValueError(
      `${owner}: target '${target}' must have labels that fit has seen, ${classes.slice(0, 10).map(describe).join(', ')}, but received ${describe(y[unknown])}.`,
    );
  }
  const predicted = Array.from(estimator.predict(x) as Label[]);
  const { data, shape } = confusionMatrix(y, predicted, { labels: classes });
  const proba = estimator.predictProba?.(x);
  return {
    accuracy: accuracyScore(y, predicted),
    balancedAccuracy: balancedAccuracyScore(y, predicted),
    logLoss: proba ? logLoss(y, proba, { labels: classes }) : null,
    rocAuc: proba ? areaOf(y, classes, proba) : null,
    confusionMatrix: classes.map((_, i) => Array.from(data.subarray(i * shape[1], (i + 1) * shape[1]))),
    classes,
    baseline: { accuracy: y.filter((label) => label === baseline).length / y.length },
  };
}

/** ROC AUC, or null if a class has no row or all rows. */
function areaOf(y: readonly Label[], classes: readonly Label[], proba: NdArray): number | null {
  const present = new Set(y);
  if (present.size < classes.length) return null;
  if (classes.length > 2) return rocAucScore(y, proba, { multiClass: 'ovr', labels: [...classes] });
  const positive = Float64Array.from({ length: y.length }, (_, row) => proba.data[2 * row + 1]);
  const truth = Int32Array.from(y, (label) => (label === classes[1] ? 1 : 0));
  return rocAucScore(truth, positive);
}

export function evaluateNumbers(
  y: readonly number[],
  predicted: Float64Array,
  mean: number,
): RegressorEvaluation {
  const truth = Float64Array.from(y);
  const constant = new Float64Array(truth.length).fill(mean);
  return {
    r2: r2Score(truth, predicted),
    meanAbsoluteError: meanAbsoluteError(truth, predicted),
    rootMeanSquaredError: Math.sqrt(meanSquaredError(truth, predicted)),
    baseline: {
      meanAbsoluteError: meanAbsoluteError(truth, constant),
      rootMeanSquaredError: Math.sqrt(meanSquaredError(truth, constant)),
    },
  };
}

/** The label with most rows; of equals the first by value or code point. */
export function largestClass(y: readonly Label[]): Label {
  const counts = new Map<Label, number>();
  for (const label of y) counts.set(label, (counts.get(label) ?? 0) + 1);
  const order = (a: Label, b: Label) =>
    typeof a === 'string' ? compareCodePoints(a, b as string) : Number(a) - Number(b);
  return [...counts].sort(([a, m], [b, n]) => n - m || order(a, b))[0][0];
}
