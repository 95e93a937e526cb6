/**
 * Rows of labels as encoders take them: by column, with their categories. Not for the labels of targets
 * (data/labels.ts).
 */
import type { TransformerInput } from '../columns.js';
import type { Rule } from '../../check.js';
import { describe, listOf, nullable, refused } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { arrayInPieces, isCsr, readList } from '../../ndarray.js';
import { label } from '../scores/labels.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import { isTable, tableLabels } from '../columns.js';
import type { Category } from '../labels.js';
import { checkLabel, sortLabels, VALUES_PER_LABEL } from '../labels.js';

/**
 * Rows of labels, or a Table: strings, numbers, booleans, each column of one type; null, undefined and NaN
 * are missing values.
 */
export type LabelTable = TransformerInput | readonly (readonly (Category | undefined)[])[];

/** Columns of labels: numbers, strings or booleans, each column of one type; null for missing values. */
export interface LabelColumns {
  readonly columns: readonly (readonly Category[])[];
  readonly rows: number;
}

/**
 * Rows of labels by column. null, undefined and NaN are missing values.
 *
 * @param width required number of columns, as in fit; default: any number
 * @param seen names of the columns that fit has seen, to be read from a Table
 * @throws ShapeError for what is not 2-dimensional, ragged rows and another width
 */
export function* columnsInPieces(
  owner: string,
  input: unknown,
  width?: number,
  seen?: readonly string[],
): Pieces<LabelColumns> {
  if (isTable(input)) {
    const columns = tableLabels(owner, input, seen);
    if (columns.length === (width ?? columns.length) && columns.length * input.rows > 0) {
      return { columns, rows: input.rows };
    }
    throw new ShapeError(
      `${owner}: X must have at least 1 row and ${width ?? 'at least 1'} column(s), but received a table of ${input.rows} rows and ${columns.length} columns.`,
    );
  }
  const rows = yield* rowsOf(owner, input);
  if (rows.length === 0 || rows[0].length === 0) {
    throw new ShapeError(`${owner}: X must have at least 1 row and 1 column, but received none.`);
  }
  const expected = width ?? rows[0].length;
  const bad = rows.findIndex((row) => row.length !== expected);
  if (bad >= 0) {
    const why = width === undefined ? 'as row 0' : 'as in fit';
    throw new ShapeError(
      `${owner}: X must have ${expected} columns, ${why}, but received ${rows[bad].length} in row ${bad}.`,
    );
  }
  const columns = Array.from({ length: expected }, (): Category[] => []);
  yield* ranges(rows.length, 2 * expected, (begin, end) => {
    for (let i = begin; i < end; i++) {
      for (let j = 0; j < expected; j++) {
        const value = rows[i][j];
        columns[j][i] = value === undefined || value !== value ? null : value;
      }
    }
  });
  return { columns, rows: rows.length };
}

function* rowsOf(owner: string, input: unknown): Pieces<ArrayLike<Category>[]> {
  const all: ArrayLike<Category>[] = [];
  if (Array.isArray(input)) {
    yield* ranges(input.length, VALUES_PER_LABEL, (begin, end) => {
      for (let i = begin; i < end; i++) all[i] = checkedRow(owner, input[i], i);
    });
    return all;
  }
  const { data, shape, scale = 1 } = yield* arrayInPieces(input, 'X');
  if (shape.length !== 2 || isCsr(input)) {
    throw new ShapeError(
      `${owner}: X must be a 2-d array, rows of labels, but received the shape (${shape.join(', ')}).`,
    );
  }
  const [rows, width] = shape;
  yield* ranges(rows, 4 * width, (begin, end) => {
    for (let i = begin; i < end; i++) {
      all[i] = Array.from(data.subarray(i * width, (i + 1) * width), (value) => value * scale);
    }
  });
  return all;
}

function checkedRow(owner: string, row: unknown, i: number): ArrayLike<Category> {
  const list = readList(row, 'X');
  if (list) return list as ArrayLike<Category>;
  throw new ShapeError(
    `${owner}: X must be a 2-d array, rows of labels, but received ${describe(row)} in row ${i}; use [[...]] for one row, values.map((value) => [value]) for one column.`,
  );
}

/** The categories of a column. */
export interface ColumnCategories {
  /** Sorted labels; null behind them if values are missing. */
  readonly categories: Category[];
  /** Rows by category. */
  readonly counts: ReadonlyMap<Category, number>;
}

/** The categories of every column. @throws ValueError for infinities and columns of two types */
export function* categoriesOf(owner: string, { columns }: LabelColumns): Pieces<ColumnCategories[]> {
  const found: ColumnCategories[] = [];
  for (const [j, column] of columns.entries()) {
    const counts = new Map<Category, number>();
    yield* ranges(column.length, VALUES_PER_LABEL, (begin, end) => {
      for (let i = begin; i < end; i++) counts.set(column[i], (counts.get(column[i]) ?? 0) + 1);
    });
    const labels = [...counts.keys()].filter((category) => category !== null);
    for (const each of labels) {
      checkLabel(each, typeof labels[0], column.indexOf(each), `${owner}: column ${j}`);
    }
    const categories: Category[] = sortLabels(labels);
    if (counts.has(null)) categories.push(null);
    found.push({ categories, counts });
  }
  return found;
}

/** Index of every value of a column among the categories; −1 for others. */
export function* codesOf(values: ArrayLike<unknown>, categories: readonly Category[]): Pieces<Int32Array> {
  const places = new Map<unknown, number>(categories.map((category, i) => [category, i]));
  const codes = new Int32Array(values.length);
  yield* ranges(codes.length, VALUES_PER_LABEL, (begin, end) => {
    for (let i = begin; i < end; i++) codes[i] = places.get(values[i]) ?? -1;
  });
  return codes;
}

const listOfCategories = listOf(nullable(label), 1);

/** Lists of categories, one per column: labels or null, each once. */
export const categoryLists: Rule<Category[][]> = listOf(
  {
    expected: 'an array of at least 1 label or null, each once',
    accept: (value) => {
      const list = listOfCategories.accept(value);
      return list === refused || new Set(list).size !== list.length ? refused : list;
    },
  },
  1,
);

/**
 * The categories of every column, as the option `categories` says.
 *
 * @param strict true if the columns may have no others
 * @throws ValueError for others; ShapeError for another number of columns
 */
export function* chosenCategories(
  owner: string,
  table: LabelColumns,
  chosen: 'auto' | readonly (readonly Category[])[],
  strict: boolean,
): Pieces<{ categories: readonly (readonly Category[])[]; found: ColumnCategories[] }> {
  const found = yield* categoriesOf(owner, table);
  if (chosen === 'auto') return { categories: found.map(({ categories }) => categories), found };
  if (chosen.length !== found.length) {
    throw new ShapeError(
      `${owner}: X must have ${chosen.length} columns, as the option categories, but received ${found.length}.`,
    );
  }
  found.forEach(({ categories }, j) => {
    const unknown = categories.find((each) => !chosen[j].includes(each));
    if (strict && unknown !== undefined) throw unknownLabel(owner, unknown, `column ${j}`, chosen[j]);
  });
  return { categories: chosen, found };
}

/** The error for a label that is not among the categories of its column. */
export function unknownLabel(
  owner: string,
  label: unknown,
  place: string,
  categories: readonly Category[],
): ValueError {
  return new ValueError(
    `${owner}: X must hold only the categories ${describe(categories)} in ${place}, but received ${describe(label)}.`,
  );
}
