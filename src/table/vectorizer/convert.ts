/**
 * Columns in the type that an encoder needs: from tables and records whose values may be of another one. Not
 * for text from files, whose types the CSV readers find out.
 */
import { describe } from '../../check.js';
import type { Column, ColumnType, TableView } from '../../data/table/table.js';
import { cellsOf, isMissing, Table } from '../../data/table/table.js';
import { checkRecords, columnOfValues, toCell, valueOf, wrongType } from '../../data/table/records.js';
import { textToBoolean, textToDate, textToNumber } from '../../data/table/values.js';
import { ShapeError, ValueError } from '../../errors.js';

/** Rows as models of tables take them. */
export type TableRows = Table | readonly Readonly<Record<string, unknown>>[];

/** Columns of rows, whatever these are. */
export interface ColumnSource {
  readonly rows: number;
  /** Names of all columns that occur. */
  readonly names: ReadonlySet<string>;
  /** A column in a type; undefined if there is none of this name. @throws ValueError with row and column */
  column(name: string, type: ColumnType): Column | undefined;
}

/**
 * Reads rows as columns.
 *
 * @param owner whose rows they are, for errors
 * @throws ShapeError for a single record, ValueError for what is neither a table nor an array of records
 */
export function columnSource(owner: string, rows: unknown): ColumnSource {
  if (rows instanceof Table) return tableSource(owner, rows);
  if (typeof rows === 'object' && rows !== null && !Array.isArray(rows) && !ArrayBuffer.isView(rows)) {
    throw new ShapeError(
      `${owner}: rows must be a Table or an array of records, but received one record; write [record].`,
    );
  }
  if (!Array.isArray(rows)) {
    throw new ValueError(
      `${owner}: rows must be a Table or an array of records, but received ${describe(rows)}.`,
    );
  }
  checkRecords(owner, rows);
  const names = new Set<string>();
  for (const record of rows) for (const name in record) if (Object.hasOwn(record, name)) names.add(name);
  return {
    rows: rows.length,
    names,
    column: (name, type) =>
      names.has(name)
        ? columnOfValues(owner, name, rows.length, (row) => valueOf(rows[row], name), type).column
        : undefined,
  };
}

/** Reads a table, or a part of one, as columns. */
export function tableSource(owner: string, table: TableView): ColumnSource {
  return {
    rows: table.rows,
    names: new Set(table.columns),
    column: (name, type) => {
      if (!table.has(name)) return undefined;
      const column = table.column(name);
      const own = table.types[name];
      if (own === type) return column;
      const cell = cellsOf(column, own);
      const values = type === 'string' ? new Array<string | null>(table.rows) : new Float64Array(table.rows);
      for (let row = 0; row < table.rows; row++) {
        const value = isMissing(column, row) ? null : toCell(cell(row), type);
        if (value === undefined) throw wrongType(owner, row, name, type, cell(row));
        values[row] = (value ?? (type === 'string' ? null : NaN)) as never;
      }
      return values;
    },
  };
}

/**
 * A column in another type, as `columns: { name: type }` asks for: numbers, booleans and dates as the text of
 * a category, text as the number, boolean or date that it is.
 *
 * @throws ValueError naming the row for text that is none
 */
export function convertColumn(
  owner: string,
  name: string,
  column: Column,
  from: ColumnType,
  to: ColumnType,
): Column {
  if (from === to) return column;
  if (to === 'string') {
    const cell = cellsOf(column, from);
    return Array.from({ length: column.length }, (_, row) =>
      isMissing(column, row) ? null : String(cell(row)),
    );
  }
  const read = { number: textToNumber, boolean: textToBoolean, date: textToDate }[to];
  const values = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    values[row] = typeof value === 'string' ? read(value) : value === null ? NaN : fromNumber(value, to);
    if (isNaN(values[row]) && !isMissing(column, row)) throw wrongType(owner, row, name, to, value);
  }
  return values;
}

/** A number, boolean (0, 1) or date (milliseconds) as another of these types; NaN if it is none. */
function fromNumber(value: number, to: ColumnType): number {
  return to === 'boolean' && value !== 0 && value !== 1 ? NaN : value;
}

/** A column without any value. */
export function emptyColumn(rows: number, type: ColumnType): Column {
  return type === 'string' ? new Array<string | null>(rows).fill(null) : new Float64Array(rows).fill(NaN);
}
