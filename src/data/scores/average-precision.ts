/**
 * averagePrecisionScore: precision averaged over the recall of a classifier, of two classes, of more, or of
 * several labels per row. Not for the curve itself (curves.ts).
 */
import { checkOptions, describe, nullable, oneOf } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import type { Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import { checkIndicators, positiveLabel } from './counts.js';
import type { Average, LabelCells, LabelRows, ScoreOptions, WarningOption } from './labels.js';
import {
  checkRows,
  label,
  labelCells,
  mean,
  onWarning,
  sampleWeight,
  total,
  warnUndefined,
  weightsOr1,
} from './labels.js';
import type { Numbers } from './numbers.js';
import { columnOf, readNumbers } from './numbers.js';
import { positiveRows } from './positives.js';
import { countByThreshold } from './thresholds.js';

export interface AveragePrecisionOptions extends ScoreOptions, WarningOption {
  /** The positive class of two. Default 1, or true for booleans. */
  readonly posLabel?: Label;
  /**
   * Average for more than two classes and for rows of several labels: the mean over classes ('macro'), the
   * mean weighted by their rows ('weighted'), all labels of all rows counted as one ('micro'), the mean over
   * rows ('samples'), or null for all classes. Without effect for two classes. Default 'macro'.
   */
  readonly average?: Exclude<Average, 'binary'>;
}

const schema = {
  posLabel: label,
  average: nullable(
    oneOf<'macro' | 'weighted' | 'micro' | 'samples'>(['macro', 'weighted', 'micro', 'samples']),
  ),
  sampleWeight,
  onWarning,
};

/**
 * Average precision: Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over falling thresholds, without interpolation. 0,
 * with a warning, where no row is positive.
 *
 * @param yTrue a label per row, or rows of 0 and 1, one for every label that a row may have
 * @param yScore of two classes: scores (rows) of the positive one; else (rows, classes) or (rows, labels)
 * @returns a number; a Float64Array with `average: null` for more than two classes or several labels per row
 * @throws ShapeError for other shapes, ValueError if `posLabel` is not among two classes
 */
export function averagePrecisionScore<const O extends AveragePrecisionOptions>(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options?: O,
): O extends { readonly average: null } ? number | Float64Array : number;
export function averagePrecisionScore(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options: AveragePrecisionOptions = {},
): number | Float64Array {
  const owner = 'averagePrecisionScore';
  const given = checkOptions(owner, options, schema);
  const truth = labelCells(owner, yTrue, 'yTrue');
  const scores = readNumbers(owner, yScore, 'yScore', 'classes');
  checkRows(owner, truth.rows, scores.rows, 'yScore');
  const { positive, columns } = readTargets(owner, truth, given.posLabel);
  if (scores.columns !== columns) {
    throw new ShapeError(
      `${owner}: yScore must have ${columns} columns for these labels, but received ${scores.columns}.`,
    );
  }
  const weights = weightsOr1(given.sampleWeight, truth.rows);
  const table = { data: Float64Array.from(positive), rows: truth.rows, columns, single: false };
  const result = averaged(table, scores, weights, columns === 1 ? 'micro' : given.average);
  if (result.noPositives) {
    const message = `${owner}: the score without positive rows in yTrue counts as 0.`;
    warnUndefined(message, given.onWarning);
  }
  return result.score;
}

/** Rows of 0 and 1: one column for two classes, else one for each class or label. */
function readTargets(
  owner: string,
  truth: LabelCells,
  posLabel: Label | undefined,
): { positive: Uint8Array; columns: number } {
  const { cells, rows, width } = truth;
  const encoded = width === 1 ? encodeLabels(cells, `${owner}: yTrue`) : undefined;
  const classes = encoded?.classes ?? [];
  if (encoded && classes.length <= 2) {
    const wanted = positiveLabel(owner, classes, posLabel);
    return { positive: positiveRows(owner, encoded, wanted), columns: 1 };
  }
  if (posLabel !== undefined && posLabel !== 1) {
    throw new ValueError(
      `${owner}: posLabel must be omitted for more than two classes, but received ${describe(posLabel)}.`,
    );
  }
  if (!encoded) return { positive: checkIndicators(owner, truth, 'yTrue'), columns: width };
  const positive = new Uint8Array(rows * classes.length);
  for (let row = 0; row < rows; row++) positive[row * classes.length + encoded.indices[row]] = 1;
  return { positive, columns: classes.length };
}

function averaged(
  positive: Numbers,
  scores: Numbers,
  weights: ArrayLike<number>,
  average: AveragePrecisionOptions['average'] = 'macro',
): { score: number | Float64Array; noPositives: boolean } {
  const { rows, columns } = positive;
  if (average === 'micro') {
    const repeated = positive.data.map((_value, i) => weights[Math.floor(i / columns)]);
    const score = averagePrecision(positive.data, scores.data, repeated);
    return { score: score || 0, noPositives: Number.isNaN(score) };
  }
  const byRow = average === 'samples';
  const ones = weightsOr1(undefined, columns);
  const all = Float64Array.from({ length: byRow ? rows : columns }, (_, j) => {
    const part = ({ data }: Numbers) => data.subarray(j * columns, (j + 1) * columns);
    if (byRow) return averagePrecision(part(positive), part(scores), ones);
    return averagePrecision(columnOf(positive, j), columnOf(scores, j), weights);
  });
  const values = all.map((score) => score || 0);
  const none = { noPositives: all.some(Number.isNaN) };
  if (average === null) return { score: values, ...none };
  if (byRow) return { score: mean(values, weights), ...none };
  if (average === 'macro') return { score: mean(values), ...none };
  const supports = values.map((_score, j) =>
    total(columnOf(positive, j).map((own, row) => own * weights[row])),
  );
  return { score: total(supports) === 0 ? 0 : mean(values, supports), ...none };
}

/** Average precision of one class; NaN without positive rows. */
function averagePrecision(
  positive: ArrayLike<number>,
  scores: Float64Array,
  weights: ArrayLike<number>,
): number {
  const { tps, fps } = countByThreshold(positive, scores, weights);
  let [sum, before] = [0, 0];
  tps.forEach((own, i) => {
    sum += (own - before) * (own / (own + fps[i]));
    before = own;
  });
  return sum / before;
}
