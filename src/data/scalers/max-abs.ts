/**
 * MaxAbsScaler: columns divided by their largest absolute value. Not for the methods that all scalers share
 * (scaler.ts).
 */
import { checkOptions, positiveInteger } from '../../check.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { Matrix } from '../matrix.js';
import { readFitted } from '../stored.js';
import { divisor } from './min-max.js';
import type { CellFunction } from './scaler.js';
import { perColumnOrMissing, Scaler } from './scaler.js';

/** MaxAbsScaler has no options. */
export type MaxAbsScalerParams = Record<never, never>;

interface Fitted {
  readonly maxAbs: Float64Array;
  readonly nSamplesSeen: number;
}

const fittedSchema = { maxAbs: perColumnOrMissing, nSamplesSeen: positiveInteger };

/**
 * Columns divided by their largest absolute value, so that they lie within [−1, 1] and zeros stay zeros; a
 * column of zeros is left as it is. Missing values (NaN) are left out and stay. scikit-learn's MaxAbsScaler.
 */
export class MaxAbsScaler extends Scaler<MaxAbsScalerParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'MaxAbsScaler';
  readonly name = 'MaxAbsScaler';
  protected readonly schema = {};

  /** @param options there are none */
  constructor(options: MaxAbsScalerParams = {}) {
    super(checkOptions('MaxAbsScaler', options, {}));
  }

  /** A scaler from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): MaxAbsScaler {
    return new MaxAbsScaler().restore(json, (fitted) => readFitted('MaxAbsScaler', fitted, fittedSchema));
  }

  /** Largest absolute value of every column; NaN for a column without values. */
  get maxAbs(): Float64Array {
    return this.fitted('maxAbs').maxAbs.slice();
  }

  /** Divisor of every column: maxAbs, or 1 for a column of zeros. */
  get scale(): Float64Array {
    return this.fitted('scale').maxAbs.map(divisor);
  }

  /** Number of rows that fit has seen. */
  get nSamplesSeen(): number {
    return this.fitted('nSamplesSeen').nSamplesSeen;
  }

  protected override get missing(): boolean {
    return true;
  }

  protected *learn({ data, scale, rows, columns }: Matrix): Pieces<Fitted> {
    const maxAbs = new Float64Array(columns).fill(NaN);
    yield* ranges(rows, columns, (begin, end) => {
      for (let row = begin, at = begin * columns; row < end; row++) {
        for (let j = 0; j < columns; j++, at++) {
          const size = Math.abs(data[at] * scale);
          // Also true where there is no value yet.
          if (!(size <= maxAbs[j]) && size === size) maxAbs[j] = size;
        }
      }
    });
    return { maxAbs, nSamplesSeen: rows };
  }

  protected columns({ maxAbs }: Fitted): number {
    return maxAbs.length;
  }

  protected forward({ maxAbs }: Fitted): CellFunction {
    const scale = maxAbs.map(divisor);
    return (value, column) => value / scale[column];
  }

  protected backward({ maxAbs }: Fitted): CellFunction {
    const scale = maxAbs.map(divisor);
    return (value, column) => value * scale[column];
  }
}
