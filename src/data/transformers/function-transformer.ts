/**
 * FunctionTransformer: a function of the user's as a transformer. Code is never stored: it has no JSON. Not
 * for steps that learn, which are objects with fit and transform.
 */
import { anyOf, checkOptions, func, listOf, nullable, text } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { runAtOnce } from '../../yielding.js';
import type { TransformerInput } from '../columns.js';
import { isTable } from '../columns.js';
import { matrixInPieces } from '../matrix.js';
import { mapCells } from '../scalers/scaler.js';
import type { Table } from '../table/table.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** A function of rows: a copy of them as an array of float64, or the Table that was given. */
export type RowFunction = (x: any) => ArrayInput;

/** Options of FunctionTransformer. */
export interface FunctionTransformerParams {
  /** Gives as many rows as it gets, of any width. Default null: the rows stay as they are. */
  readonly func: RowFunction | null;
  /** What undoes func. Default null: nothing is undone. */
  readonly inverseFunc: RowFunction | null;
  /**
   * Names of the features: a list, or a function of the names of the columns. Default null: the names of the
   * columns.
   */
  readonly featureNames: readonly string[] | ((names: string[]) => string[]) | null;
}

interface Fitted {
  readonly nFeaturesIn: number;
}

const schema = {
  func: nullable(func<RowFunction>()),
  inverseFunc: nullable(func<RowFunction>()),
  featureNames: nullable(anyOf(func<(names: string[]) => string[]>(), listOf(text, 1))),
};

type Rows = NdArray<Float64Array> | Table;

/**
 * Rows through a function. It gets a copy of the rows as an array of float64, missing values as NaN, or the
 * Table that was given, and returns rows in any form, as many as it got. `transform` needs no `fit`, which
 * only learns the number of columns. scikit-learn's FunctionTransformer.
 *
 * @example new FunctionTransformer({ func: ({ data, shape }) => ({ data: data.map(Math.log1p), shape }) })
 */
export class FunctionTransformer extends Transformer<FunctionTransformerParams, Fitted, Rows> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'FunctionTransformer';
  readonly name = 'FunctionTransformer';
  protected readonly schema = schema;

  constructor(options: Partial<FunctionTransformerParams> = {}) {
    super({
      ...{ func: null, inverseFunc: null, featureNames: null },
      ...checkOptions('FunctionTransformer', options, schema),
    });
  }

  protected override unfitted(): Learned<Fitted> {
    return { fitted: { nFeaturesIn: 0 } };
  }

  protected columns({ nFeaturesIn }: Fitted): number {
    return nFeaturesIn;
  }

  protected *read(x: TransformerInput, learned?: Learned<Fitted>): Pieces<Rows> {
    if (isTable(x)) return learned?.names ? x.select(learned.names) : x;
    const width = learned?.fitted.nFeaturesIn || undefined;
    const matrix = yield* matrixInPieces(this.name, x, width, { missing: true });
    return yield* mapCells(matrix, (value) => value);
  }

  protected *learn(rows: Rows): Pieces<Fitted> {
    yield* [];
    return { nFeaturesIn: isTable(rows) ? rows.columns.length : rows.shape[1] };
  }

  protected apply(rows: Rows): Pieces<NdArray<Float64Array>> {
    return this.#call('func', rows);
  }

  *#call(option: 'func' | 'inverseFunc', rows: Rows): Pieces<NdArray<Float64Array>> {
    const called = this.params[option];
    const result: unknown = called ? called(rows) : rows;
    const owner = `FunctionTransformer: the result of ${option}`;
    const matrix = yield* matrixInPieces(owner, result, undefined, { missing: true });
    const expected = isTable(rows) ? rows.rows : rows.shape[0];
    if (matrix.rows === expected) return yield* mapCells(matrix, (value) => value);
    throw new ShapeError(
      `FunctionTransformer: ${option} must give as many rows as it gets, ${expected}, but gave ${matrix.rows}.`,
    );
  }

  /** Rows through inverseFunc. Returns an array (rows, columns) of float64. */
  inverseTransform(x: TransformerInput): NdArray<Float64Array> {
    return runAtOnce(this.#inverse(x));
  }

  *#inverse(x: TransformerInput): Pieces<NdArray<Float64Array>> {
    return yield* this.#call('inverseFunc', yield* this.read(x));
  }

  protected override outputNames(names: readonly string[]): string[] {
    const { featureNames } = this.params;
    if (typeof featureNames === 'function') return featureNames([...names]);
    return [...(featureNames ?? names)];
  }

  /** @throws ValueError always: a function cannot be stored */
  override toJSON(): never {
    throw new ValueError(
      'FunctionTransformer: functions cannot be stored, but toJSON was called; make it anew where the rest is read.',
    );
  }
}
