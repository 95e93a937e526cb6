import { boolean, checkOptions, rule, text } from '../../check.js';
import { floatText } from './monitor.js';
import type { Callback, CallbackModel, Logs } from './types.js';
import type { Appender, Read, Write } from './writing.js';
import { requiredWrite, wholeFiles, writeRules } from './writing.js';

export interface CsvLayout {
  /** One character between values. Default ','. */
  readonly separator?: string;
  /** Go on with a file that exists, whose first line stays its only header. Default false: begin anew in every fit. */
  readonly append?: boolean;
}

export interface CsvLoggerOptions extends CsvLayout {
  /** Stores the file, whole, after every epoch. */
  readonly write: Write;
  /** Gives the file that `append` goes on with; without it, `append` goes on with what this callback has written. */
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
 * Writes a line per epoch: its 0-based number, then the values that the first epoch had, sorted by name; NA where one is
 * missing (keras/src/callbacks/csv_logger.py). Lines end in \r\n, values that need it are quoted (RFC 4180).
 */
export class CsvLogger implements Callback {
  readonly #name: string;
  readonly #files: Appender;
  readonly #layout: Required<CsvLayout>;
  #keys: readonly string[] | undefined;
  #header = true;

  constructor(name: string, files: Appender, layout: CsvLayout) {
    this.#name = name;
    this.#files = files;
    this.#layout = { separator: ',', append: false, ...layout };
  }

  async onTrainBegin(_logs: Logs, _model: CallbackModel): Promise<void> {
    this.#keys = undefined;
    this.#header = (await this.#files.begin(this.#name, this.#layout.append)) === 0;
  }

  async onEpochEnd(epoch: number, logs: Logs, _model: CallbackModel): Promise<void> {
    const keys = (this.#keys ??= Object.keys(logs).sort());
    const header = this.#header ? this.#line(['epoch', ...keys]) : '';
    this.#header = false;
    const values = keys.map((key) => (Object.hasOwn(logs, key) ? floatText(logs[key]) : 'NA'));
    const bytes = new TextEncoder().encode(header + this.#line([String(epoch), ...values]));
    await this.#files.add(this.#name, bytes);
  }

  #line(values: readonly string[]): string {
    const { separator } = this.#layout;
    const quoted = values.map((value) =>
      value.includes(separator) || /["\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
    );
    return `${quoted.join(separator)}\r\n`;
  }
}

export function csvLogger(options: CsvLoggerOptions): CsvLogger {
  const given = checkOptions('csvLogger', options, { ...writeRules, name: text, ...csvRules });
  const { write, read, name = 'training.csv', ...layout } = given;
  return new CsvLogger(name, wholeFiles(requiredWrite('csvLogger', write), read), layout);
}
