/**
 * StandardScaler: columns with mean 0 and variance 1, fitted at once or batch by batch. Not for the methods
 * that all scalers share (scaler.ts).
 */
import { boolean, checkOptions, nullable, positiveInteger } from '../../check.js';
import { readFitted } from '../stored.js';
import type { Matrix } from '../matrix.js';
import type { CellFunction } from './scaler.js';
import { checkColumns, checkFinite, copied, EPSILON, perColumn, Scaler } from './scaler.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import { product, sum } from '../../math/double.js';

export interface StandardScalerParams {
  /** Subtract the mean of the column. Default true. */
  readonly withMean: boolean;
  /** Divide by the standard deviation of the column. Default true. */
  readonly withStd: boolean;
}

interface Fitted {
  readonly mean: Float64Array;
  readonly var: Float64Array | null;
  readonly scale: Float64Array | null;
  readonly nSamplesSeen: number;
}

const schema = { withMean: boolean, withStd: boolean };
const fittedSchema = {
  mean: perColumn,
  var: nullable(perColumn),
  scale: nullable(perColumn),
  nSamplesSeen: positiveInteger,
};

/**
 * Columns of mean 0 and variance 1: (x − mean) / scale, where scale is the standard deviation √(Σ (x − mean)²
 * / rows), or 1 for a column that is constant up to rounding. scikit-learn's StandardScaler.
 */
export class StandardScaler extends Scaler<StandardScalerParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'StandardScaler';
  readonly name = 'StandardScaler';
  protected readonly schema = schema;

  constructor(options: Partial<StandardScalerParams> = {}) {
    super({ withMean: true, withStd: true, ...checkOptions('StandardScaler', options, schema) });
  }

  /** A scaler from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): StandardScaler {
    return new StandardScaler().restore(json, (fitted) => {
      const { mean, ...rest } = readFitted('StandardScaler', fitted, fittedSchema);
      checkColumns('StandardScaler', { mean, var: rest.var, scale: rest.scale });
      return { mean, ...rest };
    });
  }

  /** Mean of every column; null if neither withMean nor withStd. */
  get mean(): Float64Array | null {
    const { mean } = this.fitted('mean');
    return this.params.withMean || this.params.withStd ? mean.slice() : null;
  }

  /** Variance of every column; null without withStd. */
  get var(): Float64Array | null {
    return copied(this.fitted('var').var);
  }

  /** Divisor of every column; null without withStd. */
  get scale(): Float64Array | null {
    return copied(this.fitted('scale').scale);
  }

  /** Number of rows that fit has seen. */
  get nSamplesSeen(): number {
    return this.fitted('nSamplesSeen').nSamplesSeen;
  }

  protected *learn(matrix: Matrix): Pieces<Fitted> {
    const { rows, columns } = matrix;
    const { mean, variance } = yield* columnMoments(matrix);
    const { withStd } = this.params;
    const scale = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      checkFinite('StandardScaler', j, withStd ? variance[j] : mean[j]);
      const rounding = rows * mean[j] * EPSILON;
      const constant = variance[j] <= rows * EPSILON * variance[j] + rounding * rounding;
      scale[j] = constant ? 1 : Math.sqrt(variance[j]);
    }
    return { mean, var: withStd ? variance : null, scale: withStd ? scale : null, nSamplesSeen: rows };
  }

  protected columns({ mean }: Fitted): number {
    return mean.length;
  }

  protected forward({ mean, scale }: Fitted): CellFunction {
    const shift = this.params.withMean;
    return (value, column) => {
      const centered = shift ? value - mean[column] : value;
      return scale ? centered / scale[column] : centered;
    };
  }

  protected backward({ mean, scale }: Fitted): CellFunction {
    const shift = this.params.withMean;
    return (value, column) => {
      const spread = scale ? value * scale[column] : value;
      return shift ? spread + mean[column] : spread;
    };
  }
}

/** Mean and variance of every column. */
interface Moments {
  readonly mean: Float64Array;
  /** Σ (x − mean)² / rows. */
  readonly variance: Float64Array;
}

/**
 * Sums of many numbers, one per column, correct to about 2^-53 of the result whatever the order and the
 * signs.
 *
 * A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), with
 * the branch-free error of D. E. Knuth, "The Art of Computer Programming", vol. 2, 4.2.2.
 */
interface ColumnSums {
  /** The sums, rounded at every step. */
  readonly high: Float64Array;
  /** The rounding errors of the sums. */
  readonly low: Float64Array;
}

/**
 * Mean and variance of the columns of a matrix in two passes, to a few units in the last place of float64.
 * The variance of a constant column is exactly 0. A column whose sum exceeds the range of float64 gets
 * values that are not finite.
 */
function* columnMoments(matrix: Matrix): Pieces<Moments> {
  const { rows, columns } = matrix;
  const { mean, rest } = yield* columnMeans(matrix);
  const { high, low } = yield* squaredDistances(matrix, mean, rest);
  const variance = new Float64Array(columns);
  for (let j = 0; j < columns; j++) variance[j] = (high[j] + low[j]) / rows;
  return { mean, variance };
}

/** Mean of every column, and the remainder that rounding it to float64 leaves. */
function* columnMeans({
  data,
  scale,
  rows,
  columns,
}: Matrix): Pieces<{ mean: Float64Array; rest: Float64Array }> {
  const high = new Float64Array(columns);
  const low = new Float64Array(columns);
  yield* ranges(rows, columns, (begin, end) => {
    for (let row = begin, at = begin * columns; row < end; row++) {
      for (let j = 0; j < columns; j++, at++) {
        const value = data[at] * scale;
        const before = high[j];
        const after = before + value;
        const added = after - before;
        low[j] += before - (after - added) + (value - added);
        high[j] = after;
      }
    }
  });
  const mean = new Float64Array(columns);
  const rest = new Float64Array(columns);
  for (let j = 0; j < columns; j++) [mean[j], rest[j]] = quotient(high[j], low[j], rows);
  return { mean, rest };
}

/** (high + low) / divisor to about 106 bits. */
function quotient(high: number, low: number, divisor: number): readonly [number, number] {
  const [total, lost] = sum(high, low);
  const first = total / divisor;
  const [back, backLost] = product(first, divisor);
  const remainder = total - back - backLost + lost;
  return Number.isFinite(remainder) ? sum(first, remainder / divisor) : [first, 0];
}

/** Σ (x − mean)² of every column. */
function* squaredDistances(
  { data, scale, rows, columns }: Matrix,
  mean: Float64Array,
  rest: Float64Array,
): Pieces<ColumnSums> {
  const high = new Float64Array(columns);
  const low = new Float64Array(columns);
  yield* ranges(rows, columns, (begin, end) => {
    for (let row = begin, at = begin * columns; row < end; row++) {
      for (let j = 0; j < columns; j++, at++) {
        const distance = data[at] * scale - mean[j] - rest[j];
        const square = distance * distance;
        const before = high[j];
        const after = before + square;
        const added = after - before;
        low[j] += before - (after - added) + (square - added);
        high[j] = after;
      }
    }
  });
  return { high, low };
}
