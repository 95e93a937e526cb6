/**
 * Tables as the rows of transformers: which columns are read, as numbers or as labels, and what features are
 * called. Not for arrays (matrix.ts, encoders/cells.ts). Nothing here loads the class Table.
 */
import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { Category } from './labels.js';
import type { Table } from './table/table.js';

/** Rows of numbers as transformers take them. */
export type TransformerInput = ArrayInput | Table;

/** True for a Table, told by its members. */
export function isTable(x: unknown): x is Table {
  if (typeof x !== 'object' || x === null) return false;
  const { columns, types, rows, column } = x as Partial<Table>;
  const members = [typeof types, typeof rows, typeof column].join();
  return Array.isArray(columns) && members === 'object,number,function';
}

/** Names of the columns of a Table; undefined for other rows. */
export function columnNames(x: unknown): readonly string[] | undefined {
  return isTable(x) ? x.columns : undefined;
}

/**
 * The columns of a table to read, in the order of fit.
 *
 * @param seen names of the columns that fit has seen, if it has seen a table
 * @throws ValueError if one of them is absent
 */
function namesToRead(
  owner: string,
  table: Table,
  seen: readonly string[] = table.columns,
): readonly string[] {
  const absent = seen.find((name) => !table.columns.includes(name));
  if (absent === undefined) return seen;
  throw new ValueError(
    `${owner}: X must have the column ${describe(absent)}, as in fit, but has the columns ${describe(table.columns)}.`,
  );
}

/**
 * Columns of numbers and booleans (as 0 and 1) of a table, one row after the other; NaN for missing values.
 *
 * @param seen names of the columns that fit has seen
 * @throws ValueError for columns of strings and dates
 */
export function* tableNumbers(
  owner: string,
  table: Table,
  seen?: readonly string[],
): Pieces<{ data: Float64Array; shape: number[] }> {
  const names = namesToRead(owner, table, seen);
  const width = names.length;
  const data = new Float64Array(table.rows * width);
  for (const [j, name] of names.entries()) {
    const type = table.types[name];
    if (type === 'string' || type === 'date') {
      throw new ValueError(
        `${owner}: column ${describe(name)} must hold numbers or booleans, but holds ${type}s; encode it first, as TableVectorizer does.`,
      );
    }
    const column = table.column(name) as Float64Array;
    yield* ranges(table.rows, 2, (begin, end) => {
      for (let row = begin; row < end; row++) data[row * width + j] = column[row];
    });
  }
  return { data, shape: [table.rows, width] };
}

/**
 * Columns of a table as labels: strings, numbers, booleans, dates as ISO 8601; null for missing values.
 *
 * @param seen names of the columns that fit has seen
 */
export function tableLabels(owner: string, table: Table, seen?: readonly string[]): Category[][] {
  return namesToRead(owner, table, seen).map((name) => {
    const type = table.types[name];
    return Array.from(table.column(name) as ArrayLike<string | number | null>, (value) => {
      if (typeof value !== 'number') return value;
      if (value !== value) return null;
      if (type === 'date') return new Date(value).toISOString();
      return type === 'boolean' ? value === 1 : value;
    });
  });
}

/**
 * Names of the features that go into a transformer: those given, those of the table of fit, or x0, x1, ….
 *
 * @param given names of the features, if the caller knows better
 * @param seen names of the columns that fit has seen, if it has seen a table
 * @throws ShapeError for another number of names, ValueError for others than those that fit has seen
 */
export function inputNames(
  owner: string,
  given: readonly string[] | undefined,
  seen: readonly string[] | undefined,
  width: number,
): readonly string[] {
  if (given === undefined) return seen ?? Array.from({ length: width }, (_, j) => `x${j}`);
  if (!Array.isArray(given) || given.length !== width) {
    throw new ShapeError(
      `${owner}: featureNames takes the names of the ${width} columns of fit, but received ${describe(given)}.`,
    );
  }
  if (seen?.some((name, j) => name !== given[j])) {
    throw new ValueError(
      `${owner}: featureNames takes the names that fit has seen, ${describe(seen)}, but received ${describe(given)}.`,
    );
  }
  const wrong = given.findIndex((name) => typeof name !== 'string');
  if (wrong >= 0) {
    throw new ValueError(
      `${owner}: featureNames takes strings, but received ${describe(given[wrong])} at position ${wrong}.`,
    );
  }
  return [...given];
}
