/**
 * rocAucScore: the area under the ROC curve, of two classes or more. Not for reading scores and labels
 * (probabilities.ts).
 */
import { checkOptions, describe, nullable, oneOf } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import { ascending } from '../../random.js';
import type { Label } from '../labels.js';
import type { LabelRows, ScoreOptions } from './labels.js';
import { distinctLabels, mean, sampleWeight, weightsOr1 } from './labels.js';
import { columnOf } from './numbers.js';
import type { Scored } from './probabilities.js';
import { readScored } from './probabilities.js';
import { countByThreshold } from './thresholds.js';

export interface RocAucOptions extends ScoreOptions {
  /**
   * Method for more than two classes: 'ovr', each against all others; 'ovo', the mean over pairs (Hand &
   * Till, 2001).
   */
  readonly multiClass?: 'ovr' | 'ovo';
  /**
   * Average over the areas: their mean ('macro'), the mean weighted by the rows of the class ('weighted'), or
   * null for all of them (ovr only). Default 'macro'.
   */
  readonly average?: 'macro' | 'weighted' | null;
  /** All classes, in whose sorted order the columns of the scores stand. Default: those of yTrue. */
  readonly labels?: readonly Label[];
}

const schema = {
  multiClass: oneOf<'ovr' | 'ovo'>(['ovr', 'ovo']),
  average: nullable(oneOf<'macro' | 'weighted'>(['macro', 'weighted'])),
  labels: distinctLabels,
  sampleWeight,
};

/**
 * Area under the ROC curve: the chance that a row of the class scores higher than one of another, ties
 * counting half. Exact, by rank.
 *
 * @param yScore of two classes: scores (rows) of the second in sorted order, or probabilities (rows, 2); of
 *   more: probabilities (rows, classes) that sum to 1
 * @returns a number; a Float64Array with `average: null` for more than two classes
 * @throws ValueError if a class has all rows or none, and for more than two classes without `multiClass`
 */
export function rocAucScore<const O extends RocAucOptions>(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options?: O,
): O extends { readonly average: null } ? number | Float64Array : number;
export function rocAucScore(
  yTrue: LabelRows,
  yScore: ArrayInput,
  options: RocAucOptions = {},
): number | Float64Array {
  const given = checkOptions('rocAucScore', options, schema);
  const scored = readScored('rocAucScore', yTrue, yScore, given.labels);
  const { truth, classes, columns } = scored;
  const weights = weightsOr1(given.sampleWeight, truth.length);
  if (columns <= 2 && classes.length <= 2) {
    return area(truth, column(scored, columns - 1), weights, 1, classes);
  }
  checkProbabilities(scored);
  const { multiClass, average = 'macro' } = given;
  if (multiClass === undefined) {
    throw new ValueError(
      `rocAucScore: multiClass must be 'ovr' or 'ovo' for ${classes.length} classes, but received none.`,
    );
  }
  if (multiClass === 'ovr') return oneAgainstRest(scored, weights, average);
  if (given.sampleWeight !== undefined) {
    throw new ValueError("rocAucScore: sampleWeight must be omitted with multiClass 'ovo', but was given.");
  }
  if (average !== null) return pairwise(scored, average);
  throw new ValueError(
    "rocAucScore: average must be 'macro' or 'weighted' with multiClass 'ovo', but received null.",
  );
}

function checkProbabilities({ classes, columns, scores, truth }: Scored): void {
  if (columns !== classes.length) {
    throw new ShapeError(
      `rocAucScore: yScore must have a column for each of the ${classes.length} classes ${describe(classes)}, but received ${columns}.`,
    );
  }
  for (let row = 0; row < truth.length; row++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += scores[row * columns + j];
    if (Math.abs(sum - 1) <= 1.001e-5) continue;
    throw new ValueError(
      `rocAucScore: yScore must hold probabilities that sum to 1 in every row for more than two classes, but received the sum ${sum} in row ${row}.`,
    );
  }
}

function column({ scores, columns, truth, single }: Scored, j: number): Float64Array {
  return columnOf({ data: scores, rows: truth.length, columns, single }, j);
}

function oneAgainstRest(
  scored: Scored,
  weights: ArrayLike<number>,
  average: 'macro' | 'weighted' | null,
): number | Float64Array {
  const { truth, classes } = scored;
  const areas = Float64Array.from(classes, (_label, j) =>
    area(truth, column(scored, j), weights, j, classes),
  );
  if (average === null) return areas;
  if (average === 'macro') return mean(areas);
  const support = new Float64Array(classes.length);
  truth.forEach((label, row) => {
    support[label] += weights[row];
  });
  return mean(areas, support);
}

/** For each pair of classes the mean of the areas by either's score, on the rows of these classes only. */
function pairwise(scored: Scored, average: 'macro' | 'weighted'): number {
  const { truth, classes, scores, columns } = scored;
  const areas: number[] = [];
  const prevalence: number[] = [];
  for (let a = 0; a < classes.length; a++) {
    for (let b = a + 1; b < classes.length; b++) {
      const rows = ascending(truth.length).filter((row) => truth[row] === a || truth[row] === b);
      const labels = rows.map((row) => truth[row]);
      const byScoreOf = (j: number) => {
        const own = Float64Array.from(rows, (row) => scores[row * columns + j]);
        return area(labels, own, weightsOr1(undefined, rows.length), j, classes);
      };
      areas.push((byScoreOf(a) + byScoreOf(b)) / 2);
      prevalence.push(rows.length);
    }
  }
  return average === 'weighted' ? mean(areas, prevalence) : mean(areas);
}

/**
 * Area for one class: over scores in falling order, the share of other rows times the share of its rows
 * passed so far.
 */
function area(
  truth: Int32Array,
  scores: Float64Array,
  weights: ArrayLike<number>,
  positive: number,
  classes: readonly Label[],
): number {
  const own = truth.map((label) => (label === positive ? 1 : 0));
  const { tps, fps } = countByThreshold(own, scores, weights);
  let [above, others, sum] = [0, 0, 0];
  for (let i = 0; i < tps.length; i++) {
    sum += (fps[i] - others) * ((above + tps[i]) / 2);
    above = tps[i];
    others = fps[i];
  }
  if (above > 0 && others > 0) return sum / (above * others);
  const rows = truth.length;
  if (classes.length <= 2 && classes.length > 0 && truth.every((code) => code === truth[0])) {
    const all = rows === 1 ? 'the only row is' : `all ${rows} rows are`;
    throw new ValueError(`rocAucScore: yTrue needs both classes, but ${all} ${describe(classes[truth[0]])}.`);
  }
  const received = above > 0 ? `all of them of ${describe(classes[positive])}` : 'none of it';
  const name = classes.length > positive ? `class ${describe(classes[positive])}` : 'the second class';
  throw new ValueError(
    `rocAucScore: yTrue must hold rows of ${name} and others for an area, but received ${received}.`,
  );
}
