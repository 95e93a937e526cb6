/**
 * parseCsv: the text of a CSV file, in memory, as a Table. Files are read by `readCsv` of lamella/node, part
 * by part and with the same rules.
 */
import { describe, readBytes } from '../../check.js';
import type { Table } from '../../data/table/table.js';
import { FormatError, ValueError } from '../../errors.js';
import { checkBudget, ColumnsReader } from './columns.js';
import { CsvDecoder } from './encoding.js';
import type { CsvOptions, CsvSettings } from './options.js';
import { readCsvOptions } from './options.js';
import { readRecords } from './parser.js';
import { SNIFFED_BYTES, sniffDelimiter } from './sniff.js';

/**
 * Read the text of a CSV file. Delimiter, header and types are found out, unless they are given; what was
 * found is in `source` and `types` of the table. A column all of whose values are numbers has type 'number';
 * so it is with true and false, and with ISO 8601 dates; any other column holds strings. Digits that a number
 * would not keep, as in 00501, are strings.
 *
 * @param input text, or its bytes
 * @throws FormatError with line and column for a row with more or fewer cells than the first, an open quote,
 *   an empty or repeated name, bytes that are not in the encoding, and a value of another type than `types`
 *   says; ValueError for options
 */
export function parseCsv(input: string | Uint8Array, options?: CsvOptions): Table {
  const settings = readCsvOptions('parseCsv', options);
  const bytes = bytesOf(input, settings);
  const delimiter = delimiterOf(bytes, settings);
  const columns = new ColumnsReader(settings, delimiter);
  readRecords(bytes, settings, delimiter, columns);
  if (columns.width === 0) throw emptyFile();
  checkBudget('parseCsv', columns.bytes, settings.maxBytes);
  if (columns.contradicted.size === 0) return columns.take();
  const again = new ColumnsReader(settingsForStrings(settings, columns), delimiter);
  readRecords(bytes, settings, delimiter, again);
  return columns.take(undefined, again);
}

/** The bytes of a text, as UTF-8. */
function bytesOf(input: unknown, { encoding, maxBytes }: CsvSettings): Uint8Array {
  if (typeof input === 'string') {
    return new CsvDecoder('utf-8').convert(new TextEncoder().encode(input));
  }
  if (!ArrayBuffer.isView(input) && !(input instanceof ArrayBuffer)) {
    throw new ValueError(
      `parseCsv: input must be text or its bytes, but received ${describe(input)}; read a file by readCsv of lamella/node.`,
    );
  }
  const bytes = readBytes(input, 'parseCsv: input must be text or its bytes');
  checkBudget('parseCsv', bytes.length, maxBytes);
  const decoder = new CsvDecoder(encoding);
  const converted = decoder.convert(bytes);
  decoder.end();
  return converted;
}

/** The delimiter that is given, or else fits the beginning of a text best. */
export function delimiterOf(begin: Uint8Array, { delimiter, quote, comment }: CsvSettings): string {
  if (delimiter !== 'auto') return delimiter;
  const text = new TextDecoder().decode(begin.subarray(0, SNIFFED_BYTES));
  return sniffDelimiter(text, quote, comment);
}

/** The settings that read the contradicted columns again, as strings. */
export function settingsForStrings(settings: CsvSettings, columns: ColumnsReader): CsvSettings {
  const types = columns.contradicted;
  const { header } = settings;
  return {
    ...settings,
    header: Array.isArray(header) ? header : columns.header,
    columns: [...types.keys()],
    types,
  };
}

/** The error for a text without any row. */
export function emptyFile(): FormatError {
  return new FormatError('CSV, line 1: the text must have a row at least, but it is empty.');
}
