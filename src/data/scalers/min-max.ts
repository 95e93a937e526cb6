/**
 * MinMaxScaler: columns shifted and scaled to a range, by default [0, 1]. Not for the methods that all
 * scalers share (scaler.ts).
 */
import type { Rule } from '../../check.js';
import { boolean, checkOptions, describe, listOf, number, positiveInteger, refused } from '../../check.js';
import { ValueError } from '../../errors.js';
import { readFitted } from '../stored.js';
import type { Matrix } from '../matrix.js';
import type { CellFunction } from './scaler.js';
import { checkColumns, checkFinite, EPSILON, perColumn, Scaler } from './scaler.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';

export interface MinMaxScalerParams {
  /** Range of the scaled columns: [lowest, highest]. Default [0, 1]. */
  readonly featureRange: readonly [number, number];
  /** Clip transformed values to featureRange. Default false. */
  readonly clip: boolean;
}

interface Fitted {
  readonly dataMin: Float64Array;
  readonly dataMax: Float64Array;
  readonly scale: Float64Array;
  readonly min: Float64Array;
  readonly nSamplesSeen: number;
}

const numbers = listOf(number());

/** Two numbers. */
export const pair: Rule<[number, number]> = {
  expected: 'two numbers [low, high]',
  accept: (value) => {
    const list = numbers.accept(value);
    return list === refused || list.length !== 2 ? refused : [list[0], list[1]];
  },
};

const schema = { featureRange: pair, clip: boolean };
const fittedSchema = {
  dataMin: perColumn,
  dataMax: perColumn,
  scale: perColumn,
  min: perColumn,
  nSamplesSeen: positiveInteger,
};

/**
 * Columns that fill a range: x · scale + min, where scale = (high − low) / (dataMax − dataMin), with 1 as the
 * divisor of a constant column, and min = low − dataMin · scale. scikit-learn's MinMaxScaler.
 */
export class MinMaxScaler extends Scaler<MinMaxScalerParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'MinMaxScaler';
  readonly name = 'MinMaxScaler';
  protected readonly schema = schema;

  constructor(options: Partial<MinMaxScalerParams> = {}) {
    super({ featureRange: [0, 1], clip: false, ...checkOptions('MinMaxScaler', options, schema) });
    this.check(this.params);
  }

  /** A scaler from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): MinMaxScaler {
    return new MinMaxScaler().restore(json, (given) => {
      const fitted = readFitted('MinMaxScaler', given, fittedSchema);
      const { dataMin, dataMax, scale, min } = fitted;
      checkColumns('MinMaxScaler', { dataMin, dataMax, scale, min });
      return fitted;
    });
  }

  protected override check(params: MinMaxScalerParams): MinMaxScalerParams {
    const [low, high] = params.featureRange;
    if (low < high) return params;
    throw new ValueError(
      `MinMaxScaler: featureRange must be [low, high] with low < high, but received ${describe([low, high])}.`,
    );
  }

  /** Lowest value of every column. */
  get dataMin(): Float64Array {
    return this.fitted('dataMin').dataMin.slice();
  }

  /** Highest value of every column. */
  get dataMax(): Float64Array {
    return this.fitted('dataMax').dataMax.slice();
  }

  /** Range of every column: dataMax − dataMin. */
  get dataRange(): Float64Array {
    const { dataMin, dataMax } = this.fitted('dataRange');
    return dataMax.map((max, j) => max - dataMin[j]);
  }

  /** Factor of every column: transform computes x · scale + min. */
  get scale(): Float64Array {
    return this.fitted('scale').scale.slice();
  }

  /** Offset of every column: transform computes x · scale + min. */
  get min(): Float64Array {
    return this.fitted('min').min.slice();
  }

  /** Number of rows that fit has seen. */
  get nSamplesSeen(): number {
    return this.fitted('nSamplesSeen').nSamplesSeen;
  }

  protected *learn({ data, scale: unit, rows, columns }: Matrix): Pieces<Fitted> {
    const [low, high] = this.params.featureRange;
    const dataMin = new Float64Array(columns).fill(Infinity);
    const dataMax = new Float64Array(columns).fill(-Infinity);
    yield* ranges(rows, columns, (begin, end) => {
      for (let row = begin, at = begin * columns; row < end; row++) {
        for (let j = 0; j < columns; j++, at++) {
          const value = data[at] * unit;
          dataMin[j] = Math.min(dataMin[j], value);
          dataMax[j] = Math.max(dataMax[j], value);
        }
      }
    });
    for (let j = 0; j < columns; j++) checkFinite('MinMaxScaler', j, dataMax[j] - dataMin[j]);
    const scale = dataMax.map((max, j) => (high - low) / divisor(max - dataMin[j]));
    const min = dataMin.map((lowest, j) => low - lowest * scale[j]);
    return { dataMin, dataMax, scale, min, nSamplesSeen: rows };
  }

  protected columns({ scale }: Fitted): number {
    return scale.length;
  }

  protected forward({ scale, min }: Fitted): CellFunction {
    const { clip, featureRange } = this.params;
    const [low, high] = featureRange;
    return (value, column) => {
      const scaled = value * scale[column] + min[column];
      return clip ? Math.min(high, Math.max(low, scaled)) : scaled;
    };
  }

  protected backward({ scale, min }: Fitted): CellFunction {
    return (value, column) => (value - min[column]) / scale[column];
  }
}

/** A width to divide by; 1 in place of one that is only rounding. */
export function divisor(width: number): number {
  return width < 10 * EPSILON ? 1 : width;
}
