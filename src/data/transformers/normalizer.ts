/**
 * Normalizer: rows divided by their norm. Not for columns, which the scalers scale.
 */
import { checkOptions, integer, oneOf } from '../../check.js';
import type { NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { TransformerInput } from '../columns.js';
import type { Matrix } from '../matrix.js';
import { matrixInPieces } from '../matrix.js';
import { divisor } from '../scalers/min-max.js';
import { readFitted } from '../stored.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** Options of Normalizer. */
export interface NormalizerParams {
  /** 'l1': Σ |x|; 'l2' (default): √(Σ x²); 'max': max |x|. */
  readonly norm: 'l1' | 'l2' | 'max';
}

interface Fitted {
  readonly nFeaturesIn: number;
}

const schema = { norm: oneOf<NormalizerParams['norm']>(['l1', 'l2', 'max']) };

/**
 * Rows divided by their norm, each for itself; a row of zeros is left as it is. `transform` needs no `fit`,
 * which only learns the number of columns. scikit-learn's Normalizer.
 */
export class Normalizer extends Transformer<NormalizerParams, Fitted, Matrix> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'Normalizer';
  readonly name = 'Normalizer';
  protected readonly schema = schema;

  constructor(options: Partial<NormalizerParams> = {}) {
    super({ norm: 'l2', ...checkOptions('Normalizer', options, schema) });
  }

  /** A normalizer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): Normalizer {
    return new Normalizer().restore(json, (fitted) =>
      readFitted('Normalizer', fitted, { nFeaturesIn: integer({ min: 1 }) }),
    );
  }

  protected override unfitted(): Learned<Fitted> {
    return { fitted: { nFeaturesIn: 0 } };
  }

  protected columns({ nFeaturesIn }: Fitted): number {
    return nFeaturesIn;
  }

  protected read(x: TransformerInput, learned?: Learned<Fitted>): Pieces<Matrix> {
    return matrixInPieces(this.name, x, learned?.fitted.nFeaturesIn || undefined, { seen: learned?.names });
  }

  protected *learn({ columns }: Matrix): Pieces<Fitted> {
    yield* [];
    return { nFeaturesIn: columns };
  }

  protected *apply({ data, scale, rows, columns }: Matrix): Pieces<NdArray<Float64Array>> {
    const { norm } = this.params;
    const result = new Float64Array(rows * columns);
    yield* ranges(rows, 3 * columns, (begin, end) => {
      for (let row = begin; row < end; row++) {
        const from = row * columns;
        let size = 0;
        for (let i = from; i < from + columns; i++) {
          const value = data[i] * scale;
          result[i] = value;
          if (norm === 'max') size = Math.max(size, Math.abs(value));
          else size += norm === 'l1' ? Math.abs(value) : value * value;
        }
        const by = divisor(norm === 'l2' ? Math.sqrt(size) : size);
        for (let i = from; i < from + columns; i++) result[i] /= by;
      }
    });
    return { data: result, shape: [rows, columns] };
  }
}
