/**
 * Tables of records and of arrays: fromRecords, fromColumns. Not for text, which table/csv reads; values are
 * never taken for what they are not.
 */
import type { Rule } from '../../check.js';
import { checkOptions, describe, oneOf, refused, typedArrayKind } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Column, ColumnType } from './table.js';
import { checkLengths, Table, unknownColumn } from './table.js';
import { textToDate } from './values.js';

/** Options of `fromRecords` and `fromColumns`. */
export interface TableOptions {
  /** Types of columns by name. Default: the type of their values. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

const aType = oneOf<ColumnType>(['number', 'string', 'boolean', 'date']);

/** An object of types by the name of the column, as a Map. */
export const columnTypesRule: Rule<ReadonlyMap<string, ColumnType>> = {
  expected: "an object of types by column: 'number', 'string', 'boolean' or 'date'",
  accept: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused;
    const types = Object.entries(value).map(([name, type]) => [name, aType.accept(type)] as const);
    return types.some(([, type]) => type === refused) ? refused : new Map(types as [string, ColumnType][]);
  },
};

/** True for what counts as missing: undefined, null and NaN. */
function isGap(value: unknown): boolean {
  return value === undefined || value === null || value !== value;
}

/** The type of a value; undefined if it has none of a column. */
function typeOf(value: unknown): ColumnType | undefined {
  if (value instanceof Date) return 'date';
  const type = typeof value;
  return type === 'number' || type === 'string' || type === 'boolean' ? type : undefined;
}

/**
 * A value as a column of a type holds it; undefined if it is of another type. A number in a column of strings
 * is taken as its text, a string in a column of dates as a date of ISO 8601.
 */
export function toCell(value: unknown, type: ColumnType): number | string | undefined {
  if (type === 'string') {
    if (typeof value === 'string') return value;
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
  }
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? Number(value) : undefined;
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? textToDate(value) : NaN;
  return isNaN(time) ? undefined : time;
}

const TYPE_IN_WORDS: Readonly<Record<ColumnType, string>> = {
  number: 'a finite number',
  string: 'a string',
  boolean: 'true or false',
  date: 'a date, or an ISO 8601 string of one',
};

/** The error for a value of another type than its column has. */
export function wrongType(
  owner: string,
  row: number,
  name: string,
  type: ColumnType,
  value: unknown,
): ValueError {
  return new ValueError(
    `${owner}: row ${row}, column '${name}' must be ${TYPE_IN_WORDS[type]} or missing, as the rest of the column, but received ${describe(value)}.`,
  );
}

/**
 * A column of values that `get` gives.
 *
 * @param type its type; default: that of its first value
 */
export function columnOfValues(
  owner: string,
  name: string,
  rows: number,
  get: (row: number) => unknown,
  type?: ColumnType,
): { type: ColumnType; column: Column } {
  const known = type ?? firstType(owner, name, rows, get) ?? 'number';
  const column: Column = known === 'string' ? new Array<string | null>(rows) : new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = get(row);
    if (isGap(value)) {
      column[row] = known === 'string' ? null! : NaN;
      continue;
    }
    const cell = toCell(value, known);
    // Without a type that was given, '5' and 5 in one column are a mistake.
    if (cell === undefined || (type === undefined && typeOf(value) !== known)) {
      throw wrongType(owner, row, name, known, value);
    }
    column[row] = cell as never;
  }
  return { type: known, column };
}

function firstType(owner: string, name: string, rows: number, get: (row: number) => unknown) {
  for (let row = 0; row < rows; row++) {
    const value = get(row);
    if (isGap(value)) continue;
    const type = typeOf(value);
    if (type !== undefined) return type;
    throw new ValueError(
      `${owner}: row ${row}, column '${name}' must be a number, string, boolean, Date, or missing, but received ${describe(value)}.`,
    );
  }
  return undefined;
}

/** Checks that values are records. @throws ValueError that names the first that is none */
export function checkRecords(owner: string, records: unknown): asserts records is readonly object[] {
  if (!Array.isArray(records)) {
    throw new ValueError(`${owner}: records must be an array of objects, but received ${describe(records)}.`);
  }
  for (let row = 0; row < records.length; row++) {
    const record: unknown = records[row];
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) continue;
    throw new ValueError(`${owner}: row ${row} must be an object, but received ${describe(record)}.`);
  }
}

/** The own value of a record; undefined if it has none of this name. */
export function valueOf(record: object, name: string): unknown {
  return Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
}

/**
 * Make a table of records, such as JSON holds them. Columns come in the order in which their names first
 * appear; an absent key, undefined, null and NaN are missing values; Dates are dates.
 *
 * @param options `types`: types of columns; default: the type of their values. Strings in a column of type
 *   'date' are read as ISO 8601, numbers in one of type 'string' are taken as their text
 * @throws ValueError with row and column for a value of another type than the rest of its column, and for
 *   objects and arrays as values
 */
export function fromRecords(records: readonly object[], options?: TableOptions): Table {
  const { types = new Map<string, ColumnType>() } = checkOptions('fromRecords', options, {
    types: columnTypesRule,
  });
  checkRecords('fromRecords', records);
  const names = new Set<string>();
  for (const record of records) for (const name of Object.keys(record)) names.add(name);
  for (const name of types.keys()) names.add(name);
  const columns = [...names].map((name) => {
    const get = (row: number) => valueOf(records[row], name);
    return [name, columnOfValues('fromRecords', name, records.length, get, types.get(name))] as const;
  });
  return new Table({
    columns: new Map(columns.map(([name, { column }]) => [name, column])),
    types: new Map(columns.map(([name, { type }]) => [name, type])),
    rows: records.length,
  });
}

/**
 * Make a table of arrays by the name of their column: arrays of numbers, strings, booleans or Dates, or typed
 * arrays. They are copied. Undefined, null and NaN are missing values.
 *
 * @param options `types`, as for fromRecords
 * @throws ShapeError for arrays of different lengths; ValueError as fromRecords
 */
export function fromColumns(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  options?: TableOptions,
): Table {
  const { types = new Map<string, ColumnType>() } = checkOptions('fromColumns', options, {
    types: columnTypesRule,
  });
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    throw new ValueError(
      `fromColumns: columns must be an object of arrays by name, but received ${describe(columns)}.`,
    );
  }
  const values = new Map<string, Column>();
  const found = new Map<string, ColumnType>();
  for (const [name, array] of Object.entries(columns)) {
    if (!Array.isArray(array) && typedArrayKind(array) === undefined) {
      throw new ValueError(
        `fromColumns: column '${name}' must be an array or a typed array, but received ${describe(array)}.`,
      );
    }
    const { type, column } = columnOfValues(
      'fromColumns',
      name,
      array.length,
      (row) => array[row],
      types.get(name),
    );
    values.set(name, column);
    found.set(name, type);
  }
  for (const name of types.keys())
    if (!values.has(name)) throw unknownColumn('fromColumns', name, [...values.keys()]);
  return new Table({ columns: values, types: found, rows: checkLengths('fromColumns', values) });
}
