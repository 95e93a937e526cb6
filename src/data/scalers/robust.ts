/**
 * RobustScaler: columns minus their median, divided by the range between two quantiles; and computing
 * quantiles. Not for the methods that all scalers share (scaler.ts).
 */
import { boolean, checkOptions, describe, nullable, positiveInteger } from '../../check.js';
import { ValueError } from '../../errors.js';
import { readFitted } from '../stored.js';
import type { Matrix } from '../matrix.js';
import { columnOf } from '../matrix.js';
import { median, quantile } from '../quantiles.js';
import type { CellFunction } from './scaler.js';
import { checkColumns, checkFinite, copied, perColumn, Scaler } from './scaler.js';
import { divisor, pair } from './min-max.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import { normalQuantile } from '../../math/normal.js';

export interface RobustScalerParams {
  /** Subtract the median of the column. Default true. */
  readonly withCentering: boolean;
  /** Divide by the distance between two percentiles of the column. Default true. */
  readonly withScaling: boolean;
  /** The two percentiles whose distance is the scale, 0 to 100. Default [25, 75]. */
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
 * Scales columns by statistics that outliers do not move: (x − median) / (upper percentile − lower
 * percentile), with 1 as the divisor where these are equal. scikit-learn's RobustScaler.
 */
export class RobustScaler extends Scaler<RobustScalerParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'RobustScaler';
  readonly name = 'RobustScaler';
  protected readonly schema = schema;

  constructor(options: Partial<RobustScalerParams> = {}) {
    super({ ...defaults, ...checkOptions('RobustScaler', options, schema) });
    this.check(this.params);
  }

  /** A scaler from the output of toJSON. @throws FormatError for anything else */
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

  /** Divisor of every column; null without withScaling. */
  get scale(): Float64Array | null {
    return copied(this.fitted('scale').scale);
  }

  protected *learn(matrix: Matrix): Pieces<Fitted> {
    const { columns } = matrix;
    const { withCentering, withScaling, quantileRange, unitVariance } = this.params;
    const [low, high] = quantileRange.map((percentile) => percentile / 100);
    const normal = unitVariance ? normalQuantile(high) - normalQuantile(low) : 1;
    const center = new Float64Array(columns);
    const scale = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      const sorted = yield* sortedInPieces(columnOf(matrix, j));
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

/** Number of values that are sorted at once: about 15 ms. */
const RUN = 200000;

/** Cost of sorting per value, in floating-point operations, for cutting work into slices. */
const FLOPS_PER_VALUE = 1000;

/**
 * Numbers in ascending order, −0 before 0, as `Float64Array.prototype.sort` has them: runs are sorted, then
 * merged by twos. There may be no NaN.
 *
 * @param values are overwritten
 */
export function* sortedInPieces(values: Float64Array): Pieces<Float64Array> {
  const { length } = values;
  for (let begin = 0; begin < length; begin += RUN) {
    const run = values.subarray(begin, begin + RUN);
    run.sort();
    yield FLOPS_PER_VALUE * run.length;
  }
  let [source, target] = [values, length > RUN ? new Float64Array(length) : values];
  for (let width = RUN; width < length; width *= 2) {
    for (let begin = 0; begin < length; begin += 2 * width) {
      const middle = Math.min(begin + width, length);
      yield* merged(source, target, begin, middle, Math.min(middle + width, length));
    }
    [source, target] = [target, source];
  }
  return source;
}

/** Merge the sorted runs [begin, middle) and [middle, end). */
function* merged(
  source: Float64Array,
  target: Float64Array,
  begin: number,
  middle: number,
  end: number,
): Pieces<void> {
  let left = begin;
  let right = middle;
  yield* ranges(end - begin, 2, (from, to) => {
    for (let i = begin + from; i < begin + to; i++) {
      const takesLeft = right === end || (left < middle && isBefore(source[left], source[right]));
      target[i] = takesLeft ? source[left++] : source[right++];
    }
  });
}

function isBefore(a: number, b: number): boolean {
  return a < b || (a === b && (a !== 0 || Object.is(a, -0) || Object.is(b, 0)));
}
