/**
 * QuantileTransformer: columns mapped by their quantiles to a uniform or normal distribution, and back. Not
 * for scaling by quantiles (scalers/robust.ts).
 */
import { anyOf, checkOptions, instance, integer, nullable, oneOf, positiveInteger } from '../../check.js';
import { FormatError, ValueError } from '../../errors.js';
import { normalCdf, normalQuantile } from '../../math/normal.js';
import type { NdArray } from '../../ndarray.js';
import { RandomState, toRandomState } from '../../random.js';
import type { Pieces } from '../../yielding.js';
import type { Matrix } from '../matrix.js';
import { columnOf } from '../matrix.js';
import { quantile } from '../quantiles.js';
import { sortedInPieces } from '../scalers/robust.js';
import type { CellFunction } from '../scalers/scaler.js';
import { perColumnOrMissing, Scaler } from '../scalers/scaler.js';
import { readFitted } from '../stored.js';

/** Options of QuantileTransformer. */
export interface QuantileTransformerParams {
  /** Number of quantiles to learn, at most the number of rows. Default 1000. */
  readonly nQuantiles: number;
  /** Distribution of the result: 'uniform' on [0, 1] (default) or 'normal' with mean 0 and variance 1. */
  readonly outputDistribution: 'uniform' | 'normal';
  /** The most rows to learn from; of more, that many are drawn. null: all. Default 10000. */
  readonly subsample: number | null;
  /** Seed, or generator to continue, for drawing rows. Default null: a fresh seed. */
  readonly randomState: number | RandomState | null;
}

interface Fitted {
  /** Quantiles of the columns, one column after the other, ascending. */
  readonly quantiles: Float64Array;
  readonly nFeaturesIn: number;
}

/** The rule of the option `randomState` of transformers. */
export const randomStateRule = nullable(anyOf(integer({ min: 0, max: 0xffffffff }), instance(RandomState)));

const schema = {
  nQuantiles: positiveInteger,
  outputDistribution: oneOf<QuantileTransformerParams['outputDistribution']>(['uniform', 'normal']),
  subsample: nullable(positiveInteger),
  randomState: randomStateRule,
};
const defaults: QuantileTransformerParams = {
  nQuantiles: 1000,
  outputDistribution: 'uniform',
  subsample: 10000,
  randomState: null,
};

/** Shares this near to 0 and 1 count as these. */
const MARGIN = 1e-7;
const EDGE = MARGIN - 2.220446049250313e-16;

/**
 * Columns mapped by their own quantiles to a uniform or normal distribution, which takes outliers in: a value
 * becomes the share of values below it, linear between quantiles; repeated quantiles give the middle of their
 * shares. Values beyond those of fit get the outermost share. Missing values (NaN) are left out and stay.
 * scikit-learn's QuantileTransformer; more rows than `subsample` are drawn as its `resample` does.
 */
export class QuantileTransformer extends Scaler<QuantileTransformerParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'QuantileTransformer';
  readonly name = 'QuantileTransformer';
  protected readonly schema = schema;

  constructor(options: Partial<QuantileTransformerParams> = {}) {
    super({ ...defaults, ...checkOptions('QuantileTransformer', options, schema) });
    this.check(this.params);
  }

  /** A transformer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): QuantileTransformer {
    return new QuantileTransformer().restore(json, (given) => {
      const schema = { quantiles: perColumnOrMissing, nFeaturesIn: positiveInteger };
      const fitted = readFitted('QuantileTransformer', given, schema);
      const count = fitted.quantiles.length / fitted.nFeaturesIn;
      const falls = fitted.quantiles.findIndex((value, i, all) => i % count > 0 && value < all[i - 1]);
      if (Number.isInteger(count) && falls < 0) return fitted;
      throw new FormatError(
        `QuantileTransformer.fromJSON: quantiles must ascend, as many for each of ${fitted.nFeaturesIn} columns, but received ${fitted.quantiles.length}${falls < 0 ? '' : `, which fall at index ${falls}`}.`,
      );
    });
  }

  protected override check(params: QuantileTransformerParams): QuantileTransformerParams {
    const { nQuantiles, subsample } = params;
    if (subsample === null || nQuantiles <= subsample) return params;
    throw new ValueError(
      `QuantileTransformer: nQuantiles must be at most subsample, ${subsample}, but received ${nQuantiles}.`,
    );
  }

  /** Quantiles of every column: an array (quantiles, columns). */
  get quantiles(): NdArray<Float64Array> {
    const { quantiles, nFeaturesIn } = this.fitted('quantiles');
    const count = quantiles.length / nFeaturesIn;
    const data = quantiles.map((_, i) => quantiles[(i % nFeaturesIn) * count + Math.floor(i / nFeaturesIn)]);
    return { data, shape: [count, nFeaturesIn] };
  }

  /** Share of values below every quantile. */
  get references(): Float64Array {
    const { quantiles, nFeaturesIn } = this.fitted('references');
    return shares(quantiles.length / nFeaturesIn);
  }

  protected override get noun(): string {
    return 'transformer';
  }

  protected override get missing(): boolean {
    return true;
  }

  protected columns({ nFeaturesIn }: Fitted): number {
    return nFeaturesIn;
  }

  protected *learn(matrix: Matrix): Pieces<Fitted> {
    const { rows, columns } = matrix;
    const { nQuantiles, subsample, randomState } = this.params;
    const references = shares(Math.min(nQuantiles, rows));
    const drawn =
      subsample !== null && subsample < rows
        ? toRandomState(randomState).permutation(rows).subarray(0, subsample)
        : undefined;
    const quantiles = new Float64Array(columns * references.length);
    for (let j = 0; j < columns; j++) {
      const column = columnOf(matrix, j);
      const values = drawn ? Float64Array.from(drawn, (row) => column[row]) : column;
      const sorted = yield* sortedInPieces(values.filter((value) => value === value));
      let last = -Infinity;
      references.forEach((share, i) => {
        // numpy counts in percent, and its quantiles may fall by rounding.
        last = sorted.length === 0 ? NaN : Math.max(last, quantile(sorted, (share * 100) / 100));
        quantiles[j * references.length + i] = last;
      });
    }
    return { quantiles, nFeaturesIn: columns };
  }

  protected forward(fitted: Fitted): CellFunction {
    const { columns, references } = byColumn(fitted);
    const normal = this.params.outputDistribution === 'normal';
    const max = normalQuantile(1 - EDGE);
    return (value, column) => {
      if (value !== value) return value;
      const quantiles = columns[column];
      const [lowest, highest] = [quantiles[0], quantiles[quantiles.length - 1]];
      let share = (risen(value, quantiles, references) + fallen(value, quantiles, references)) / 2;
      if (normal ? value + MARGIN > highest : value === highest) share = 1;
      if (normal ? value - MARGIN < lowest : value === lowest) share = 0;
      if (!normal || share !== share) return share;
      if (share <= EDGE) return -max;
      return share >= 1 - EDGE ? max : normalQuantile(share);
    };
  }

  protected backward(fitted: Fitted): CellFunction {
    const { columns, references } = byColumn(fitted);
    const normal = this.params.outputDistribution === 'normal';
    return (value, column) => {
      if (value !== value) return value;
      const quantiles = columns[column];
      const share = normal ? normalCdf(value) : value;
      if (normal ? share - MARGIN < 0 : share === 0) return quantiles[0];
      if (normal ? share + MARGIN > 1 : share === 1) return quantiles[quantiles.length - 1];
      return risen(share, references, quantiles);
    };
  }

  protected override storedParams(): object {
    const { randomState, ...params } = this.params;
    return { ...params, randomState: typeof randomState === 'number' ? randomState : null };
  }
}

/** `count` shares from 0 to 1, as numpy's linspace. */
function shares(count: number): Float64Array {
  const step = 1 / (count - 1);
  return new Float64Array(count).map((_, i) => (i > 0 && i === count - 1 ? 1 : i * (count > 1 ? step : 0)));
}

function byColumn({ quantiles, nFeaturesIn }: Fitted): { columns: Float64Array[]; references: Float64Array } {
  const count = quantiles.length / nFeaturesIn;
  const columns = Array.from({ length: nFeaturesIn }, (_, j) =>
    quantiles.subarray(j * count, (j + 1) * count),
  );
  return { columns, references: shares(count) };
}

/** How many of ascending values are less than x, or at most x. */
function countUpTo(x: number, values: Float64Array, included: boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < x || (included && values[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * y at x, linear between points, of several at the same x the last; numpy's interp. Beyond the points, y of
 * the outermost; NaN if they are NaN.
 */
function risen(x: number, xs: Float64Array, ys: Float64Array): number {
  if (xs[0] !== xs[0]) return NaN;
  const at = countUpTo(x, xs, true) - 1;
  if (at < 0) return ys[0];
  if (at === xs.length - 1 || xs[at] === x) return ys[at];
  return ((ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at])) * (x - xs[at]) + ys[at];
}

/** y at x as `risen` has it, but of several points at the same x the first. */
function fallen(x: number, xs: Float64Array, ys: Float64Array): number {
  if (xs[0] !== xs[0]) return NaN;
  const at = countUpTo(x, xs, false);
  if (at === xs.length) return ys[at - 1];
  if (at === 0 || xs[at] === x) return ys[at];
  return ys[at] - ((ys[at] - ys[at - 1]) / (xs[at] - xs[at - 1])) * (xs[at] - x);
}
