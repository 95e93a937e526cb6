/**
 * TableVectorizer: the columns of a table as features of a network, by decisions that can be read and
 * overruled. Learning, deciding and encoding are in vectorizer/, which streams of tables use too.
 */
import type { AsyncOptions, Rule } from '../check.js';
import { checkOptions, describe, integer, oneOf, refused, runAsync } from '../check.js';
import type { ColumnType, Table } from '../data/table/table.js';
import { Table as TableClass } from '../data/table/table.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { TableRows } from './vectorizer/convert.js';
import { columnSource } from './vectorizer/convert.js';
import type { Treatment } from './vectorizer/encoders.js';
import type { ColumnChoice, FittedVectorizer, VectorizerSettings } from './vectorizer/fit.js';
import { encodeRows, isTransformer, VectorizerFit } from './vectorizer/fit.js';
import { hasLearned, learnedBy, remember } from './vectorizer/learned.js';
import { fromStored, readChoices, storeChoices, toStored } from './vectorizer/stored.js';
import type { StoredTransformer } from '../data/stored.js';
import { formatErrors, readStored } from '../data/stored.js';

/** What a TableVectorizer made of a column, and why. */
export interface ColumnReport {
  readonly column: string;
  /** Type of the column in the table of fit. */
  readonly type: ColumnType;
  readonly treatment: Treatment;
  readonly reason: string;
  /** Missing values in fit. */
  readonly missing: number;
  /** Different categories in fit. */
  readonly categories?: number;
}

/** Options of TableVectorizer. */
export interface TableVectorizerParams {
  /**
   * What becomes of columns by name: 'number', 'category', 'boolean', 'date', 'drop', or a transformer such
   * as `new OneHotEncoder()`. Default: decided by type and values.
   */
  readonly columns: Readonly<Record<string, ColumnChoice>>;
  /** Categories with fewer rows share one feature. Default 1: none do. */
  readonly minFrequency: number;
  /** The most features of a column's categories, without the one for missing values. Default 40. */
  readonly maxCategories: number;
}

const treatments = oneOf<Exclude<ColumnChoice, object>>(['number', 'category', 'boolean', 'date', 'drop']);

const choicesRule: Rule<Readonly<Record<string, ColumnChoice>>> = {
  expected: "an object by column of 'number', 'category', 'boolean', 'date', 'drop' or a transformer",
  accept: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused;
    const choices = Object.entries(value).map(([name, choice]: [string, unknown]) => {
      return [name, isTransformer(choice) ? choice : treatments.accept(choice)] as const;
    });
    if (choices.some(([, choice]) => choice === refused)) return refused;
    return Object.fromEntries(choices as [string, ColumnChoice][]);
  },
};

/** Rules of the options of TableVectorizer. */
export const vectorizerSchema = {
  columns: choicesRule,
  minFrequency: integer({ min: 1 }),
  maxCategories: integer({ min: 2 }),
};

const defaults: TableVectorizerParams = { columns: {}, minFrequency: 1, maxCategories: 40 };

/**
 * Turns the columns of a table into features, each by its type and values; skrub's TableVectorizer, with
 * defaults for networks:
 *
 * - numbers: gaps filled with the median, a feature for gaps if fit has seen any, then scaled to mean 0 and
 *   standard deviation 1
 * - booleans: 0 and 1, a feature for gaps if fit has seen any
 * - strings: a feature of 0 and 1 for each category, sorted by code point; missing values are a category of
 *   their own if fit has seen any; unknown ones are zeros; rare ones share a feature
 * - dates: year, month, day, weekday (Monday is 0) and hour in UTC, scaled; the last four also as sine and
 *   cosine
 * - dropped: columns with one value only, and strings that are all distinct in more than 20 rows
 *
 * `report()` lists every decision; `columns` overrules them.
 */
export class TableVectorizer {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'TableVectorizer';
  /** Name of the class, which minifiers cannot change. */
  readonly name = 'TableVectorizer';
  #params = defaults;

  constructor(options: Partial<TableVectorizerParams> = {}) {
    this.setParams(options);
  }

  /**
   * Learn from a table.
   *
   * @param y targets, for transformers of your own that need them
   * @throws ValueError if no column tells anything; ShapeError without rows
   */
  fit(table: Table, y?: unknown): this {
    runAtOnce(this.#learn(table, y));
    return this;
  }

  /**
   * The features of rows: an array (rows, features) of float64. Columns that are absent count as missing;
   * others than those of fit are not looked at.
   *
   * @param rows a Table, or an array of records such as JSON holds them
   * @throws ValueError with row and column for a value of another type than in fit; NotFittedError before fit
   */
  transform(rows: TableRows): NdArray<Float64Array> {
    return runAtOnce(this.#transformed('transform', rows));
  }

  /**
   * Fit to a table, then transform it; by `fitTransform` of transformers of your own, of which TargetEncoder
   * encodes each row without its own target.
   */
  fitTransform(table: Table, y?: unknown): NdArray<Float64Array> {
    return runAtOnce(this.#fitTransformed('fitTransform', table, y));
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(rows: TableRows, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('TableVectorizer.transformAsync', options, {}, () =>
      this.#transformed('transformAsync', rows),
    );
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays
   */
  async fitTransformAsync(table: Table, y?: unknown, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('TableVectorizer.fitTransformAsync', options, {}, () =>
      this.#fitTransformed('fitTransformAsync', table, y),
    );
  }

  *#fitTransformed(wanted: string, table: Table, y: unknown): Pieces<NdArray<Float64Array>> {
    const fit = yield* this.#learn(table, y);
    const features = yield* this.#transformed(wanted, table);
    fit.writeTrained(features.data);
    return features;
  }

  *#learn(table: Table, y: unknown): Pieces<VectorizerFit> {
    if (!(table instanceof TableClass)) {
      throw new ValueError(
        `TableVectorizer.fit: the table must be a Table, such as fromRecords(records) makes, but received ${describe(table)}.`,
      );
    }
    const fit = new VectorizerFit('TableVectorizer', settingsOf(this.#params));
    yield* fit.add(table, true);
    remember(this, yield* fit.finish(y));
    return fit;
  }

  *#transformed(wanted: string, rows: TableRows): Pieces<NdArray<Float64Array>> {
    const fitted = learnedBy(this, wanted);
    const source = columnSource('TableVectorizer', rows);
    const data = new Float64Array(source.rows * fitted.names.length);
    yield* encodeRows('TableVectorizer', fitted, source, data);
    return { data, shape: [source.rows, fitted.names.length] };
  }

  /** What was made of every column, in the order of the table. @throws NotFittedError before fit */
  report(): ColumnReport[] {
    return reportOf(learnedBy(this, 'report'));
  }

  /** Name of every feature: 'age', 'age_missing', 'island_Dream'. @throws NotFittedError before fit */
  featureNames(): string[] {
    return [...learnedBy(this, 'featureNames').names];
  }

  /** Number of columns that fit has seen. */
  get nFeaturesIn(): number {
    return learnedBy(this, 'nFeaturesIn').columns.length;
  }

  /** The options, defaults filled in. */
  getParams(): TableVectorizerParams {
    return { ...this.#params };
  }

  /**
   * Change options; they apply from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(params: Partial<TableVectorizerParams>): this {
    this.#params = { ...this.#params, ...checkOptions('TableVectorizer', params, vectorizerSchema) };
    return this;
  }

  /** Options and learned values, as plain data for JSON; fromJSON reads them. */
  toJSON(): StoredTransformer {
    const params = { ...this.#params, columns: storeChoices(this.#params.columns) };
    return { kind: this.name, params, fitted: hasLearned(this) ? toStored(learnedBy(this, 'toJSON')) : null };
  }

  /** A vectorizer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): TableVectorizer {
    const { params, fitted } = readStored('TableVectorizer', json);
    const vectorizer = formatErrors(() => new TableVectorizer(readChoices(params) as object));
    return fitted === null ? vectorizer : remember(vectorizer, fromStored(fitted));
  }
}

/** The options as fit needs them. */
function settingsOf({ columns, ...limits }: TableVectorizerParams): VectorizerSettings {
  return { ...limits, columns: new Map(Object.entries(columns)) };
}

/** What was made of every column. */
export function reportOf({ columns }: FittedVectorizer): ColumnReport[] {
  return columns.map(({ name, type, decision: { treatment, reason, missing, categories } }) => ({
    ...{ column: name, type, treatment, reason, missing },
    ...(categories !== undefined && { categories }),
  }));
}
