/**
 * CSV files: read part by part, so that the text never stands in memory as a whole, in slices of about 25 ms
 * between which other work of the program runs. The rules of the text are those of `parseCsv`
 * (table/csv), which this file does not repeat.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { Parser } from 'csv-parse';
import { checkOptions, positiveInteger } from '../check.js';
import type { ColumnType } from '../data/table/table.js';
import type { Table } from '../data/table/table.js';
import { checkBudget, ColumnsReader } from '../table/csv/columns.js';
import { CsvDecoder } from '../table/csv/encoding.js';
import type { CsvOptions, CsvSettings } from '../table/csv/options.js';
import { parserOptions, readCsvOptions } from '../table/csv/options.js';
import { delimiterOf, emptyFile, settingsForStrings } from '../table/csv/parse-csv.js';
import { asFormatError } from '../table/csv/parser.js';
import { SNIFFED_BYTES } from '../table/csv/sniff.js';
import { Yielder } from '../yielding.js';
import { namingFile, readPath } from './files.js';

/** Options of `readCsvChunks`: those of `readCsv`, and the rows of a chunk. */
export interface CsvChunkOptions extends CsvOptions {
  /** Rows of each table but the last. Default 10000. */
  readonly rows?: number;
}

/** Bytes that are read and parsed at once: some milliseconds of work. */
const PART_BYTES = 65536;

/** What csv-parse's stream does with its bytes, without the stream around it. */
interface PushParser {
  readonly info: { readonly lines: number };
  parse(
    bytes: Uint8Array | undefined,
    end: boolean,
    push: (record: string[]) => void,
    close: () => void,
  ): Error | undefined;
}

/** One pass over a file. */
class CsvPass {
  readonly #handle: FileHandle;
  readonly #parser: PushParser;
  readonly #decoder: CsvDecoder;
  readonly #settings: CsvSettings;
  /** True once maxRows have been read. */
  #closed = false;
  #done = false;
  /** Parts that have been parsed. */
  parts = 0;
  /** The next part, which is read while the one before is parsed. csv-parse keeps the end of each. */
  #reading: Promise<{ bytesRead: number; buffer: Buffer }>;
  columns: ColumnsReader;

  constructor(handle: FileHandle, settings: CsvSettings, delimiter: string) {
    this.#handle = handle;
    this.#settings = settings;
    this.#parser = (new Parser(parserOptions(settings, delimiter)) as unknown as { api: PushParser }).api;
    this.#decoder = new CsvDecoder(settings.encoding);
    this.columns = new ColumnsReader(settings, delimiter);
    this.#reading = this.#read();
  }

  #read(): Promise<{ bytesRead: number; buffer: Buffer }> {
    const reading = this.#handle.read(Buffer.allocUnsafeSlow(PART_BYTES), 0, PART_BYTES, null);
    reading.catch(() => {});
    return reading;
  }

  /** Reads the next part. @returns false at the end of the file */
  async next(push: (record: string[], line: number) => void): Promise<boolean> {
    if (this.#done) return false;
    const { bytesRead, buffer } = await this.#reading;
    this.#done = bytesRead === 0;
    if (!this.#done) this.#reading = this.#read();
    if (this.#done) this.#decoder.end();
    const bytes = this.#done ? undefined : this.#decoder.convert(buffer.subarray(0, bytesRead));
    const parser = this.#parser;
    const each = (record: string[]) => push(record, parser.info.lines);
    let fault: unknown;
    try {
      fault = parser.parse(bytes, this.#done, each, () => (this.#closed = true));
    } catch (error) {
      fault = error;
    }
    if (fault !== undefined) throw asFormatError(fault, this.columns, this.#settings);
    this.parts++;
    this.#done ||= this.#closed;
    return !this.#done;
  }
}

/** Opens a file and finds out its delimiter. */
async function begin(
  path: string,
  settings: CsvSettings,
): Promise<{ handle: FileHandle; delimiter: string }> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    const start = new CsvDecoder(settings.encoding).convert(buffer.subarray(0, bytesRead));
    return { handle, delimiter: delimiterOf(start, settings) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Rows of a file, estimated from its first part. */
function rowsOf(size: number, rows: number, { maxBytes }: CsvSettings): number {
  const estimate = Math.ceil((1.03 * rows * size) / PART_BYTES);
  return Math.min(estimate, Math.floor(maxBytes / 8));
}

async function readAll(path: string, settings: CsvSettings, signal?: AbortSignal): Promise<ColumnsReader> {
  const { handle, delimiter } = await begin(path, settings);
  try {
    const yielder = new Yielder(signal);
    const pass = new CsvPass(handle, settings, delimiter);
    const { columns } = pass;
    const add = (record: string[], line: number) => columns.add(record, line);
    const { size } = await handle.stat();
    while (await pass.next(add)) {
      if (pass.parts === 1) columns.reserve(rowsOf(size, columns.rows, settings));
      checkBudget('readCsv', columns.bytes, settings.maxBytes);
      if (yielder.due()) await yielder.rest();
    }
    if (columns.width === 0) throw emptyFile();
    return columns;
  } finally {
    await handle.close();
  }
}

/**
 * Read a CSV file as `parseCsv` reads text, part by part: memory holds the columns, never the text.
 *
 * @param options those of parseCsv
 * @throws FormatError naming the file, with line and column; ValueError for what is no path, and for columns
 *   of more than `maxBytes`; errors of the file system as they are
 */
export async function readCsv(path: string | URL, options?: CsvOptions): Promise<Table> {
  const settings = readCsvOptions('readCsv', options);
  const file = readPath('readCsv', path);
  return namingFile(file, async () => {
    const columns = await readAll(file, settings);
    if (columns.contradicted.size === 0) return columns.take(file);
    return columns.take(file, await readAll(file, settingsForStrings(settings, columns)));
  });
}

/** Rows of a chunk unless they are given. */
const CHUNK_ROWS = 10000;

/**
 * Read a CSV file as tables of some rows each, for files larger than memory. Every iteration starts at the
 * top of the file. The types of the columns are those of the first chunk; a later value of another type is a
 * FormatError, so give `types` where the first rows do not show them.
 *
 * @param options those of readCsv, and `rows`; `maxBytes` is the most bytes that a chunk may take
 * @throws when iterated: as readCsv; ValueError for options and what is no path at once
 * @example
 * for await (const table of readCsvChunks('big.csv')) console.log(table.rows);
 */
export function readCsvChunks(path: string | URL, options: CsvChunkOptions = {}): AsyncIterable<Table> {
  const { rows: given, ...others } = options ?? {};
  const { rows = CHUNK_ROWS } = checkOptions('readCsvChunks', { rows: given }, { rows: positiveInteger });
  const settings = readCsvOptions('readCsvChunks', others);
  const file = readPath('readCsvChunks', path);
  return { [Symbol.asyncIterator]: () => chunks(file, rows, settings) };
}

async function* chunks(path: string, rows: number, settings: CsvSettings): AsyncGenerator<Table, void, void> {
  const { handle, delimiter } = await namingFile(path, () => begin(path, settings));
  try {
    const pass = new CsvPass(handle, settings, delimiter);
    const chunk = new Chunks(pass, rows, settings, delimiter);
    const yielder = new Yielder();
    const add = (record: string[], line: number) => chunk.add(record, line);
    for (let more = true; more;) {
      more = await namingFile(path, () => pass.next(add));
      checkBudget('readCsvChunks', chunk.bytes, settings.maxBytes);
      if (!more) await namingFile(path, () => chunk.end());
      for (const table of chunk.ready.splice(0)) yield table;
      if (yielder.due()) await yielder.rest();
    }
  } finally {
    await handle.close();
  }
}

/** Records of a file as tables of some rows each. */
class Chunks {
  readonly #settings: CsvSettings;
  readonly #delimiter: string;
  readonly #rows: number;
  /** The records of the first chunk, until its types are known. */
  #first: (readonly [record: string[], line: number])[] | undefined = [];
  #columns: ColumnsReader;
  /** Tables that are complete. */
  readonly ready: Table[] = [];
  #taken = 0;

  constructor(pass: CsvPass, rows: number, settings: CsvSettings, delimiter: string) {
    this.#columns = pass.columns;
    this.#rows = rows;
    this.#settings = settings;
    this.#delimiter = delimiter;
  }

  get bytes(): number {
    return this.#columns.bytes;
  }

  add(record: string[], line: number): void {
    this.#columns.add(record, line);
    this.#first?.push([record, line]);
    if (this.#columns.rows === this.#rows) this.#complete();
  }

  /** The rest of the rows. @throws FormatError if there was no record at all */
  end(): void {
    if (this.#columns.width === 0) throw emptyFile();
    if (this.#columns.rows > 0 || this.#taken === 0) this.#complete();
  }

  #complete(): void {
    if (this.#first) this.#readAgain(this.#first);
    this.#first = undefined;
    this.ready.push(this.#columns.take());
    this.#columns.fixTypes();
    this.#taken++;
  }

  /** Reads the first chunk again if its later rows contradict the types of its first. */
  #readAgain(records: readonly (readonly [record: string[], line: number])[]): void {
    const { contradicted } = this.#columns;
    if (contradicted.size === 0) return;
    const types = new Map<string, ColumnType>([...this.#settings.types, ...contradicted]);
    const again = new ColumnsReader({ ...this.#settings, types }, this.#delimiter);
    for (const [record, line] of records) again.add(record, line);
    this.#columns = again;
  }
}
