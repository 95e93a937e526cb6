import { boolean, checkOptions, nullable, positiveInteger } from '../../check.js';
import { readFitted } from '../stored.js';
import type { Table } from '../table.js';
import { columnOf } from '../table.js';
import { checkColumns, copied, EPSILON, perColumn } from './fitted.js';
import type { CellFunction } from './scaler.js';
import { Scaler } from './scaler.js';

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
 * Columns of mean 0 and variance 1: (x − mean) / scale, where scale is the standard deviation √(Σ (x − mean)² / rows), or 1
 * for a column that is constant up to rounding. scikit-learn's StandardScaler.
 */
export class StandardScaler extends Scaler<StandardScalerParams, Fitted> {
  /** Survives minifiers. */
  static override readonly name: string = 'StandardScaler';
  readonly name = 'StandardScaler';
  protected readonly schema = schema;

  constructor(options: Partial<StandardScalerParams> = {}) {
    super({ withMean: true, withStd: true, ...checkOptions('StandardScaler', options, schema) });
  }

  /** A scaler from what toJSON gave. @throws FormatError if it is something else */
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

  /** What every column is divided by; null without withStd. */
  get scale(): Float64Array | null {
    return copied(this.fitted('scale').scale);
  }

  /** Rows that fit has seen. */
  get nSamplesSeen(): number {
    return this.fitted('nSamplesSeen').nSamplesSeen;
  }

  protected learn(table: Table): Fitted {
    const { rows, columns } = table;
    const mean = new Float64Array(columns);
    const variance = new Float64Array(columns);
    const scale = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      const values = columnOf(table, j);
      mean[j] = values.reduce((sum, value) => sum + value, 0) / rows;
      variance[j] = varianceAround(values, mean[j]);
      const rounding = rows * mean[j] * EPSILON;
      const constant = variance[j] <= rows * EPSILON * variance[j] + rounding * rounding;
      scale[j] = constant ? 1 : Math.sqrt(variance[j]);
    }
    const { withStd } = this.params;
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

/** Σ (x − mean)² / rows, corrected for what the mean has lost in rounding. */
function varianceAround(values: Float64Array, mean: number): number {
  let squares = 0;
  let lost = 0;
  for (const value of values) {
    const distance = value - mean;
    squares += distance * distance;
    lost += distance;
  }
  return (squares - (lost * lost) / values.length) / values.length;
}
