/**
 * Table: named columns of numbers, strings, booleans and dates. Not for reading text, which table/csv does,
 * nor for records, which records.ts turns into tables.
 */
import { closestName, describe, integer, checkValue } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';

/** What the values of a column are. */
export type ColumnType = 'number' | 'string' | 'boolean' | 'date';

/**
 * The values of a column. Strings: an array in which null is a missing value. Numbers, booleans (0 and 1) and
 * dates (milliseconds since 1970, UTC): a Float64Array in which NaN is a missing value.
 */
export type Column = Float64Array | (string | null)[];

/** How a table was read from text: what was given and what was found out. */
export interface TableSource {
  /** Character between the cells. */
  readonly delimiter: string;
  /** True if the first row of the text holds the names of the columns. */
  readonly header: boolean;
  /** Encoding of the bytes, such as 'utf-8'. */
  readonly encoding: string;
  /** File that was read, if any. */
  readonly path?: string;
  /**
   * Columns most of whose values are numbers, and which are strings because of the others: the first of those
   * and its line.
   */
  readonly mixed: readonly { readonly column: string; readonly line: number; readonly value: string }[];
}

/** A value of a record, as `toRecords` gives it: dates are ISO 8601 strings, missing values null. */
export type Cell = number | string | boolean | null;

/** Parts of a table, which are not copied. */
export interface TableParts {
  readonly columns: ReadonlyMap<string, Column>;
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly rows: number;
  readonly source?: TableSource;
}

/** The error for a column that a table does not have, which offers the nearest name, or else all names. */
export function unknownColumn(owner: string, name: unknown, names: readonly string[]): ValueError {
  const nearest = typeof name === 'string' ? closestName(name, names) : undefined;
  const known =
    nearest === undefined
      ? `the columns are ${names.slice(0, 20).map(describe).join(', ')}${names.length > 20 ? ', …' : ''}`
      : `did you mean ${describe(nearest)}?`;
  const end = nearest === undefined ? '.' : '';
  return new ValueError(`${owner}: ${describe(name)} is not a column of the table; ${known}${end}`);
}

const rowCount = integer({ min: 0 });

/**
 * Named columns of equal length, each of numbers, strings, booleans or dates, any of which may be missing.
 * Made by `parseCsv`, `readCsv`, `fromRecords` and `fromColumns`. A table never changes.
 */
export class Table {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'Table';
  /** Names of the columns, in order. */
  readonly columns: readonly string[];
  /** Number of rows. */
  readonly rows: number;
  /** Type of each column by its name. */
  readonly types: Readonly<Record<string, ColumnType>>;
  /** How the table was read from text; undefined for other tables. */
  readonly source?: TableSource;
  readonly #columns: ReadonlyMap<string, Column>;

  /** Use `fromColumns` or `fromRecords` to make a table. */
  constructor(parts: TableParts) {
    const { columns, types, rows, source } = parts ?? {};
    const whole = columns instanceof Map && [...columns.values()].every((column) => column?.length === rows);
    if (!whole || !(types instanceof Map)) {
      throw new ValueError(
        `Table: make a table by fromColumns(columns), fromRecords(records) or parseCsv(text), but received ${describe(parts)}.`,
      );
    }
    this.#columns = columns;
    this.columns = [...columns.keys()];
    this.rows = rows;
    this.types = Object.fromEntries(types);
    if (source) this.source = source;
  }

  /**
   * The values of a column: the table's own array, which must not be changed.
   *
   * @throws ValueError for an unknown name, with the nearest known one
   */
  column(name: string): Column {
    const column = this.#columns.get(name);
    if (column === undefined) throw unknownColumn('Table.column', name, this.columns);
    return column;
  }

  /** True if there is a column of this name. */
  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** The first `n` rows, by default 5. */
  head(n = 5): Table {
    const end = Math.min(checkValue('Table.head', 'n', n, rowCount), this.rows);
    return this.#derived(this.columns, (column) => column.slice(0, end), end);
  }

  /**
   * Some columns, in the order given; their values are shared, not copied.
   *
   * @throws ValueError for an unknown name, or one given twice
   */
  select(names: readonly string[]): Table {
    if (!Array.isArray(names)) {
      throw new ValueError(`Table.select: names must be an array of names, but received ${describe(names)}.`);
    }
    const list = names as readonly string[];
    for (const [i, name] of list.entries()) {
      if (!this.#columns.has(name)) throw unknownColumn('Table.select', name, this.columns);
      if (list.indexOf(name) === i) continue;
      throw new ValueError(`Table.select: each name must occur once, but received ${describe(name)} twice.`);
    }
    return this.#derived(list, (column) => column, this.rows);
  }

  /**
   * The rows of these numbers, in the order given, as copies; a row may be taken more than once.
   *
   * @param indices integers from 0 to rows - 1, in an array of any kind
   * @throws ValueError for any other number
   */
  take(indices: ArrayLike<number>): Table {
    const length = indices?.length;
    if (!Number.isSafeInteger(length) || length < 0 || typeof indices !== 'object') {
      throw new ValueError(
        `Table.take: indices must be an array of row numbers, but received ${describe(indices)}.`,
      );
    }
    for (let i = 0; i < length; i++) {
      const index = indices[i];
      if (Number.isInteger(index) && index >= 0 && index < this.rows) continue;
      throw new ValueError(
        `Table.take: indices must be integers from 0 to ${this.rows - 1}, but received ${describe(index)} at position ${i}.`,
      );
    }
    return this.#derived(this.columns, (column) => taken(column, indices), length);
  }

  /**
   * The rows as objects, such as JSON holds them: numbers, strings, true and false; dates as ISO 8601
   * strings; null for missing values.
   */
  toRecords(): Record<string, Cell>[] {
    const cells = this.columns.map((name) => cellsOf(this.column(name), this.types[name]));
    return Array.from({ length: this.rows }, (_, row) =>
      Object.fromEntries(this.columns.map((name, j) => [name, cells[j](row)])),
    );
  }

  #derived(names: readonly string[], values: (column: Column) => Column, rows: number): Table {
    const columns = new Map(names.map((name) => [name, values(this.column(name))]));
    const types = new Map(names.map((name) => [name, this.types[name]]));
    return new Table({ columns, types, rows, source: this.source });
  }
}

/** A table, or a part of one whose columns are read when they are asked for. */
export type TableView = Pick<Table, 'columns' | 'rows' | 'types' | 'column' | 'has'>;

function taken(column: Column, indices: ArrayLike<number>): Column {
  const { length } = indices;
  if (Array.isArray(column)) {
    const result = new Array<string | null>(length);
    for (let i = 0; i < length; i++) result[i] = column[indices[i]];
    return result;
  }
  const result = new Float64Array(length);
  for (let i = 0; i < length; i++) result[i] = column[indices[i]];
  return result;
}

/** The value of each row of a column, as `toRecords` gives it. */
export function cellsOf(column: Column, type: ColumnType): (row: number) => Cell {
  if (Array.isArray(column)) return (row) => column[row];
  if (type === 'boolean') return (row) => (isNaN(column[row]) ? null : column[row] === 1);
  if (type === 'date') return (row) => (isNaN(column[row]) ? null : new Date(column[row]).toISOString());
  return (row) => (isNaN(column[row]) ? null : column[row]);
}

/** True where a value is missing. */
export function isMissing(column: Column, row: number): boolean {
  const value = column[row];
  return value === null || value !== value;
}

/** Throws ShapeError unless all columns have the same number of rows. */
export function checkLengths(owner: string, columns: ReadonlyMap<string, Column>): number {
  const [[first, { length: rows }] = ['', { length: 0 }]] = columns;
  for (const [name, { length }] of columns) {
    if (length === rows) continue;
    throw new ShapeError(
      `${owner}: all columns must have as many values as ${describe(first)}, ${rows}, but ${describe(name)} has ${length}.`,
    );
  }
  return rows;
}
