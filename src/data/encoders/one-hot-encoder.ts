/**
 * OneHotEncoder: columns of categories as columns of 0 and 1, and back. Not for targets, which LabelBinarizer
 * encodes, nor for reading cells (cells.ts).
 */
import { newTable } from '../../budget.js';
import type { AsyncOptions, Rule } from '../../check.js';
import { runAsync, anyOf, checkOptions, describe, listOf, nullable, oneOf } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Label } from '../labels.js';
import { VALUES_PER_LABEL } from '../labels.js';
import { distinctLabels, label } from '../scores/labels.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { StoredTransformer } from '../stored.js';
import { formatErrors, readFitted, readStored } from '../stored.js';
import { readMatrix } from '../matrix.js';
import { categoriesOf, columnsInPieces, unknownLabel } from './cells.js';
import { codesOf, fittedOr } from './label-encoder.js';

/** Rows of labels: strings, numbers, booleans, each column of one type. */
export type LabelTable = ArrayInput | readonly (readonly Label[])[];

export interface OneHotEncoderParams {
  /**
   * The categories of every column, in the order of their columns in the result; 'auto': those of fit,
   * sorted.
   */
  readonly categories: 'auto' | readonly (readonly Label[])[];
  /**
   * Category of each column to leave out of the result: 'first'; 'ifBinary', the first of columns with two
   * categories; an array with one category per column; or null (default), none.
   */
  readonly drop: null | 'first' | 'ifBinary' | readonly Label[];
  /** Categories that fit has not seen: an error, or zeros ('ignore'). Default 'error'. */
  readonly handleUnknown: 'error' | 'ignore';
}

interface Fitted {
  readonly categories: readonly (readonly Label[])[];
  /** Index of the category without a column, per column; −1: all have one. */
  readonly dropped: readonly number[];
}

const lists: Rule<Label[][]> = listOf(distinctLabels, 1);
const schema = {
  categories: anyOf(oneOf<'auto'>(['auto']), lists),
  drop: nullable(anyOf(oneOf<'first' | 'ifBinary'>(['first', 'ifBinary']), listOf(label, 1))),
  handleUnknown: oneOf<'error' | 'ignore'>(['error', 'ignore']),
};
const defaults: OneHotEncoderParams = { categories: 'auto', drop: null, handleUnknown: 'error' };

/**
 * Columns of labels as columns of 0 and 1, one for each category of each column: scikit-learn's
 * OneHotEncoder, dense.
 */
export class OneHotEncoder {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'OneHotEncoder';
  /** Name of the class, which minifiers cannot change. */
  readonly name = 'OneHotEncoder';
  #params = defaults;
  #fitted: Fitted | undefined;

  constructor(options: Partial<OneHotEncoderParams> = {}) {
    this.setParams(options);
  }

  /** An encoder from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): OneHotEncoder {
    const { params, fitted } = readStored('OneHotEncoder', json);
    const encoder = formatErrors(() => new OneHotEncoder(params as object));
    if (fitted !== null) {
      const { categories } = readFitted('OneHotEncoder', fitted, { categories: lists });
      encoder.#fitted = formatErrors(() => encoder.#learned(categories));
    }
    return encoder;
  }

  /** The categories of every column. */
  get categories(): Label[][] {
    return fittedOr('OneHotEncoder', 'categories', this.#fitted).categories.map((column) => [...column]);
  }

  /** Index of the category without a column, per column (null: none); null without `drop`. */
  get dropIdx(): (number | null)[] | null {
    const { dropped } = fittedOr('OneHotEncoder', 'dropIdx', this.#fitted);
    return this.#params.drop === null ? null : dropped.map((index) => (index < 0 ? null : index));
  }

  /** Number of columns that fit has seen. */
  get nFeaturesIn(): number {
    return fittedOr('OneHotEncoder', 'nFeaturesIn', this.#fitted).categories.length;
  }

  /** Learn the categories of rows X (rows, columns). */
  fit(x: LabelTable): this {
    runAtOnce(this.#fit(x));
    return this;
  }

  *#fit(x: LabelTable): Pieces<void> {
    const { categories: chosen, handleUnknown } = this.#params;
    const width = chosen === 'auto' ? undefined : chosen.length;
    const table = yield* columnsInPieces('OneHotEncoder', x, width);
    const found = yield* categoriesOf('OneHotEncoder', table);
    const categories = chosen === 'auto' ? found : chosen;
    if (handleUnknown === 'error') {
      found.forEach((labels, j) => {
        const unknown = labels.find((each) => !categories[j].includes(each));
        if (unknown !== undefined) throw unknownLabel('OneHotEncoder', unknown, `column ${j}`, categories[j]);
      });
    }
    this.#fitted = this.#learned(categories);
  }

  #learned(categories: Fitted['categories']): Fitted {
    const { drop } = this.#params;
    if (Array.isArray(drop) && drop.length !== categories.length) {
      throw new ShapeError(
        `OneHotEncoder: drop must have a category for each of the ${categories.length} columns, but received ${drop.length}.`,
      );
    }
    const dropped = categories.map((column, j) => {
      if (drop === null) return -1;
      if (drop === 'first') return 0;
      if (drop === 'ifBinary') return column.length === 2 ? 0 : -1;
      const index = column.indexOf(drop[j]);
      if (index >= 0) return index;
      throw new ValueError(
        `OneHotEncoder: drop must have one of the categories ${describe(column)} for column ${j}, but received ${describe(drop[j])}.`,
      );
    });
    return { categories, dropped };
  }

  /**
   * Rows (rows, kept categories) of 0 and 1. @throws ValueError for unknown categories unless handleUnknown
   * is 'ignore'
   */
  transform(x: LabelTable): NdArray<Float64Array> {
    return runAtOnce(this.#transformed('transform', x));
  }

  /** Fit to the rows, then transform them. */
  fitTransform(x: LabelTable): NdArray<Float64Array> {
    return this.fit(x).transform(x);
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(x: LabelTable, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('OneHotEncoder.transformAsync', options, {}, () =>
      this.#transformed('transformAsync', x),
    );
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays unless all rows have been read
   */
  async fitTransformAsync(x: LabelTable, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('OneHotEncoder.fitTransformAsync', options, {}, () => this.#fitTransformed(x));
  }

  *#fitTransformed(x: LabelTable): Pieces<NdArray<Float64Array>> {
    yield* this.#fit(x);
    return yield* this.#transformed('transform', x);
  }

  *#transformed(wanted: string, x: LabelTable): Pieces<NdArray<Float64Array>> {
    const fitted = fittedOr('OneHotEncoder', wanted, this.#fitted);
    const { columns, rows } = yield* columnsInPieces('OneHotEncoder', x, fitted.categories.length);
    const { starts, width } = layout(fitted);
    const what = `OneHotEncoder: a table of ${rows} rows and ${width} categories`;
    const data = newTable([rows, width], what, 'transform fewer rows at a time');
    const strict = this.#params.handleUnknown === 'error';
    for (const [j, column] of columns.entries()) {
      const codes = yield* codesOf(column, fitted.categories[j]);
      // The first column meets every page of new memory.
      yield* ranges(rows, Math.max(VALUES_PER_LABEL, width), (begin, end) => {
        for (let row = begin; row < end; row++) {
          if (codes[row] < 0 && strict) {
            throw unknownLabel('OneHotEncoder', column[row], `row ${row}, column ${j}`, fitted.categories[j]);
          }
          const kept = keptIndex(codes[row], fitted.dropped[j]);
          if (kept >= 0) data[row * width + starts[j] + kept] = 1;
        }
      });
    }
    return { data, shape: [rows, width] };
  }

  /**
   * Rows of labels from rows of numbers: for every column, the category with the largest value. A row of
   * zeros stands for the dropped category, else for an unknown one: null with handleUnknown 'ignore',
   * otherwise an error.
   */
  inverseTransform(x: ArrayInput): (Label | null)[][] {
    const fitted = fittedOr('OneHotEncoder', 'inverseTransform', this.#fitted);
    const { starts, width } = layout(fitted);
    const { data, rows } = readMatrix('OneHotEncoder', x, width);
    return Array.from({ length: rows }, (_, row) =>
      fitted.categories.map((categories, j) => {
        const kept = categories.length - (fitted.dropped[j] < 0 ? 0 : 1);
        const values = data.subarray(row * width + starts[j], row * width + starts[j] + kept);
        const index = categoryOf(values, fitted.dropped[j]);
        if (index >= 0) return categories[index];
        if (this.#params.handleUnknown === 'ignore') return null;
        throw new ValueError(
          `OneHotEncoder: X must have a category for every column, but received only zeros in row ${row} for column ${j}.`,
        );
      }),
    );
  }

  /** Options of this encoder, defaults filled in. */
  getParams(): OneHotEncoderParams {
    return { ...this.#params };
  }

  /**
   * Change options; they apply from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(options: Partial<OneHotEncoderParams>): this {
    this.#params = { ...this.#params, ...checkOptions('OneHotEncoder', options, schema) };
    return this;
  }

  /** Options and learned categories, as plain data for JSON. */
  toJSON(): StoredTransformer {
    const fitted = this.#fitted ? { categories: this.categories } : null;
    return { kind: this.name, params: this.getParams(), fitted };
  }
}

/** First output column of every input column, and the total number of output columns. */
function layout({ categories, dropped }: Fitted): { starts: number[]; width: number } {
  let width = 0;
  const starts = categories.map((column, j) => {
    const start = width;
    width += column.length - (dropped[j] < 0 ? 0 : 1);
    return start;
  });
  return { starts, width };
}

/** Index among the kept categories; −1 for an unknown or the dropped one. */
function keptIndex(code: number, dropped: number): number {
  if (code < 0 || code === dropped) return -1;
  return dropped >= 0 && code > dropped ? code - 1 : code;
}

/** Index of the category that values stand for, −1 for none. */
function categoryOf(values: ArrayLike<number>, dropped: number): number {
  let best = 0;
  let zeros = true;
  for (let i = 0; i < values.length; i++) {
    if (values[i] > values[best]) best = i;
    if (values[i] !== 0) zeros = false;
  }
  if (zeros) return dropped;
  return dropped >= 0 && best >= dropped ? best + 1 : best;
}
