/**
 * Curves over the thresholds of a classifier: ROC, precision and recall; and calibration over bins of its
 * probabilities. Not for areas (roc-auc.ts, average-precision.ts), nor for pictures of curves.
 */
import { boolean, checkOptions, integer, oneOf } from '../../check.js';
import { ShapeError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import type { Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import { quantile } from '../quantiles.js';
import type { LabelRows, ScoreOptions, WarningOption } from './labels.js';
import { checkRows, label, labelList, onWarning, sampleWeight, warnUndefined, weightsOr1 } from './labels.js';
import { readNumbers } from './numbers.js';
import { positiveRows } from './positives.js';
import { refuseImprobable } from './probabilities.js';
import type { Thresholds } from './thresholds.js';
import { countByThreshold } from './thresholds.js';

export interface CurveOptions extends ScoreOptions, WarningOption {
  /** The positive class. Default 1 or true, where the labels are 0 and 1, −1 and 1, or booleans. */
  readonly posLabel?: Label;
  /**
   * Leave out points that do not change the picture. Default true for rocCurve, false for
   * precisionRecallCurve.
   */
  readonly dropIntermediate?: boolean;
}

/** Points of a ROC curve, from the highest threshold to the lowest. */
export interface RocCurve {
  /** False positive rate: the share of other rows that score at least the threshold. */
  readonly fpr: Float64Array;
  /** True positive rate: the share of positive rows that score at least the threshold. */
  readonly tpr: Float64Array;
  /** Distinct scores, falling; Infinity comes first, for a classifier that calls no row positive. */
  readonly thresholds: Float64Array;
}

const curveSchema = { posLabel: label, sampleWeight, dropIntermediate: boolean, onWarning };

/**
 * ROC curve of a classifier of two classes: false and true positive rates by threshold, as in scikit-learn
 * 1.9. A rate without rows is NaN, with a warning.
 *
 * @param yScore a score per row, higher for rows that are more likely positive
 * @throws ShapeError for unequal lengths, ValueError for other labels than 0 and 1, −1 and 1, or booleans
 *   without `posLabel`
 */
export function rocCurve(yTrue: LabelRows, yScore: ArrayInput, options: CurveOptions = {}): RocCurve {
  const given = checkOptions('rocCurve', options, curveSchema);
  const counted = readCurve('rocCurve', yTrue, yScore, given);
  const { tps, fps, thresholds } = (given.dropIntermediate ?? true) ? thinned(counted, isCorner) : counted;
  if (last(fps) === 0) warnUndefined('rocCurve: fpr is NaN without negative rows in yTrue.', given.onWarning);
  if (last(tps) === 0) warnUndefined('rocCurve: tpr is NaN without positive rows in yTrue.', given.onWarning);
  return {
    fpr: preceded(0 / last(fps), shares(fps)),
    tpr: preceded(0 / last(tps), shares(tps)),
    thresholds: preceded(Infinity, thresholds),
  };
}

/** Points of a precision-recall curve, from the lowest threshold to the highest. */
export interface PrecisionRecallCurve {
  /** Share of positive rows among those that score at least the threshold; 1 at the end. */
  readonly precision: Float64Array;
  /** Share of the positive rows that score at least the threshold; 0 at the end. */
  readonly recall: Float64Array;
  /** Distinct scores, rising: one value fewer than the others. */
  readonly thresholds: Float64Array;
}

/**
 * Precision and recall of a classifier of two classes by threshold. Without positive rows recall is 1, with a
 * warning.
 *
 * @param yScore a score per row, higher for rows that are more likely positive
 * @throws ShapeError for unequal lengths, ValueError for other labels than 0 and 1, −1 and 1, or booleans
 *   without `posLabel`
 */
export function precisionRecallCurve(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options: CurveOptions = {},
): PrecisionRecallCurve {
  const given = checkOptions('precisionRecallCurve', options, curveSchema);
  const counted = readCurve('precisionRecallCurve', yTrue, yScore, given);
  const { tps, fps, thresholds } = given.dropIntermediate ? thinned(counted, changesRecall) : counted;
  const none = last(tps) === 0;
  if (none)
    warnUndefined('precisionRecallCurve: recall is 1 without positive rows in yTrue.', given.onWarning);
  return {
    precision: preceded(
      1,
      tps.map((own, i) => own / (own + fps[i])),
    ).reverse(),
    recall: preceded(0, none ? tps.map(() => 1) : shares(tps)).reverse(),
    thresholds: thresholds.slice().reverse(),
  };
}

function readCurve(owner: string, yTrue: LabelRows, yScore: ArrayInput, given: CurveOptions): Thresholds {
  const { positive, scores } = readScores(owner, yTrue, yScore, 'yScore', given.posLabel);
  return countByThreshold(positive, scores, weightsOr1(given.sampleWeight, scores.length));
}

/** Positive rows, and a score for every row. */
function readScores(
  owner: string,
  yTrue: LabelRows,
  yScore: ArrayInput,
  name: string,
  posLabel: Label | undefined,
  max?: number,
): { positive: Uint8Array; scores: Float64Array } {
  const labels = labelList(owner, yTrue, 'yTrue');
  const { data: scores, rows, columns } = readNumbers(owner, yScore, name, '1');
  if (columns !== 1) {
    throw new ShapeError(
      `${owner}: ${name} must have one column, that of the positive class, but received ${columns}.`,
    );
  }
  checkRows(owner, labels.length, rows, name);
  return { positive: positiveRows(owner, encodeLabels(labels, `${owner}: yTrue`), posLabel, max), scores };
}

function last(values: Float64Array): number {
  return values[values.length - 1];
}

/** Counts, of which the last one is the sum of all, as shares of it. */
function shares(counts: Float64Array): Float64Array {
  const all = last(counts);
  return counts.map((count) => count / all);
}

function preceded(first: number, values: Float64Array): Float64Array {
  const all = new Float64Array(values.length + 1);
  all[0] = first;
  all.set(values, 1);
  return all;
}

/** The first point, the last one, and those between for which `matters` is true. */
function thinned(
  { tps, fps, thresholds }: Thresholds,
  matters: (tps: Float64Array, fps: Float64Array, i: number) => boolean,
): Thresholds {
  const points = new Int32Array(tps.length);
  let count = 0;
  for (let i = 0; i < tps.length; i++) {
    if (i === 0 || i === tps.length - 1 || matters(tps, fps, i)) points[count++] = i;
  }
  const kept = (values: Float64Array) => {
    const result = new Float64Array(count);
    for (let i = 0; i < count; i++) result[i] = values[points[i]];
    return result;
  };
  return { tps: kept(tps), fps: kept(fps), thresholds: kept(thresholds) };
}

/** True unless the point lies half-way between its neighbours. */
function isCorner(tps: Float64Array, fps: Float64Array, i: number): boolean {
  return bend(tps, i) !== 0 || bend(fps, i) !== 0;
}

function bend(counts: Float64Array, i: number): number {
  return counts[i + 1] - counts[i] - (counts[i] - counts[i - 1]);
}

/** True for the first and the last point of every recall. */
function changesRecall(tps: Float64Array, _fps: Float64Array, i: number): boolean {
  return tps[i - 1] !== tps[i] || tps[i] !== tps[i + 1];
}

export interface CalibrationOptions {
  /** Number of bins, an integer from 1 to 1,000,000. Default 5. */
  readonly nBins?: number;
  /** Bins of equal width ('uniform') or with equally many rows ('quantile'). Default 'uniform'. */
  readonly strategy?: 'uniform' | 'quantile';
  /** The positive class. Default 1 or true, where the labels are 0 and 1, −1 and 1, or booleans. */
  readonly posLabel?: Label;
}

/** Points of a calibration curve, of the bins that hold rows, in rising order. */
export interface CalibrationCurve {
  /** Share of positive rows in the bin. */
  readonly probTrue: Float64Array;
  /** Mean of the probabilities in the bin. */
  readonly probPred: Float64Array;
}

const calibrationSchema = {
  nBins: integer({ min: 1, max: 1000000 }),
  strategy: oneOf<'uniform' | 'quantile'>(['uniform', 'quantile']),
  posLabel: label,
};

/**
 * Calibration curve (reliability diagram): how often rows are positive whose predicted probability lies in
 * the same bin. Of a well calibrated classifier both are equal.
 *
 * @param yProba probability of the positive class, one per row
 * @throws ShapeError for unequal lengths, ValueError for what is no probability, more than two classes, and
 *   other labels than 0 and 1, −1 and 1, or booleans without `posLabel`
 */
export function calibrationCurve(
  yTrue: LabelRows,
  yProba: ArrayInput,
  options: CalibrationOptions = {},
): CalibrationCurve {
  const owner = 'calibrationCurve';
  const { nBins = 5, strategy, posLabel } = checkOptions(owner, options, calibrationSchema);
  const { positive, scores } = readScores(owner, yTrue, yProba, 'yProba', posLabel, 2);
  refuseImprobable(owner, scores, 1);
  // As numpy's linspace has them: multiples of a rounded width.
  const edges = Float64Array.from({ length: nBins - 1 }, (_, i) => (i + 1) * (1 / nBins));
  if (strategy === 'quantile') {
    const sorted = scores.slice().sort();
    edges.forEach((share, i) => {
      edges[i] = quantile(sorted, (share * 100) / 100);
    });
  }
  const [own, sums, rows] = [0, 0, 0].map(() => new Float64Array(nBins));
  for (let row = 0; row < scores.length; row++) {
    const bin = countBelow(edges, scores[row]);
    rows[bin]++;
    sums[bin] += scores[row];
    own[bin] += positive[row];
  }
  const means = (values: Float64Array) => values.map((sum, i) => sum / rows[i]).filter((_, i) => rows[i] > 0);
  return { probTrue: means(own), probPred: means(sums) };
}

/** How many of some sorted edges lie below a value. */
function countBelow(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
