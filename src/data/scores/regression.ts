/**
 * Scores of predicted numbers: mean squared error, mean absolute error and R². Not for the metrics that
 * training reports, which train/metrics computes batch by batch.
 */
import { anyOf, boolean, checkOptions, describe, listOf, number, oneOf } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import { formatShape, readArray } from '../../ndarray.js';
import { readWeights } from '../weights.js';
import { mean, total, checkRows, ones, sampleWeight } from './labels.js';
import type { Multioutput, ScoreOptions } from './labels.js';

export interface RegressionScoreOptions extends ScoreOptions {
  /**
   * Several outputs: 'uniformAverage', their mean; 'rawValues', all of them as a Float64Array; or a weight
   * for each. r2Score also 'varianceWeighted', by the variance of the output. Default 'uniformAverage'.
   */
  readonly multioutput?: Multioutput;
}

const weighting = listOf(number({ min: 0 }), 1);
const multioutput = anyOf(oneOf<'rawValues' | 'uniformAverage'>(['rawValues', 'uniformAverage']), weighting);
const schema = { sampleWeight, multioutput };
const r2Schema = {
  sampleWeight,
  multioutput: anyOf(
    oneOf<'rawValues' | 'uniformAverage' | 'varianceWeighted'>([
      'rawValues',
      'uniformAverage',
      'varianceWeighted',
    ]),
    weighting,
  ),
};

type Scored<O> = O extends { readonly multioutput: 'rawValues' | 'raw_values' } ? Float64Array : number;

/** Values and predictions, (rows, outputs). */
interface Values {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  readonly weights: ArrayLike<number>;
  readonly outputs: number;
}

/** Mean over rows of (yTrue − yPred)²; with `squared: false` its square root, output by output. */
export function meanSquaredError<const O extends RegressionScoreOptions & { readonly squared?: boolean }>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('meanSquaredError', options, { ...schema, squared: boolean });
  const values = readValues('meanSquaredError', yTrue, yPred, given.sampleWeight);
  const errors = perOutput(values, (truth, predicted) => (truth - predicted) * (truth - predicted));
  const roots = given.squared === false ? errors.map(Math.sqrt) : errors;
  return combined('meanSquaredError', roots, given.multioutput) as Scored<O>;
}

/** Mean over rows of |yTrue − yPred|. */
export function meanAbsoluteError<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('meanAbsoluteError', options, schema);
  const values = readValues('meanAbsoluteError', yTrue, yPred, given.sampleWeight);
  const errors = perOutput(values, (truth, predicted) => Math.abs(truth - predicted));
  return combined('meanAbsoluteError', errors, given.multioutput) as Scored<O>;
}

/**
 * Coefficient of determination R² = 1 − Σ (yTrue − yPred)² / Σ (yTrue − mean)²; for constant yTrue 1 if
 * predicted exactly, else 0; NaN for a single row.
 */
export function r2Score<const O extends RegressionScoreOptions>(
  yTrue: ArrayInput,
  yPred: ArrayInput,
  options?: O,
): Scored<O> {
  const given = checkOptions('r2Score', options, r2Schema);
  const values = readValues('r2Score', yTrue, yPred, given.sampleWeight);
  if (values.weights.length < 2) return NaN as Scored<O>;
  const residual = perOutput(values, (value, predicted) => (value - predicted) * (value - predicted));
  const spread = spreads(values);
  const scores = residual.map((sum, j) => (sum === 0 ? 1 : spread[j] === 0 ? 0 : 1 - sum / spread[j]));
  if (given.multioutput !== 'varianceWeighted') {
    return combined('r2Score', scores, given.multioutput) as Scored<O>;
  }
  return (total(spread) === 0 ? mean(scores) : mean(scores, spread)) as Scored<O>;
}

/**
 * Weighted variance of every output; exactly 0 for a constant one, since values are counted from one of them.
 */
function spreads(values: Values): Float64Array {
  const { truth, weights, outputs } = values;
  const first = Array.from(weights).findIndex((weight) => weight > 0);
  const origins = truth.subarray(first * outputs, (first + 1) * outputs);
  const tiled = (row: Float64Array) => Float64Array.from(truth, (_value, i) => row[i % outputs]);
  const shifts = perOutput({ ...values, predicted: tiled(origins) }, (value, origin) => value - origin);
  const centers = origins.map((origin, j) => origin + shifts[j]);
  return perOutput(
    { ...values, predicted: tiled(centers) },
    (value, center) => (value - center) * (value - center),
  );
}

/** Weighted mean over rows of a function of value and prediction, for every output. */
function perOutput(
  { truth, predicted, weights, outputs }: Values,
  of: (truth: number, predicted: number) => number,
): Float64Array {
  const sums = new Float64Array(outputs);
  for (let i = 0; i < truth.length; i++) {
    sums[i % outputs] += weights[Math.floor(i / outputs)] * of(truth[i], predicted[i]);
  }
  const weight = total(weights);
  return sums.map((sum) => sum / weight);
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

function readValues(owner: string, yTrue: unknown, yPred: unknown, sampleWeight: unknown): Values {
  const truth = finite(owner, yTrue, 'yTrue');
  const predicted = finite(owner, yPred, 'yPred');
  const rows = checkRows(owner, truth.rows, predicted.rows, 'yPred');
  if (truth.outputs !== predicted.outputs) {
    throw new ShapeError(
      `${owner}: yPred must have as many outputs as yTrue, ${truth.outputs}, but received ${predicted.outputs}.`,
    );
  }
  const weights = sampleWeight === undefined ? ones(rows) : readWeights(sampleWeight, rows);
  return { truth: truth.data, predicted: predicted.data, weights, outputs: truth.outputs };
}

function finite(
  owner: string,
  input: unknown,
  name: string,
): { data: Float64Array; rows: number; outputs: number } {
  const { data, shape, scale = 1 } = readArray(input, name);
  if (shape.length === 0 || shape.length > 2) {
    throw new ShapeError(
      `${owner}: ${name} must be of shape (rows) or (rows, outputs), but received the shape ${formatShape(shape)}.`,
    );
  }
  const bad = data.findIndex((value) => value - value !== 0);
  if (bad >= 0) {
    const row = Math.floor(bad / (shape[1] ?? 1));
    throw new ValueError(
      `${owner}: ${name} must hold finite numbers, but received ${describe(data[bad])} in row ${row}.`,
    );
  }
  return {
    data: Float64Array.from(data, (value) => value * scale),
    rows: shape[0],
    outputs: shape[1] ?? 1,
  };
}
