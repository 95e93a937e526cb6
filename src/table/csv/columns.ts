/**
 * Turns records of text into typed columns, row by row, so that the text need not be kept. Finds out types
 * and names. Not for dividing text into records, which csv-parse does.
 */
import { describe } from '../../check.js';
import type { Column, ColumnType } from '../../data/table/table.js';
import { Table, unknownColumn } from '../../data/table/table.js';
import {
  isCode,
  NumberList,
  READERS,
  StringList,
  textToNumber,
  typeOfText,
} from '../../data/table/values.js';
import { FormatError, ValueError } from '../../errors.js';
import { csvError } from './encoding.js';
import type { CsvSettings } from './options.js';
import { looksLikeNames } from './sniff.js';

/** Share of numbers in a column of strings from which on the others look like mistakes. */
const MOSTLY = 0.9;

/** A column that is being read. */
class ColumnReader {
  readonly name: string;
  readonly index: number;
  /** True if the type was given, or is that of an earlier part of the file. */
  fixed: boolean;
  /** Undefined while all values were missing. */
  type: ColumnType | undefined;
  /** Where a value first was of another type than the ones before. */
  mismatch: { readonly line: number; readonly value: string } | undefined;
  numbersSeen = 0;
  valuesSeen = 0;
  readonly #numbers = new NumberList();
  readonly #strings = new StringList();
  /** Missing values before the first value. */
  #leading = 0;

  constructor(name: string, index: number, type: ColumnType | undefined) {
    this.name = name;
    this.index = index;
    this.type = type;
    this.fixed = type !== undefined;
  }

  /** Bytes that the values take. */
  get bytes(): number {
    return 8 * (this.#numbers.length + this.#leading) + 2 * this.#strings.characters;
  }

  /** Makes room for so many values. */
  reserve(values: number): void {
    if (this.type !== undefined && this.type !== 'string' && !this.mismatch) this.#numbers.reserve(values);
  }

  missing(): void {
    if (this.mismatch) return;
    if (this.type === undefined) this.#leading++;
    else if (this.type === 'string') this.#strings.push(null);
    else this.#numbers.push(NaN);
  }

  value(text: string, line: number): void {
    this.type ??= this.#begin(text);
    if (this.type === 'string') this.#strings.push(text);
    else this.#number(text, line, this.type);
  }

  /** Adds a value of a column whose values are numbers of some kind. */
  #number(text: string, line: number, type: Exclude<ColumnType, 'string'>): void {
    this.valuesSeen++;
    const value = READERS[type](text);
    const fits = value === value && (type !== 'number' || this.fixed || !isCode(text, value));
    if (type === 'number' && value === value) this.numbersSeen++;
    if (fits) {
      if (!this.mismatch) this.#numbers.push(value);
    } else if (this.fixed) {
      throw csvError(
        line,
        this.name,
        `the value must be ${type === 'number' ? 'a number' : `a ${type}`}, but received ${describe(text)}.`,
      );
    } else if (!this.mismatch) {
      this.mismatch = { line, value: text };
      this.#numbers.take();
    }
  }

  #begin(text: string): ColumnType {
    const type = typeOfText(text);
    for (let i = 0; i < this.#leading; i++) {
      if (type === 'string') this.#strings.push(null);
      else this.#numbers.push(NaN);
    }
    this.#leading = 0;
    return type;
  }

  /** The values so far. A column without any is one of numbers, all missing. */
  take(): Column {
    if (this.type === 'string') return this.#strings.take();
    if (this.type !== undefined) return this.#numbers.take();
    const column = new Float64Array(this.#leading).fill(NaN);
    this.#leading = 0;
    return column;
  }
}

/**
 * Columns that grow record by record. A column whose later values contradict its type is read again as
 * strings: `contradicted` tells which ones, once all records have been read.
 */
export class ColumnsReader {
  readonly #settings: CsvSettings;
  readonly #delimiter: string;
  readonly #missing: ReadonlySet<string>;
  readonly #longestMissing: number;
  /** True if a text that stands for a missing value is a number too. */
  readonly #missingNumbers: boolean;
  #columns: ColumnReader[] | undefined;
  #width = 0;
  #header = false;
  rows = 0;

  constructor(settings: CsvSettings, delimiter: string) {
    this.#settings = settings;
    this.#delimiter = delimiter;
    this.#missing = new Set(settings.missing);
    this.#longestMissing = Math.max(0, ...settings.missing.map(({ length }) => length));
    this.#missingNumbers = settings.missing.some((text) => !isNaN(textToNumber(text)));
  }

  /** True if the first record was taken for names. */
  get header(): boolean {
    return this.#header;
  }

  /** Number of cells of a record; 0 before the first. */
  get width(): number {
    return this.#width;
  }

  /** Name of the column at a position, counted from 0; its number, counted from 1, before names are known. */
  nameAt(index: number): string | number {
    return this.#columns?.find((column) => column.index === index)?.name ?? index + 1;
  }

  /** Adds a record, which ends at `line`. */
  add(record: readonly string[], line: number): void {
    if (this.#columns === undefined && this.#begin(record, line)) return;
    if (this.rows >= this.#settings.maxRows) return;
    this.rows++;
    for (const column of this.#columns!) {
      const text = record[column.index];
      if (this.#isMissing(text, column.type)) column.missing();
      else column.value(text, line);
    }
  }

  #isMissing(text: string, type: ColumnType | undefined): boolean {
    const { length } = text;
    if (length > this.#longestMissing) return false;
    if (length === 0) return this.#missing.has(text);
    if (type === 'number' && !this.#missingNumbers) {
      // Most values are numbers: one digit tells that a lookup is not needed.
      const last = text.charCodeAt(length - 1);
      if (last >= 48 && last <= 57) return false;
    }
    return this.#missing.has(text);
  }

  /** Names the columns by the first record and the options. @returns true if the record holds names */
  #begin(record: readonly string[], line: number): boolean {
    const { header, columns, types } = this.#settings;
    this.#width = record.length;
    this.#header = header === true || (header === 'auto' && looksLikeNames(record));
    const names = this.#names(record, line);
    for (const name of [...(columns ?? []), ...types.keys()]) {
      if (!names.includes(name)) throw unknownColumn('CSV', name, names);
    }
    const kept = columns ?? names;
    this.#columns = kept.map((name) => new ColumnReader(name, names.indexOf(name), types.get(name)));
    return this.#header;
  }

  #names(record: readonly string[], line: number): readonly string[] {
    const { header } = this.#settings;
    if (Array.isArray(header)) {
      if (header.length === record.length) return header as string[];
      throw new FormatError(
        `CSV, line ${line}: there must be as many cells as names in header, ${header.length}, but received ${record.length}.`,
      );
    }
    if (!this.#header) return record.map((_, i) => `column${i + 1}`);
    const seen = new Map<string, number>();
    for (const [i, name] of record.entries()) {
      if (name.trim() === '') {
        throw csvError(
          line,
          i + 1,
          'every column must have a name, but received an empty one; name it, or give the names as header: [...].',
        );
      }
      const first = seen.get(name);
      if (first !== undefined) {
        throw csvError(
          line,
          i + 1,
          `every column must have a name of its own, but received ${describe(name)} as in column ${first + 1}.`,
        );
      }
      seen.set(name, i);
    }
    return record;
  }

  /** Makes room for about so many rows. */
  reserve(rows: number): void {
    for (const column of this.#columns ?? []) column.reserve(Math.min(rows, this.#settings.maxRows));
  }

  /** Bytes that the values take. */
  get bytes(): number {
    return this.#columns?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  }

  /** Columns that must be read again as strings, by name. */
  get contradicted(): ReadonlyMap<string, ColumnType> {
    const found = this.#columns?.filter(({ mismatch }) => mismatch) ?? [];
    return new Map(found.map(({ name }) => [name, 'string']));
  }

  /** From now on, every value must have the type of its column; `strings` are columns of strings. */
  fixTypes(): void {
    for (const column of this.#columns ?? []) {
      column.type ??= 'number';
      column.fixed = true;
    }
  }

  /**
   * The rows so far as a table; reading may go on.
   *
   * @param again columns that were contradicted, as they have been read again
   */
  take(path?: string, again?: ColumnsReader): Table {
    const others = again?.takeColumns();
    const columns = this.#columns ?? [];
    const values = new Map<string, Column>();
    const types = new Map<string, ColumnType>();
    for (const column of columns) {
      const other = others?.get(column.name);
      values.set(column.name, other ?? column.take());
      types.set(column.name, other ? 'string' : (column.type ?? 'number'));
    }
    const { rows } = this;
    this.rows = 0;
    return new Table({ columns: values, types, rows, source: this.#source(path) });
  }

  takeColumns(): Map<string, Column> {
    return new Map(this.#columns?.map((column) => [column.name, column.take()]));
  }

  #source(path: string | undefined) {
    const mixed = (this.#columns ?? [])
      .filter(({ mismatch, numbersSeen, valuesSeen }) => mismatch && numbersSeen >= MOSTLY * valuesSeen)
      .map(({ name, mismatch }) => ({ column: name, ...mismatch! }));
    const { encoding } = this.#settings;
    return { delimiter: this.#delimiter, header: this.#header, encoding, ...(path && { path }), mixed };
  }
}

/** Throws ValueError once the values take more memory than reading may allocate. */
export function checkBudget(owner: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new ValueError(
    `${owner}: the columns must take at most ${maxBytes} bytes, as maxBytes says, but need more; give another maxBytes, or the columns to keep.`,
  );
}
