import { boolean, checkOptions, describe, nullable, positiveInteger } from '../../check.js';
import { ValueError } from '../../errors.js';
import { readFitted } from '../stored.js';
import type { Table } from '../table.js';
import { columnOf } from '../table.js';
import type { CellFunction } from './scaler.js';
import { checkColumns, checkFinite, copied, perColumn, Scaler } from './scaler.js';
import { divisor, pair } from './min-max.js';
import { normalQuantile, quantile } from './quantile.js';
import type { Pieces } from '../../yielding.js';
import { sortedInPieces } from './sorting.js';

export interface RobustScalerParams {
  /** Subtract the median of the column. Default true. */
  readonly withCentering: boolean;
  /** Divide by the distance of two percentiles of the column. Default true. */
  readonly withScaling: boolean;
  /** These two percentiles, 0 to 100. Default [25, 75]. */
  readonly quantileRange: readonly [number, number];
  /** Scale so that normally distributed columns get variance 1. Default false. */
  readonly unitVariance: boolean;
}

interface Fitted {
  readonly center: Float64Array | null;
  readonly scale: Float64Array | null;
  readonly nFeaturesIn: number;
}

const schema = { withCentering: boolean, withScaling: boolean, quantileRange: pair, unitVariance: boolean };
const fittedSchema = {
  center: nullable(perColumn),
  scale: nullable(perColumn),
  nFeaturesIn: positiveInteger,
};
const defaults: RobustScalerParams = {
  withCentering: true,
  withScaling: true,
  quantileRange: [25, 75],
  unitVariance: false,
};

/**
 * Columns scaled by what outliers do not move: (x − median) / (upper percentile − lower percentile), with 1 as the divisor
 * where these are equal. scikit-learn's RobustScaler.
 */
export class RobustScaler extends Scaler<RobustScalerParams, Fitted> {
  /** Survives minifiers. */
  static override readonly name: string = 'RobustScaler';
  readonly name = 'RobustScaler';
  protected readonly schema = schema;

  constructor(options: Partial<RobustScalerParams> = {}) {
    super({ ...defaults, ...checkOptions('RobustScaler', options, schema) });
    this.check(this.params);
  }

  /** A scaler from what toJSON gave. @throws FormatError if it is something else */
  static fromJSON(json: unknown): RobustScaler {
    return new RobustScaler().restore(json, (given) => {
      const fitted = readFitted('RobustScaler', given, fittedSchema);
      const { center, scale, nFeaturesIn } = fitted;
      checkColumns('RobustScaler', { nFeaturesIn: new Float64Array(nFeaturesIn), center, scale });
      return fitted;
    });
  }

  protected override check(params: RobustScalerParams): RobustScalerParams {
    const [low, high] = params.quantileRange;
    const inside = params.unitVariance ? low > 0 && high < 100 : low >= 0 && high <= 100;
    if (inside && low < high) return params;
    const expected = params.unitVariance
      ? '0 < low < high < 100 (with unitVariance)'
      : '0 <= low < high <= 100';
    throw new ValueError(
      `RobustScaler: quantileRange must be [low, high] with ${expected}, but received ${describe([low, high])}.`,
    );
  }

  /** Median of every column; null without withCentering. */
  get center(): Float64Array | null {
    return copied(this.fitted('center').center);
  }

  /** What every column is divided by; null without withScaling. */
  get scale(): Float64Array | null {
    return copied(this.fitted('scale').scale);
  }

  protected *learn(table: Table): Pieces<Fitted> {
    const { columns } = table;
    const { withCentering, withScaling, quantileRange, unitVariance } = this.params;
    const [low, high] = quantileRange.map((percentile) => percentile / 100);
    const normal = unitVariance ? normalQuantile(high) - normalQuantile(low) : 1;
    const center = new Float64Array(columns);
    const scale = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      const sorted = yield* sortedInPieces(columnOf(table, j));
      center[j] = median(sorted);
      const distance = quantile(sorted, high) - quantile(sorted, low);
      checkFinite('RobustScaler', j, center[j] + distance);
      scale[j] = divisor(distance) / normal;
    }
    return {
      center: withCentering ? center : null,
      scale: withScaling ? scale : null,
      nFeaturesIn: columns,
    };
  }

  protected columns({ nFeaturesIn }: Fitted): number {
    return nFeaturesIn;
  }

  protected forward({ center, scale }: Fitted): CellFunction {
    return (value, column) => {
      const centered = center ? value - center[column] : value;
      return scale ? centered / scale[column] : centered;
    };
  }

  protected backward({ center, scale }: Fitted): CellFunction {
    return (value, column) => {
      const spread = scale ? value * scale[column] : value;
      return center ? spread + center[column] : spread;
    };
  }
}

function median(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
