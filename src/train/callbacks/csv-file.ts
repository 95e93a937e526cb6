/**
 * The file of csvLogger: starts or continues it, and adds a line per epoch. Not for its options and hooks,
 * which are in csv-logger.ts.
 */
import { loggedValue } from './arguments.js';
import { floatText } from './monitor.js';
import type { Logs } from './types.js';
import type { Appender } from './arguments.js';

const LINE_FEED = 10;

interface Going {
  /** Continue an existing file. */
  readonly append: boolean;
  /** 0-based first epoch of a resumed fit: the file is cut off before its line. */
  readonly resumedFrom: number | undefined;
}

/** Opens a CSV file: starts it, or continues an existing one. */
export async function openCsvFile(
  files: Appender,
  name: string,
  separator: string,
  { append, resumedFrom }: Going,
): Promise<CsvFile> {
  const isResumed = resumedFrom !== undefined;
  const bytes = append || isResumed ? await files.read(name) : undefined;
  let length = bytes?.length ?? 0;
  if (bytes && isResumed) length = lengthBefore(resumedFrom, bytes, separator);
  await files.begin(name, length);
  const file = new CsvFile(files, name, separator);
  if (!bytes || length === 0) file.before = 'header';
  else if (bytes[length - 1] !== LINE_FEED) file.before = 'line break';
  return file;
}

/** A CSV file of the values that a fit logs: a line per epoch, with the columns of the first. */
export class CsvFile {
  readonly #files: Appender;
  readonly #name: string;
  readonly #separator: string;
  #keys: readonly string[] | undefined;
  /** Text to write before the next line; undefined for none. */
  before: 'header' | 'line break' | undefined;

  constructor(files: Appender, name: string, separator: string) {
    this.#files = files;
    this.#name = name;
    this.#separator = separator;
  }

  /**
   * Add the line of an epoch.
   *
   * @param epoch 0-based
   * @param metrics names of values that get a column even if the first epoch lacks them
   */
  async add(epoch: number, logs: Logs, metrics: readonly string[] = []): Promise<void> {
    const keys = (this.#keys ??= [...new Set([...Object.keys(logs), ...metrics])].sort());
    const values = keys.map((key) =>
      Object.hasOwn(logs, key) ? floatText(loggedValue('csvLogger', logs, key)) : 'NA',
    );
    const text = this.#beginning(keys) + this.#line([String(epoch), ...values]);
    await this.#files.add(this.#name, new TextEncoder().encode(text));
    this.before = undefined;
  }

  #beginning(keys: readonly string[]): string {
    if (this.before === 'header') return this.#line(['epoch', ...keys.map(harmless)]);
    return this.before === 'line break' ? '\r\n' : '';
  }

  #line(values: readonly string[]): string {
    const separator = this.#separator;
    const quoted = values.map((value) =>
      value.includes(separator) || /[",;\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
    );
    return `${quoted.join(separator)}\r\n`;
  }
}

/** A name that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
function harmless(name: string): string {
  return /^[=+\-@\t\r\n]/.test(name) ? `'${name}` : name;
}

/** Bytes of a file up to its last whole line that is not of this epoch or a later one. */
function lengthBefore(epoch: number, bytes: Uint8Array, separator: string): number {
  let end = bytes.lastIndexOf(LINE_FEED) + 1;
  while (end > 0) {
    const begin = bytes.subarray(0, end - 1).lastIndexOf(LINE_FEED) + 1;
    const [number] = new TextDecoder().decode(bytes.subarray(begin, end)).split(separator, 1);
    if (!/^\d+$/.test(number) || Number(number) < epoch) break;
    end = begin;
  }
  return end;
}
