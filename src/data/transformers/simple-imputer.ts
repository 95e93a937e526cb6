/**
 * SimpleImputer: missing values filled with the mean, the median, the most frequent value or a constant. Not
 * for reading columns (encoders/cells.ts).
 */
import { boolean, checkOptions, describe, integer, listOf, nullable, oneOf } from '../../check.js';
import { FormatError, ShapeError, ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { runAtOnce } from '../../yielding.js';
import type { TransformerInput } from '../columns.js';
import type { LabelColumns } from '../encoders/cells.js';
import { categoriesOf, columnsInPieces } from '../encoders/cells.js';
import type { LabelTable } from '../encoders/cells.js';
import type { Category, Label } from '../labels.js';
import { median } from '../quantiles.js';
import { sortedInPieces } from '../scalers/robust.js';
import { label } from '../scores/labels.js';
import { readFitted } from '../stored.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** Options of SimpleImputer. */
export interface SimpleImputerParams {
  /**
   * What fills the gaps of a column: its 'mean' (default) or 'median', of numbers alone; the value that is
   * there most often, of several the smallest ('mostFrequent'); or fillValue ('constant').
   */
  readonly strategy: 'mean' | 'median' | 'mostFrequent' | 'constant';
  /** What 'constant' fills in. Default null: 0 for numbers, 'missing_value' for strings. */
  readonly fillValue: Label | null;
  /** Append a column of 0 and 1 for every column in which fit has seen gaps. Default false. */
  readonly addIndicator: boolean;
  /**
   * Keep columns in which fit has seen no value, filled with 0 or fillValue. Default false: leave them out.
   */
  readonly keepEmptyFeatures: boolean;
}

interface Fitted {
  /** What fills the gaps of every column; null: the column is left out. */
  readonly statistics: readonly Category[];
  /** Columns in which fit has seen gaps. */
  readonly indicators: readonly number[];
}

const schema = {
  strategy: oneOf<SimpleImputerParams['strategy']>(['mean', 'median', 'mostFrequent', 'constant']),
  fillValue: nullable(label),
  addIndicator: boolean,
  keepEmptyFeatures: boolean,
};
const defaults: SimpleImputerParams = {
  strategy: 'mean',
  fillValue: null,
  addIndicator: false,
  keepEmptyFeatures: false,
};
const fittedSchema = { statistics: listOf(nullable(label), 1), indicators: listOf(integer({ min: 0 })) };

/** Rows of numbers, or of labels if a column has others than numbers. */
export type ImputedRows = NdArray<Float64Array> | Category[][];

/**
 * Fills missing values (NaN, null, undefined), each column for itself. The result is an array of numbers if
 * all columns are of numbers, else rows of labels, as OneHotEncoder takes them. scikit-learn's SimpleImputer.
 */
export class SimpleImputer extends Transformer<
  SimpleImputerParams,
  Fitted,
  LabelColumns,
  LabelTable,
  ImputedRows
> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'SimpleImputer';
  readonly name = 'SimpleImputer';
  protected readonly schema = schema;

  constructor(options: Partial<SimpleImputerParams> = {}) {
    super({ ...defaults, ...checkOptions('SimpleImputer', options, schema) });
  }

  /** An imputer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): SimpleImputer {
    return new SimpleImputer().restore(json, (given) => {
      const fitted = readFitted('SimpleImputer', given, fittedSchema);
      const { statistics, indicators } = fitted;
      if (indicators.every((j, i) => j < statistics.length && !(j <= indicators[i - 1]))) return fitted;
      throw new FormatError(
        `SimpleImputer.fromJSON: indicators must hold ascending numbers of the ${statistics.length} columns, but received ${describe(indicators)}.`,
      );
    });
  }

  /** What fills the gaps of every column; null for a column without values, which is left out. */
  get statistics(): Category[] {
    return [...this.fitted('statistics').statistics];
  }

  protected override get noun(): string {
    return 'imputer';
  }

  protected columns({ statistics }: Fitted): number {
    return statistics.length;
  }

  protected read(x: LabelTable, learned?: Learned<Fitted>): Pieces<LabelColumns> {
    return columnsInPieces(this.name, x, learned?.fitted.statistics.length, learned?.names);
  }

  protected *learn(table: LabelColumns): Pieces<Fitted> {
    const { strategy, keepEmptyFeatures } = this.params;
    const found = yield* categoriesOf(this.name, table);
    const empty = found.every(({ categories }) => typeof (categories[0] ?? 0) === 'number')
      ? 0
      : 'missing_value';
    const statistics: Category[] = [];
    for (const [j, { categories, counts }] of found.entries()) {
      const first = categories[0];
      if (first === null && strategy !== 'constant') statistics.push(keepEmptyFeatures ? empty : null);
      else if (first === null) statistics.push(keepEmptyFeatures ? (this.params.fillValue ?? empty) : null);
      else if (strategy === 'constant') statistics.push(this.#constant(first, j));
      else if (strategy === 'mostFrequent') {
        const present = categories.filter((each) => each !== null);
        statistics.push(present.reduce((a, b) => (counts.get(b)! > counts.get(a)! ? b : a)));
      } else statistics.push(yield* this.#average(table.columns[j], j, typeof first));
    }
    const indicators = found.flatMap(({ counts }, j) => (counts.has(null) ? [j] : []));
    return { statistics, indicators };
  }

  #constant(like: Label, j: number): Label {
    const value = this.params.fillValue ?? (typeof like === 'string' ? 'missing_value' : 0);
    if (typeof value === typeof like) return value;
    throw new ValueError(
      `SimpleImputer: fillValue must be a ${typeof like}, as the values of column ${j}, but received ${describe(value)}.`,
    );
  }

  *#average(column: readonly Category[], j: number, type: string): Pieces<number> {
    const { strategy } = this.params;
    if (type !== 'number') {
      throw new ValueError(
        `SimpleImputer: column ${j} must hold numbers for the strategy '${strategy}', but holds ${type}s; use 'mostFrequent' or 'constant'.`,
      );
    }
    const present = Float64Array.from(column.filter((value) => value !== null) as number[]);
    if (strategy === 'median') return median(yield* sortedInPieces(present));
    let sum = 0;
    for (const value of present) sum += value;
    return sum / present.length;
  }

  protected *apply({ columns, rows }: LabelColumns, fitted: Fitted): Pieces<ImputedRows> {
    yield* [];
    const { statistics } = fitted;
    const filled: (readonly Category[])[] = [];
    columns.forEach((column, j) => {
      const fill = statistics[j];
      if (fill === null) return;
      const bad = column.findIndex((value) => value !== null && typeof value !== typeof fill);
      if (bad >= 0) {
        throw new ValueError(
          `SimpleImputer: column ${j} must hold ${typeof fill}s, as in fit, but received ${describe(column[bad])} in row ${bad}.`,
        );
      }
      filled.push(column.map((value) => value ?? fill));
    });
    for (const j of this.#marked(fitted)) filled.push(columns[j].map((value) => (value === null ? 1 : 0)));
    return rowsOf(filled, rows);
  }

  #marked({ indicators }: Fitted): readonly number[] {
    return this.params.addIndicator ? indicators : [];
  }

  protected override outputNames(names: readonly string[], fitted: Fitted): string[] {
    return [
      ...names.filter((_, j) => fitted.statistics[j] !== null),
      ...this.#marked(fitted).map((j) => `missingindicator_${names[j]}`),
    ];
  }

  /**
   * The original rows: null, or NaN among numbers, where a feature of addIndicator says so, and in columns
   * that were left out. Gaps of columns in which fit has seen none stay filled.
   *
   * @throws ValueError without addIndicator
   */
  inverseTransform(x: TransformerInput | readonly (readonly Category[])[]): ImputedRows {
    const fitted = this.fitted('inverseTransform');
    if (!this.params.addIndicator) {
      throw new ValueError(
        'SimpleImputer: inverseTransform needs addIndicator: true, but it is false; without it nothing tells where gaps were.',
      );
    }
    const { statistics, indicators } = fitted;
    const kept = statistics.flatMap((fill, j) => (fill === null ? [] : [j]));
    const width = kept.length + indicators.length;
    const { columns, rows } = runAtOnce(columnsInPieces(this.name, x, width));
    if (rows === 0) throw new ShapeError('SimpleImputer: X must have at least 1 row, but received none.');
    const original = statistics.map((_, j): Category[] => {
      const place = kept.indexOf(j);
      if (place < 0) return new Array<null>(rows).fill(null);
      const mark = indicators.indexOf(j);
      const marks = mark < 0 ? undefined : columns[kept.length + mark];
      return columns[place].map((value, row) => (marks && marks[row] !== 0 ? null : value));
    });
    return rowsOf(original, rows);
  }
}

/** Columns as an array of numbers, NaN for null, or else as rows. */
function rowsOf(columns: readonly (readonly Category[])[], rows: number): ImputedRows {
  const width = columns.length;
  if (columns.some((column) => column.some((value) => value !== null && typeof value !== 'number'))) {
    return Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]));
  }
  const data = new Float64Array(rows * width);
  columns.forEach((column, j) => {
    for (let row = 0; row < rows; row++) data[row * width + j] = (column[row] as number | null) ?? NaN;
  });
  return { data, shape: [rows, width] };
}
