/**
 * csvLogger: its options and hooks. Not for the lines of the file (csv-file.ts), which is loaded with the
 * first epoch.
 */
import { boolean, checkOptions, rule, text } from '../../check.js';
import { lazyImport } from '../../lazy.js';
import { checkIndex, checkLogs, readParams, requiredWrite, wholeFiles, writeRules } from './arguments.js';
import type { CsvFile } from './csv-file.js';
import type { Callback, CallbackModel, Logs, TrainParams } from './types.js';
import type { Appender, Read, Write } from './arguments.js';

export interface CsvLayout {
  /** Character between values. Default ','. */
  readonly separator?: string;
  /**
   * Append to an existing file, whose first line remains the only header. Default false: every fit starts a
   * new file, except one that `backupAndRestore` resumes.
   */
  readonly append?: boolean;
}

export interface CsvLoggerOptions extends CsvLayout {
  /**
   * Stores the whole file after every epoch. For very many epochs, option `path` of `lamella/node`, which
   * appends, is faster.
   */
  readonly write: Write;
  /**
   * Returns the file that `append` or a resumed fit continues. Default: they continue the file that this
   * callback has written.
   */
  readonly read?: Read;
  /** Name of the file. Default 'training.csv'. */
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
 * Where `backupAndRestore` resumes training, the file is continued: lines of the epochs that are trained
 * again, and a last line that was cut short, are replaced.
 */
export class CsvLogger implements Callback {
  readonly #name: string;
  readonly #files: Appender;
  readonly #layout: Required<CsvLayout>;
  #params: TrainParams | undefined;
  #file: CsvFile | undefined;

  constructor(name: string, files: Appender, layout: CsvLayout) {
    this.#name = name;
    this.#files = files;
    this.#layout = { separator: ',', append: false, ...layout };
  }

  /** Starts over with a new fit. */
  setParams(params: TrainParams): void {
    this.#params = readParams('csvLogger', params);
    this.#file = undefined;
  }

  async onEpochBegin(epoch: number): Promise<void> {
    checkIndex('csvLogger', epoch);
    this.#file ??= await this.#open(epoch);
  }

  async onEpochEnd(epoch: number, logs: Logs, _model: CallbackModel): Promise<void> {
    checkIndex('csvLogger', epoch);
    checkLogs('csvLogger', logs);
    this.#file ??= await this.#open(epoch);
    await this.#file.add(epoch, logs, this.#params?.metrics);
  }

  /** Begin the file, or go on with it, from the epoch of this 0-based number on. */
  async #open(epoch: number): Promise<CsvFile> {
    const { append, separator } = this.#layout;
    const { openCsvFile } = await lazyImport(() => import('./csv-file.js'));
    const isResumed = epoch > (this.#params?.initialEpoch ?? epoch);
    return openCsvFile(this.#files, this.#name, separator, {
      append,
      resumedFrom: isResumed ? epoch : undefined,
    });
  }
}

export function csvLogger(options: CsvLoggerOptions): CsvLogger {
  const given = checkOptions('csvLogger', options, { ...writeRules, name: text, ...csvRules });
  const { write, read, name = 'training.csv', ...layout } = given;
  return new CsvLogger(name, wholeFiles(requiredWrite('csvLogger', write), read), layout);
}
