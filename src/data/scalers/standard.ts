import { boolean, checkOptions, nullable, positiveInteger } from '../../check.js';
import { columnMoments } from '../moments.js';
import { readFitted } from '../stored.js';
import type { Table } from '../table.js';
import type { CellFunction } from './scaler.js';
import { checkColumns, checkFinite, copied, EPSILON, perColumn, Scaler } from './scaler.js';
import type { Pieces } from '../../yielding.js';

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

  protected *learn(table: Table): Pieces<Fitted> {
    const { rows, columns } = table;
    const { mean, variance } = yield* columnMoments(table);
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
