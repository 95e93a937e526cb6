/**
 * csv-parse as this package uses it: text that is malformed is refused, by line and column. Not for typed
 * columns, which columns.ts makes of the records.
 */
import type { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { describe } from '../../check.js';
import type { ColumnsReader } from './columns.js';
import { csvError } from './encoding.js';
import type { CsvSettings } from './options.js';
import { MAX_RECORD, parserOptions } from './options.js';

/**
 * Reads all records of a text.
 *
 * @param bytes UTF-8 without a byte order mark
 * @throws FormatError for a ragged row, an open quote, a stray quote
 */
export function readRecords(
  bytes: Uint8Array,
  settings: CsvSettings,
  delimiter: string,
  columns: ColumnsReader,
): void {
  try {
    parse(bytes, {
      ...parserOptions(settings, delimiter),
      // Records are not collected.
      on_record: (record, { lines }) => void columns.add(record, lines),
    });
  } catch (error) {
    throw asFormatError(error, columns, settings);
  }
}

/** An error of csv-parse as one of this package; any other error as it is. */
export function asFormatError(error: unknown, columns: ColumnsReader, { quote }: CsvSettings): unknown {
  if (!isCsvError(error)) return error;
  const { code, lines, column, record } = error as unknown as {
    code: string;
    lines: number;
    column: number;
    record?: readonly string[];
  };
  const place = typeof column === 'number' ? columns.nameAt(column) : undefined;
  switch (code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const { width } = columns;
      const received = record?.length ?? 0;
      const where = columns.nameAt(Math.min(received, width - 1));
      return csvError(
        lines,
        received > width ? width + 1 : where,
        `every row must have ${width} cells, as the first one, but received ${received}.`,
      );
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return csvError(lines, place, `the quote ${quote} must be closed, but the text ends before that.`);
    case 'CSV_MAX_RECORD_SIZE':
      return csvError(
        lines,
        place,
        `a row must have at most ${MAX_RECORD} characters, but received more; is a quote left open?`,
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return csvError(
        lines,
        place,
        `a cell with the character ${quote} must stand between quotes and double each one inside, but received another.`,
      );
    default:
      return csvError(lines, place, `the text must be CSV, but received what is not (${describe(code)}).`);
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string' && 'lines' in error;
}
