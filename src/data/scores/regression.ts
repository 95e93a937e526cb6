/**
 * Scores of predicted numbers: squared, absolute and relative errors, explained variance and deviance. Not
 * for the metrics that training reports, which train/metrics computes batch by batch.
 */
import { anyOf, boolean, checkOptions, describe, listOf, number, oneOf } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { log } from '../../math.js';
import type { ArrayInput } from '../../ndarray.js';
import { median } from '../quantiles.js';
import type { Multioutput, ScoreOptions } from './labels.js';
import { checkRows, mean, sampleWeight, total, weightsOr1 } from './labels.js';
import { columnOf, readNumbers } from './numbers.js';
import { descending } from './thresholds.js';

export interface RegressionScoreOptions extends ScoreOptions {
  /**
   * Several outputs: 'uniformAverage', their mean; 'rawValues', all of them as a Float64Array; or a weight
   * for each. r2Score and explainedVarianceScore also 'varianceWeighted', by the variance of the output.
   * Default 'uniformAverage'.
   */
  readonly multioutput?: Multioutput;
}

export interface VarianceScoreOptions extends RegressionScoreOptions {
  /** For constant yTrue, 1 if predicted exactly, else 0; false: NaN and −Infinity. Default true. */
  readonly forceFinite?: boolean;
}

const weighting = listOf(number({ min: 0 }), 1);
const schema = {
  sampleWeight,
  multioutput: anyOf(oneOf<'rawValues' | 'uniformAverage'>(['rawValues', 'uniformAverage']), weighting),
};
const squaredSchema = { ...schema, squared: boolean };
const varianceSchema = {
  sampleWeight,
  multioutput: anyOf(
    oneOf<'rawValues' | 'uniformAverage' | 'varianceWeighted'>([
      'rawValues',
      'uniformAverage',
      'varianceWeighted',
    ]),
    weighting,
  ),
  forceFinite: boolean,
};

type Scored<O> = O extends { readonly multioutput: 'rawValues' | 'raw_values' } ? Float64Array : number;

/** Values and predictions, (rows, outputs). */
interface Values {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  readonly weights: Float64Array;
  readonly outputs: number;
}

/** The distance of 1 to the next float64, 2^-52. */
const EPSILON = 2.220446049250313e-16;

/** A function of a value and its prediction. */
type Point = (truth: number, predicted: number) => number;

const squared: Point = (truth, predicted) => (truth - predicted) * (truth - predicted);
const absolute: Point = (truth, predicted) => Math.abs(truth - predicted);
const percentage: Point = (truth, predicted) =>
  Math.abs(truth - predicted) / Math.max(Math.abs(truth), EPSILON);
const poisson: Point = (truth, predicted) =>
  2 * ((truth === 0 ? 0 : truth * log(truth / predicted)) - truth + predicted);

/** Mean over rows of (yTrue − yPred)²; with `squared: false` its square root, output by output. */
export function meanSquaredError<const O extends RegressionScoreOptions & { readonly squared?: boolean }>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const { squared: square = true, ...given } = checkOptions('meanSquaredError', options, squaredSchema);
  return meanOf('meanSquaredError', squared, yTrue, yPred, given, !square) as Scored<O>;
}

/** Square root of the mean over rows of (yTrue − yPred)², output by output. */
export function rootMeanSquaredError<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  return meanOf('rootMeanSquaredError', squared, yTrue, yPred, options, true) as Scored<O>;
}

/** Mean over rows of |yTrue − yPred|. */
export function meanAbsoluteError<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  return meanOf('meanAbsoluteError', absolute, yTrue, yPred, options) as Scored<O>;
}

/**
 * Mean over rows of |yTrue − yPred| / |yTrue|, as a fraction: 0.1 is 10 %. |yTrue| counts as 2^-52 at least.
 */
export function meanAbsolutePercentageError<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  return meanOf('meanAbsolutePercentageError', percentage, yTrue, yPred, options) as Scored<O>;
}

/**
 * Median over rows of |yTrue − yPred|. With weights, the error below and above which half of the weight lies;
 * the mean of two neighbours where it lies between them, as in scikit-learn 1.9.
 */
export function medianAbsoluteError<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('medianAbsoluteError', options, schema);
  const values = readValues('medianAbsoluteError', yTrue, yPred, given);
  const { weights, outputs } = values;
  const data = differences(values);
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(data[i]);
  const medians = Float64Array.from({ length: outputs }, (_, j) => {
    const own = columnOf({ data, rows: weights.length, columns: outputs, single: false }, j);
    return given.sampleWeight === undefined ? median(own.sort()) : weightedMedian(own, weights);
  });
  return combined('medianAbsoluteError', medians, given.multioutput) as Scored<O>;
}

function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = descending(values)
    .reverse()
    .filter((row) => weights[row] > 0);
  const half = 0.5 * total(weights);
  let sum = 0;
  let i = -1;
  while (sum < half && i < order.length - 1) sum += weights[order[++i]];
  const value = values[order[i]];
  return sum - half > EPSILON || i + 1 === order.length ? value : (value + values[order[i + 1]]) / 2;
}

/**
 * Mean Poisson deviance, of one output: the mean over rows of 2 (yTrue ln(yTrue / yPred) − yTrue + yPred).
 *
 * @throws ValueError unless yTrue >= 0 and yPred > 0; ShapeError for several outputs
 */
export function meanPoissonDeviance(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options: ScoreOptions = {},
): number {
  const owner = 'meanPoissonDeviance';
  const given = checkOptions(owner, options, { sampleWeight });
  const values = readValues(owner, yTrue, yPred, given);
  if (values.outputs > 1) {
    throw new ShapeError(`${owner}: yTrue must have one output, but received ${values.outputs}.`);
  }
  for (const [row, truth] of values.truth.entries()) {
    const rate = values.predicted[row];
    if (truth >= 0 && rate > 0) continue;
    const [what, received] =
      truth < 0 ? ['yTrue must hold numbers >= 0', truth] : ['yPred must hold numbers > 0', rate];
    throw new ValueError(`${owner}: ${what}, but received ${received} in row ${row}.`);
  }
  return perOutput(values, poisson)[0];
}

/**
 * Coefficient of determination R² = 1 − Σ (yTrue − yPred)² / Σ (yTrue − mean)²; for constant yTrue 1 if
 * predicted exactly, else 0; NaN for a single row.
 */
export function r2Score<const O extends VarianceScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('r2Score', options, varianceSchema);
  const values = readValues('r2Score', yTrue, yPred, given);
  if (values.weights.length < 2) return NaN as Scored<O>;
  return explained('r2Score', perOutput(values, squared), variances(values), given) as Scored<O>;
}

/**
 * Explained variance 1 − Var(yTrue − yPred) / Var(yTrue): R² that forgives a constant error. For constant
 * yTrue 1 if the error is constant too, else 0.
 */
export function explainedVarianceScore<const O extends VarianceScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('explainedVarianceScore', options, varianceSchema);
  const values = readValues('explainedVarianceScore', yTrue, yPred, given);
  const unexplained = variances({ ...values, truth: differences(values) });
  return explained('explainedVarianceScore', unexplained, variances(values), given) as Scored<O>;
}

/** 1 − unexplained / variance of every output, combined. */
function explained(
  owner: string,
  unexplained: Float64Array,
  variance: Float64Array,
  { multioutput, forceFinite = true }: VarianceScoreOptions,
): number | Float64Array {
  const scores = unexplained.map((sum, j) => {
    if (forceFinite && (sum === 0 || variance[j] === 0)) return sum === 0 ? 1 : 0;
    return 1 - sum / variance[j];
  });
  if (multioutput !== 'varianceWeighted') return combined(owner, scores, multioutput);
  return total(variance) === 0 ? mean(scores) : mean(scores, variance);
}

/**
 * Weighted variance of every output; exactly 0 for a constant one, since values are counted from one of them.
 */
function variances({ truth, weights, outputs }: Values): Float64Array {
  let first = 0;
  while (!(weights[first] > 0)) first++;
  const weight = total(weights);
  return truth.slice(first * outputs, (first + 1) * outputs).map((origin, j) => {
    let [shift, sum] = [0, 0];
    for (let row = 0; row < weights.length; row++)
      shift += weights[row] * (truth[row * outputs + j] - origin);
    const center = origin + shift / weight;
    for (let row = 0; row < weights.length; row++) {
      const distance = truth[row * outputs + j] - center;
      sum += weights[row] * distance * distance;
    }
    return sum / weight;
  });
}

/** Weighted mean over rows of a function of value and prediction, for every output. */
function perOutput({ truth, predicted, weights, outputs }: Values, of: Point): Float64Array {
  const sums = new Float64Array(outputs);
  for (let j = 0; j < outputs; j++) {
    let sum = 0;
    for (let row = 0; row < weights.length; row++) {
      const i = row * outputs + j;
      sum += weights[row] * of(truth[i], predicted[i]);
    }
    sums[j] = sum;
  }
  const weight = total(weights);
  return sums.map((sum) => sum / weight);
}

/** Values minus predictions. */
function differences({ truth, predicted }: Values): Float64Array {
  const all = new Float64Array(truth.length);
  for (let i = 0; i < all.length; i++) all[i] = truth[i] - predicted[i];
  return all;
}

function meanOf(
  owner: string,
  of: Point,
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options: RegressionScoreOptions | undefined,
  root = false,
): number | Float64Array {
  const given = checkOptions(owner, options, schema);
  const errors = perOutput(readValues(owner, yTrue, yPred, given), of);
  return combined(owner, root ? errors.map(Math.sqrt) : errors, given.multioutput);
}

function combined(
  owner: string,
  scores: Float64Array,
  how: Multioutput = 'uniformAverage',
): number | Float64Array {
  if (how === 'rawValues') return scores;
  if (typeof how === 'string') return mean(scores);
  if (how.length === scores.length && total(how) > 0) return mean(scores, how);
  throw new ShapeError(
    `${owner}: multioutput must hold a weight >= 0 for each of the ${scores.length} outputs, not all 0, but received ${describe(how)}.`,
  );
}

function readValues(owner: string, yTrue: unknown, yPred: unknown, given: ScoreOptions): Values {
  const truth = readNumbers(owner, yTrue, 'yTrue', 'outputs');
  const predicted = readNumbers(owner, yPred, 'yPred', 'outputs');
  const rows = checkRows(owner, truth.rows, predicted.rows, 'yPred');
  const outputs = truth.columns;
  if (outputs === predicted.columns) {
    const weights = weightsOr1(given.sampleWeight, rows);
    return { truth: truth.data, predicted: predicted.data, weights, outputs };
  }
  throw new ShapeError(
    `${owner}: yPred must have as many outputs as yTrue, ${outputs}, but received ${predicted.columns}.`,
  );
}
