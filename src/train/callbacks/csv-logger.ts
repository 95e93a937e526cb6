import { boolean, checkOptions, rule, text } from '../../check.js';
import { floatText } from './monitor.js';
import { checkIndex, checkLogs, loggedValue, readParams } from './arguments.js';
import type { Callback, CallbackModel, Logs, TrainParams } from './types.js';
import type { Appender, Read, Write } from './writing.js';
import { requiredWrite, wholeFiles, writeRules } from './writing.js';

export interface CsvLayout {
  /** One character between values. Default ','. */
  readonly separator?: string;
  /**
   * Go on with a file that exists, whose first line stays its only header. Default false: begin anew in every
   * fit, but for one that `backupAndRestore` resumes.
   */
  readonly append?: boolean;
}

export interface CsvLoggerOptions extends CsvLayout {
  /**
   * Stores the file, whole, after every epoch: for very many epochs, `path` of `lamella/node`, which appends,
   * is faster.
   */
  readonly write: Write;
  /**
   * Gives the file that `append` or a resumed fit goes on with; without it, they go on with what this
   * callback has written.
   */
  readonly read?: Read;
  /** Default 'training.csv'. */
  readonly name?: string;
}

const character = rule(
  'one character other than a quote or a line break',
  (value): value is string => typeof value === 'string' && value.length === 1 && !/["\r\n]/.test(value),
);

export const csvRules = { separator: character, append: boolean };

/**
 * Writes a line per epoch: its 0-based number, then the values that the first epoch had, and the `val_`
 * values if fit validates, sorted by name; NA where one is missing (keras/src/callbacks/csv_logger.py). Lines
 * end in \r\n, names that need it are quoted (RFC 4180), and a name that a spreadsheet would take for a
 * formula gets a ' in front.
 *
 * Where `backupAndRestore` resumes training, the file goes on too: lines of the epochs that are trained
 * again, and a last line that was cut short, are replaced.
 */
export class CsvLogger implements Callback {
  readonly #name: string;
  readonly #files: Appender;
  readonly #layout: Required<CsvLayout>;
  #params: TrainParams | undefined;
  #isOpen = false;
  #keys: readonly string[] | undefined;
  /** What comes before the next line. */
  #before: 'header' | 'line break' | undefined;

  constructor(name: string, files: Appender, layout: CsvLayout) {
    this.#name = name;
    this.#files = files;
    this.#layout = { separator: ',', append: false, ...layout };
  }

  /** Begins anew. */
  setParams(params: TrainParams): void {
    this.#params = readParams('csvLogger', params);
    this.#isOpen = false;
    this.#keys = undefined;
  }

  async onEpochBegin(epoch: number): Promise<void> {
    checkIndex('csvLogger', epoch);
    if (!this.#isOpen) await this.#open(epoch);
    this.#isOpen = true;
  }

  async onEpochEnd(epoch: number, logs: Logs, _model: CallbackModel): Promise<void> {
    checkIndex('csvLogger', epoch);
    checkLogs('csvLogger', logs);
    const keys = (this.#keys ??= this.#columns(logs));
    const values = keys.map((key) =>
      Object.hasOwn(logs, key) ? floatText(loggedValue('csvLogger', logs, key)) : 'NA',
    );
    const text = this.#beginning(keys) + this.#line([String(epoch), ...values]);
    await this.#files.add(this.#name, new TextEncoder().encode(text));
    this.#before = undefined;
  }

  /** Begin the file, or go on with it, from the epoch of this 0-based number on. */
  async #open(epoch: number): Promise<void> {
    const { append, separator } = this.#layout;
    const isResumed = epoch > (this.#params?.initialEpoch ?? epoch);
    const bytes = append || isResumed ? await this.#files.read(this.#name) : undefined;
    let length = bytes?.length ?? 0;
    if (bytes && isResumed) length = lengthBefore(epoch, bytes, separator);
    await this.#files.begin(this.#name, length);
    if (!bytes || length === 0) this.#before = 'header';
    else this.#before = bytes[length - 1] === LINE_FEED ? undefined : 'line break';
  }

  /** Names of the values of a line: those of the first epoch, and those that an epoch may have. */
  #columns(logs: Logs): string[] {
    return [...new Set([...Object.keys(logs), ...(this.#params?.metrics ?? [])])].sort();
  }

  #beginning(keys: readonly string[]): string {
    if (this.#before === 'header') return this.#line(['epoch', ...keys.map(harmless)]);
    return this.#before === 'line break' ? '\r\n' : '';
  }

  #line(values: readonly string[]): string {
    const { separator } = this.#layout;
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

const LINE_FEED = 10;

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

export function csvLogger(options: CsvLoggerOptions): CsvLogger {
  const given = checkOptions('csvLogger', options, { ...writeRules, name: text, ...csvRules });
  const { write, read, name = 'training.csv', ...layout } = given;
  return new CsvLogger(name, wholeFiles(requiredWrite('csvLogger', write), read), layout);
}
