/**
 * CSV files of commands: the flags that say how to read them, which are the options of `readCsv` in kebab
 * case, and the files or the standard input that they are read from.
 */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { count } from './output.js';
import type { Terminal } from './terminal.js';
import { checkingFlags, dataError, usageError } from './errors.js';
import { DEFAULT_MAX_BYTES } from '../budget.js';
import type { ColumnType, Table } from '../data/table/table.js';
import { FormatError, ValueError } from '../errors.js';
import { readCsv, readCsvChunks } from '../node/csv.js';
import type { CsvOptions } from '../table/csv/options.js';
import { readCsvOptions } from '../table/csv/options.js';
import { parseCsv } from '../table/csv/parse-csv.js';

/** A flag's number. @throws InvalidArgumentError for any other text */
export function numberFlag(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A flag's integer >= min. @throws InvalidArgumentError for any other text */
export function integerFlag(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`It must be an integer of at least ${min}.`);
  };
}

/** Texts between commas; a flag that is given again adds to them. */
function listFlag(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',')];
}

/** 'zip=string,built=date' as entries. @throws InvalidArgumentError without '=' */
export function entriesFlag(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const entries = text.split(',').map((entry): [string, string] => {
    const at = entry.lastIndexOf('=');
    if (at <= 0) throw new InvalidArgumentError("It must be name=value, as in 'zip=string'.");
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries([...Object.entries(before), ...entries]);
}

/** The flags of CSV files as commander gives them. */
export interface CsvFlags extends Omit<CsvOptions, 'header' | 'types'> {
  readonly header?: string | boolean;
  readonly types?: Readonly<Record<string, string>>;
}

/** Adds the flags of CSV files to a command. */
export function addCsvFlags(command: Command): Command {
  const tab = (text: string) => (text === String.raw`\t` || text === 'tab' ? '\t' : text);
  return command
    .option('--delimiter <text>', 'text between cells, \\t for a tab (default: found out)', tab)
    .option('--quote <character>', `character around cells (default: ")`)
    .option('--header [names]', 'the first row holds the names; or the names, if no row does')
    .option('--no-header', 'the first row holds values: the columns are column1, column2, ...')
    .option('--columns <names>', 'columns to read (default: all)', listFlag)
    .option('--types <name=type>', 'number, string, boolean or date (default: found out)', entriesFlag)
    .option('--missing <texts>', "texts for missing values (default: '',NA,NaN,null,?)", listFlag)
    .option('--comment <text>', 'lines that begin with this are left out')
    .option('--encoding <name>', 'encoding of the file (default: utf-8)')
    .option('--max-rows <n>', 'most rows to read', integerFlag(1))
    .option('--max-bytes <n>', 'most bytes that reading may allocate (default: 2^30)', integerFlag(1));
}

/** The options that flags stand for. @throws CliError for bad values */
export function csvOptions(flags: CsvFlags): CsvOptions {
  const { delimiter, quote, columns, missing, comment, encoding, maxRows, maxBytes, types } = flags;
  const header = typeof flags.header === 'string' ? flags.header.split(',') : flags.header;
  const given = { delimiter, quote, columns, missing, comment, encoding, maxRows, maxBytes, types, header };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  checkingFlags(() => readCsvOptions('CSV', options));
  return options as CsvOptions;
}

/** A CSV file, or the standard input, that can be read again and again. */
export interface CsvFile {
  /** How messages name it. */
  readonly name: string;
  read(options: CsvOptions): Promise<Table>;
  /** Tables of some rows each. */
  chunks(options: CsvOptions): AsyncIterable<Table>;
}

/** A file, or for '-' the standard input, all of which is read at once. */
export async function openCsv(terminal: Terminal, path: string, maxBytes?: number): Promise<CsvFile> {
  if (path !== '-') {
    const file = terminal.resolve(path);
    return {
      name: path,
      read: (options) => naming(path, () => readCsv(file, options)),
      chunks: (options) => readCsvChunks(file, options),
    };
  }
  const bytes = await readInput(terminal, maxBytes ?? DEFAULT_MAX_BYTES);
  const read = (options: CsvOptions) =>
    naming('standard input', async () => {
      try {
        return parseCsv(bytes, options);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        throw new FormatError(`standard input: ${error.message}`, { cause: error });
      }
    });
  return {
    name: 'standard input',
    read,
    async *chunks(options) {
      yield await read(options);
    },
  };
}

/** Names the file in errors; columns of flags that it does not have are errors of usage. */
async function naming(name: string, read: () => Promise<Table>): Promise<Table> {
  try {
    return await read();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR' && path === undefined) throw dataError(`${name}: this is a folder, not a file.`);
    if (!(error instanceof ValueError) || !error.message.startsWith('CSV: ')) throw error;
    throw usageError(`${name}: ${error.message.slice('CSV: '.length)}`);
  }
}

async function readInput({ input }: Terminal, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of input) {
    parts.push(part);
    length += part.length;
    if (length > maxBytes) {
      throw dataError(
        `standard input: there must be at most ${count(maxBytes, 'byte')}, but there are more.`,
      );
    }
  }
  return Buffer.concat(parts);
}

/** What reading needs to know of the columns of a model: names and types, as fit has seen them. */
export type KnownColumns = ReadonlyMap<string, ColumnType>;

/** How rows are read for a model. */
export interface ModelReading {
  /** Options that read the columns that the model knows. */
  readonly options: CsvOptions;
  /** All columns of the file. */
  readonly columns: readonly string[];
}

/**
 * How to read rows for a model: the columns that it knows, by its own types, so that '007' stays text where
 * fit has seen text, and a header unless the model's columns have the names of a file without.
 *
 * @throws CliError if the file has none of the model's columns
 */
export async function readingFor(
  file: CsvFile,
  options: CsvOptions,
  known: KnownColumns,
): Promise<ModelReading> {
  const unnamed = [...known.keys()].every((name) => /^column\d+$/.test(name));
  const header = options.header ?? (unnamed ? 'auto' : true);
  const { columns } = await file.read({ ...options, header, types: {}, maxRows: 1 });
  const shared = columns.filter((name) => known.has(name));
  if (shared.length === 0) {
    throw dataError(
      `${file.name}: the columns must be those of the model, ${[...known.keys()].slice(0, 10).join(', ')}, but are ${columns.slice(0, 10).join(', ')}.`,
    );
  }
  const types = Object.fromEntries(shared.map((name) => [name, known.get(name)!]));
  return { columns, options: { ...options, header, columns: shared, types: { ...types, ...options.types } } };
}
