/**
 * OneHotEncoder: columns of categories as columns of 0 and 1, and back. Not for targets, which LabelBinarizer
 * encodes, nor for reading cells (cells.ts).
 */
import { newTable } from '../../budget.js';
import {
  anyOf,
  checkOptions,
  describe,
  integer,
  listOf,
  nullable,
  number,
  oneOf,
  positiveInteger,
} from '../../check.js';
import { FormatError, ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { Category } from '../labels.js';
import { VALUES_PER_LABEL } from '../labels.js';
import { readMatrix } from '../matrix.js';
import { label } from '../scores/labels.js';
import { formatErrors, readFitted } from '../stored.js';
import { CategoryTransformer } from './category-transformer.js';
import type { ColumnCategories, LabelColumns } from './cells.js';
import { categoryLists, chosenCategories, codesOf, unknownLabel } from './cells.js';

export interface OneHotEncoderParams {
  /**
   * The categories of every column, in the order of their columns in the result; 'auto': those of fit,
   * sorted. null stands for missing values, which are a category like others.
   */
  readonly categories: 'auto' | readonly (readonly Category[])[];
  /**
   * Category of each column to leave out of the result: 'first'; 'ifBinary', the first of columns with two
   * categories; an array with one category per column; or null (default), none.
   */
  readonly drop: null | 'first' | 'ifBinary' | readonly Category[];
  /**
   * Categories that fit has not seen: an error, zeros ('ignore'), or the column of infrequent ones
   * ('infrequentIfExist', zeros without one). Default 'error'.
   */
  readonly handleUnknown: 'error' | 'ignore' | 'infrequentIfExist';
  /**
   * Categories with fewer rows share one column, the last: a count (integer >= 1) or a share of all rows (0 <
   * share < 1). Default null: none do.
   */
  readonly minFrequency: number | null;
  /**
   * The most columns that a column may become, before `drop`: the rarest categories share one. Default null:
   * any number.
   */
  readonly maxCategories: number | null;
}

interface Fitted {
  readonly categories: readonly (readonly Category[])[];
  /** Indices of the categories that share a column, per column. */
  readonly infrequent: readonly (readonly number[])[];
  readonly layout: readonly ColumnLayout[];
}

/** The columns of 0 and 1 that a column becomes. */
interface ColumnLayout {
  /** Place of every category among the columns before `dropped` is left out: rare ones have the last. */
  readonly places: readonly number[];
  /** Category of every column. */
  readonly labels: readonly Category[];
  /** The column that is left out; −1: none. */
  readonly dropped: number;
}

const schema = {
  categories: anyOf(oneOf<'auto'>(['auto']), categoryLists),
  drop: nullable(anyOf(oneOf<'first' | 'ifBinary'>(['first', 'ifBinary']), listOf(nullable(label), 1))),
  handleUnknown: oneOf<OneHotEncoderParams['handleUnknown']>(['error', 'ignore', 'infrequentIfExist']),
  minFrequency: nullable(anyOf(positiveInteger, number({ above: 0, below: 1 }))),
  maxCategories: nullable(positiveInteger),
};
const fittedSchema = { categories: categoryLists, infrequent: listOf(listOf(integer({ min: 0 }))) };
const defaults: OneHotEncoderParams = {
  categories: 'auto',
  drop: null,
  handleUnknown: 'error',
  minFrequency: null,
  maxCategories: null,
};

/** What stands for all infrequent categories. */
const INFREQUENT = 'infrequent_sklearn';

/**
 * Columns of labels as columns of 0 and 1, one for each category of each column: scikit-learn's
 * OneHotEncoder, dense.
 */
export class OneHotEncoder extends CategoryTransformer<OneHotEncoderParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'OneHotEncoder';
  readonly name = 'OneHotEncoder';
  protected readonly schema = schema;

  constructor(options: Partial<OneHotEncoderParams> = {}) {
    super({ ...defaults, ...checkOptions('OneHotEncoder', options, schema) });
  }

  /** An encoder from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): OneHotEncoder {
    const encoder = new OneHotEncoder();
    return encoder.restore(json, (fitted) => {
      const { categories, infrequent } = readFitted('OneHotEncoder', fitted, fittedSchema);
      const sound = categories.every((column, j) => infrequent[j]?.every((index) => index < column.length));
      if (sound && infrequent.length === categories.length) {
        return formatErrors(() => encoder.#laidOut(categories, infrequent));
      }
      throw new FormatError(
        'OneHotEncoder.fromJSON: infrequent must hold indices of the categories of every column, but received others.',
      );
    });
  }

  /** The categories of every column that share a column; null where none do. */
  get infrequentCategories(): (Category[] | null)[] {
    const { categories, infrequent } = this.fitted('infrequentCategories');
    return infrequent.map((rare, j) => (rare.length > 0 ? rare.map((index) => categories[j][index]) : null));
  }

  /** Index of the category without a column, per column (null: none); null without `drop`. */
  get dropIdx(): (number | null)[] | null {
    const { layout } = this.fitted('dropIdx');
    if (this.params.drop === null) return null;
    return layout.map(({ places, dropped }) => (dropped < 0 ? null : places.indexOf(dropped)));
  }

  protected *learn(table: LabelColumns): Pieces<Fitted> {
    const { categories: chosen, handleUnknown } = this.params;
    const { categories, found } = yield* chosenCategories(
      this.name,
      table,
      chosen,
      handleUnknown === 'error',
    );
    const infrequent = categories.map((column, j) => this.#infrequent(column, found[j], table.rows));
    return this.#laidOut(categories, infrequent);
  }

  /** Indices of the categories that share a column. */
  #infrequent(categories: readonly Category[], { counts }: ColumnCategories, rows: number): number[] {
    const { minFrequency, maxCategories } = this.params;
    const minCount = minFrequency === null ? 0 : minFrequency < 1 ? minFrequency * rows : minFrequency;
    const count = categories.map((category) => counts.get(category) ?? 0);
    const rare = new Set(count.flatMap((each, i) => (each < minCount ? [i] : [])));
    if (maxCategories !== null && maxCategories <= categories.length - rare.size) {
      const byCount = count.map((_, i) => i).sort((a, b) => count[a] - count[b]);
      for (const i of byCount.slice(0, categories.length - maxCategories + 1)) rare.add(i);
    }
    return [...rare].sort((a, b) => a - b);
  }

  #laidOut(categories: Fitted['categories'], infrequent: Fitted['infrequent']): Fitted {
    const { drop } = this.params;
    if (Array.isArray(drop) && drop.length !== categories.length) {
      throw new ShapeError(
        `OneHotEncoder: drop must have a category for each of the ${categories.length} columns, but received ${drop.length}.`,
      );
    }
    const layout = categories.map((column, j): ColumnLayout => {
      const rare = new Set(infrequent[j]);
      const labels = column.filter((_, i) => !rare.has(i));
      let frequent = 0;
      const places = column.map((_, i) => (rare.has(i) ? labels.length : frequent++));
      if (rare.size > 0) labels.push(INFREQUENT);
      return { places, labels, dropped: this.#dropped(column, j, places, labels.length, rare) };
    });
    return { categories, infrequent, layout };
  }

  #dropped(
    categories: readonly Category[],
    j: number,
    places: readonly number[],
    width: number,
    rare: ReadonlySet<number>,
  ): number {
    const { drop } = this.params;
    if (drop === null) return -1;
    if (drop === 'first') return 0;
    if (drop === 'ifBinary') return width === 2 ? 0 : -1;
    const index = categories.indexOf(drop[j]);
    if (index >= 0 && !rare.has(index)) return places[index];
    const which = rare.size > 0 ? 'frequent categories' : 'categories';
    throw new ValueError(
      `OneHotEncoder: drop must have one of the ${which} ${describe(categories.filter((_, i) => !rare.has(i)))} for column ${j}, but received ${describe(drop[j])}.`,
    );
  }

  protected *apply(
    { columns, rows }: LabelColumns,
    { categories, infrequent, layout }: Fitted,
  ): Pieces<NdArray<Float64Array>> {
    const { handleUnknown } = this.params;
    const { starts, width } = startsOf(layout);
    const what = `OneHotEncoder: a table of ${rows} rows and ${width} categories`;
    const data = newTable([rows, width], what, 'transform fewer rows at a time');
    for (const [j, column] of columns.entries()) {
      const codes = yield* codesOf(column, categories[j]);
      const { places, dropped } = layout[j];
      const grouped = handleUnknown === 'infrequentIfExist' && infrequent[j].length > 0;
      const unknown = grouped ? places[infrequent[j][0]] : dropped;
      // The first column meets every page of new memory.
      yield* ranges(rows, Math.max(VALUES_PER_LABEL, width), (begin, end) => {
        for (let row = begin; row < end; row++) {
          const code = codes[row];
          if (code < 0 && handleUnknown === 'error') {
            throw unknownLabel('OneHotEncoder', column[row], `row ${row}, column ${j}`, categories[j]);
          }
          const place = code < 0 ? unknown : places[code];
          if (place === dropped) continue;
          data[row * width + starts[j] + place - (dropped >= 0 && place > dropped ? 1 : 0)] = 1;
        }
      });
    }
    return { data, shape: [rows, width] };
  }

  /** Missing values are called 'nan', rare ones 'infrequent_sklearn'. */
  protected override outputNames(names: readonly string[], { layout }: Fitted): string[] {
    return layout.flatMap(({ labels, dropped }, j) =>
      labels.filter((_, i) => i !== dropped).map((each) => `${names[j]}_${each ?? 'nan'}`),
    );
  }

  /**
   * Rows of labels from rows of numbers: for every column, the category with the largest value, null for a
   * missing value, 'infrequent_sklearn' for infrequent ones. A row of zeros stands for the dropped category,
   * else for an unknown one: null unless handleUnknown is 'error', otherwise an error.
   */
  inverseTransform(x: ArrayInput): Category[][] {
    const { infrequent, layout } = this.fitted('inverseTransform');
    const { starts, width } = startsOf(layout);
    const { data, rows } = readMatrix('OneHotEncoder', x, width);
    const { handleUnknown } = this.params;
    return Array.from({ length: rows }, (_, row) =>
      layout.map(({ labels, dropped }, j) => {
        const kept = labels.length - (dropped < 0 ? 0 : 1);
        const begin = row * width + starts[j];
        const index = categoryOf(data.subarray(begin, begin + kept), dropped);
        if (index >= 0) return labels[index];
        if (
          handleUnknown === 'ignore' ||
          (handleUnknown === 'infrequentIfExist' && infrequent[j].length === 0)
        ) {
          return null;
        }
        throw new ValueError(
          `OneHotEncoder: X must have a category for every column, but received only zeros in row ${row} for column ${j}.`,
        );
      }),
    );
  }

  protected override stored({ categories, infrequent }: Fitted): object {
    return { categories, infrequent };
  }
}

/** First output column of every input column, and the total number of output columns. */
function startsOf(layout: readonly ColumnLayout[]): { starts: number[]; width: number } {
  let width = 0;
  const starts = layout.map(({ labels, dropped }) => {
    const start = width;
    width += labels.length - (dropped < 0 ? 0 : 1);
    return start;
  });
  return { starts, width };
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
