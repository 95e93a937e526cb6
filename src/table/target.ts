/**
 * The target of a model of tables: the column that is predicted, as labels or numbers; and parts of tables by
 * rows and columns. Not for features, which vectorizer/ makes.
 */
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { ColumnType, TableView } from '../data/table/table.js';
import { isMissing, unknownColumn } from '../data/table/table.js';
import { ValueError } from '../errors.js';

/** The rows of a table whose target is there. */
export interface Targets<T> {
  /** Target of each of these rows. */
  readonly values: T[];
  /** Numbers of these rows. */
  readonly rows: Int32Array;
}

/** A column as targets of type T. */
export interface ReadTargets<T> {
  (owner: string, table: TableView, target: string): Targets<T>;
  /** True if the rows held out have the classes in their shares. */
  readonly stratified?: boolean;
}

function typeOfTarget(owner: string, table: TableView, target: string): ColumnType {
  if (!table.has(target)) throw unknownColumn(`${owner}: target`, target, table.columns);
  return table.types[target];
}

function presentRows(table: TableView, target: string): Int32Array {
  const column = table.column(target);
  const rows = new Int32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row++) if (!isMissing(column, row)) rows[count++] = row;
  return rows.subarray(0, count);
}

/** Labels: strings, booleans or integers. @throws ValueError for dates, and for numbers with fractions */
function readLabels(owner: string, table: TableView, target: string): Targets<Label> {
  const type = typeOfTarget(owner, table, target);
  const rows = presentRows(table, target);
  if (type === 'date') {
    throw new ValueError(`${owner}: target '${target}' must be labels, but the column holds dates.`);
  }
  const column = table.column(target);
  const values = Array.from(rows, (row): Label => {
    const value = column[row] as string | number;
    return type === 'boolean' ? value === 1 : value;
  });
  const fraction = type === 'number' ? values.findIndex((value) => !Number.isSafeInteger(value)) : -1;
  if (fraction < 0) return { values, rows };
  throw new ValueError(
    `${owner}: target '${target}' must be labels, that is strings, booleans or integers, but received ${describe(values[fraction])} in row ${rows[fraction]}; use TableRegressor for numbers.`,
  );
}

/** Reads labels. */
export const labelTargets: ReadTargets<Label> = Object.assign(readLabels, { stratified: true });

/** Numbers. @throws ValueError for a column of any other type */
export const numberTargets: ReadTargets<number> = (owner, table, target) => {
  const type = typeOfTarget(owner, table, target);
  const rows = presentRows(table, target);
  const column = table.column(target);
  if (type !== 'number') {
    const such = rows.length > 0 ? `, such as ${describe(column[rows[0]])} in row ${rows[0]}` : '';
    throw new ValueError(
      `${owner}: target '${target}' must be numbers, but the column holds ${type}s${such}; use TableClassifier for labels.`,
    );
  }
  return { values: Array.from(rows, (row) => column[row] as number), rows };
};

/** Weights of rows from a column. @throws ValueError naming the row for anything but a number >= 0 */
export function weightsOf(owner: string, table: TableView, name: string): Float64Array {
  if (!table.has(name)) throw unknownColumn(`${owner}: sampleWeight`, name, table.columns);
  const column = table.column(name);
  for (let row = 0; row < table.rows; row++) {
    const weight = column[row];
    if (typeof weight === 'number' && weight >= 0) continue;
    throw new ValueError(
      `${owner}: the column '${name}' of sampleWeight must be numbers >= 0, but received ${describe(weight)} in row ${row}.`,
    );
  }
  return column as Float64Array;
}

/** Rows [begin, end) of a table, whose numbers are not copied. */
export function rangeOf(table: TableView, begin: number, end: number): TableView {
  return {
    columns: table.columns,
    types: table.types,
    rows: end - begin,
    has: (name) => table.has(name),
    column: (name) => {
      const column = table.column(name);
      return Array.isArray(column) ? column.slice(begin, end) : column.subarray(begin, end);
    },
  };
}

/** Some rows of a table, each column of which is copied when it is asked for. */
export function rowsOf(table: TableView, rows: Int32Array): TableView {
  return {
    columns: table.columns,
    types: table.types,
    rows: rows.length,
    has: (name) => table.has(name),
    column: (name) => {
      const column = table.column(name);
      if (Array.isArray(column)) return Array.from(rows, (row) => column[row]);
      return Float64Array.from(rows, (row) => column[row]);
    },
  };
}

/** A table without some of its columns. */
export function without(table: TableView, names: readonly string[]): TableView {
  const columns = table.columns.filter((name) => !names.includes(name));
  const has = (name: string) => columns.includes(name);
  return { columns, types: table.types, rows: table.rows, has, column: (name) => table.column(name) };
}
