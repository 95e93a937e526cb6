/**
 * Options of the CSV readers, and how csv-parse is set by them. Not for finding out the delimiter and the
 * header, which sniff.ts and columns.ts do.
 */
import type { Options as ParserOptions } from 'csv-parse';
import type { Checked, Rule } from '../../check.js';
import {
  anyOf,
  boolean,
  checkOptions,
  describe,
  listOf,
  nullable,
  oneOf,
  positiveInteger,
} from '../../check.js';
import { refused, rule, text } from '../../check.js';
import { DEFAULT_MAX_BYTES, maxBytesRule } from '../../budget.js';
import { columnTypesRule } from '../../data/table/records.js';
import type { ColumnType } from '../../data/table/table.js';
import { ValueError } from '../../errors.js';

/** Options of `parseCsv`, `readCsv` and `readCsvChunks`. */
export interface CsvOptions {
  /** Characters between the cells. Default 'auto': comma, semicolon, tab or bar, whichever fits. */
  readonly delimiter?: string;
  /** Character around cells that hold delimiters, quotes or line ends; doubled, it stands for itself. '"'. */
  readonly quote?: string;
  /**
   * True if the first row holds the names; false if it does not, then they are column1, column2 and so on; or
   * the names, for a file that has none. Default 'auto': a first row without numbers holds names.
   */
  readonly header?: 'auto' | boolean | readonly string[];
  /** Names of the columns to keep. Default: all. */
  readonly columns?: readonly string[];
  /** Types of columns by name. Default: found out from the values. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Texts that stand for missing values. Default: '', 'NA', 'NaN', 'null' and '?'. */
  readonly missing?: readonly string[];
  /** Lines that begin with this are left out. Default null: none. */
  readonly comment?: string | null;
  /** Encoding of the bytes, as TextDecoder names it. Default 'utf-8'. */
  readonly encoding?: string;
  /** The most rows to read. Default: all. */
  readonly maxRows?: number;
  /** The most bytes that reading may allocate. Default 2^30. */
  readonly maxBytes?: number;
}

const oneCharacter = rule(
  'one character other than a line end',
  (value): value is string => typeof value === 'string' && value.length === 1 && !/[\r\n\0]/.test(value),
);

/** An encoding that TextDecoder knows. */
const encodingRule: Rule<string> = {
  expected: "the name of an encoding that this runtime knows, such as 'utf-8' or 'latin1'",
  accept: (value) => {
    if (typeof value !== 'string') return refused;
    try {
      return new TextDecoder(value).encoding;
    } catch {
      return refused;
    }
  },
};

const names = listOf(text, 1);

/** Rules of the options that all CSV readers take. */
const csvSchema = {
  delimiter: rule(
    "'auto' or text without line ends",
    (value): value is string => typeof value === 'string' && value !== '' && !/[\r\n\0]/.test(value),
  ),
  quote: oneCharacter,
  header: anyOf(boolean, oneOf<'auto'>(['auto']), names),
  columns: names,
  types: columnTypesRule,
  missing: listOf(rule('a string', (value): value is string => typeof value === 'string')),
  comment: nullable(text),
  encoding: encodingRule,
  maxRows: positiveInteger,
  maxBytes: maxBytesRule,
};

/** Options of a CSV reader, checked, defaults filled in. */
export interface CsvSettings extends Omit<Required<Checked<typeof csvSchema>>, 'columns' | 'types'> {
  readonly columns: readonly string[] | undefined;
  readonly types: ReadonlyMap<string, ColumnType>;
}

/** Fills in defaults. @throws ValueError for unknown names and bad values */
export function readCsvOptions(owner: string, given: unknown): CsvSettings {
  const options = checkOptions(owner, given, csvSchema);
  const { header, columns } = options;
  for (const [option, list] of Object.entries({ header, columns })) {
    if (!Array.isArray(list)) continue;
    const twice = list.find((name, i) => list.indexOf(name) !== i);
    if (twice === undefined) continue;
    throw new ValueError(`${owner}: ${option} must name each column once, but has ${describe(twice)} twice.`);
  }
  return {
    delimiter: 'auto',
    quote: '"',
    header: 'auto',
    missing: ['', 'NA', 'NaN', 'null', '?'],
    comment: null,
    encoding: 'utf-8',
    maxRows: Infinity,
    maxBytes: DEFAULT_MAX_BYTES,
    ...options,
    columns,
    types: options.types ?? new Map<string, ColumnType>(),
  };
}

/** Characters of a record, at most: an open quote early in a long file is found before its end. */
export const MAX_RECORD = 16777216;

/** The settings of csv-parse: records as arrays of strings, nothing repaired. */
export function parserOptions(
  { quote, comment, maxRows }: CsvSettings,
  delimiter: string,
): ParserOptions<string[]> {
  return {
    delimiter,
    quote,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    //max_record_size: MAX_RECORD,
    // The header may be one of them.
    ...(maxRows < Infinity && { to: maxRows + 1 }),
    ...(comment !== null && { comment, comment_no_infix: true }),
  };
}
