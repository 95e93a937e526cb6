/**
 * The tables of bench/tables.ts and where they are from: Debian's packages python3-sklearn, r-cran-mlbench
 * and r-cran-palmerpenguins, unpacked into a folder; and one that is drawn.
 */
import { readdir, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { fromColumns, parseCsv, type Table } from 'lamella/table';
import { census } from './census.js';

/** A table to learn from. */
export interface TableSpec {
  readonly name: string;
  readonly target: string;
  readonly task: 'classification' | 'regression';
  /** Files that it is made of. */
  readonly files: readonly string[];
  /** Makes it of the content of these files. */
  read(contents: readonly Buffer[], convert: Convert): Table | Promise<Table>;
}

/** Makes CSV of a data frame of R. */
export type Convert = (path: string) => Promise<string>;

/** Columns of numbers without names, the last of which is the target. */
function numbered(text: string, delimiter: string): Table {
  return parseCsv(text, { header: false, delimiter });
}

/** What stands behind the first line of a file of scikit-learn, which counts. */
function withoutCounts([content]: readonly Buffer[]): string {
  const text = content.toString('utf8');
  return text.slice(text.indexOf('\n') + 1);
}

const numberedCsv = (contents: readonly Buffer[]): Table => numbered(withoutCounts(contents), ',');

/** scikit-learn keeps features and targets of diabetes apart. */
function diabetes([features, targets]: readonly Buffer[]): Table {
  const table = numbered(gunzipSync(features).toString('utf8'), ' ');
  const progression = Float64Array.from(gunzipSync(targets).toString('utf8').trim().split('\n'), Number);
  const columns = table.columns.map((name) => [name, table.column(name)] as const);
  return fromColumns({ ...Object.fromEntries(columns), progression });
}

const asCsv = ([content]: readonly Buffer[]): Table => parseCsv(content);

export const TABLES: readonly TableSpec[] = [
  { name: 'penguins', target: 'species', task: 'classification', files: ['penguins.csv'], read: asCsv },
  { name: 'iris', target: 'column5', task: 'classification', files: ['iris.csv'], read: numberedCsv },
  { name: 'wine', target: 'column14', task: 'classification', files: ['wine_data.csv'], read: numberedCsv },
  {
    ...{ name: 'breast cancer', target: 'column31', task: 'classification' },
    ...{ files: ['breast_cancer.csv'], read: numberedCsv },
  },
  {
    ...{
      name: 'letter recognition',
      target: 'lettr',
      task: 'classification',
      files: ['LetterRecognition.rda'],
    },
    read: async (_contents, convert) => parseCsv(await convert('LetterRecognition.rda')),
  },
  { name: 'census (drawn)', target: 'income', task: 'classification', files: [], read: () => census(12000) },
  {
    ...{ name: 'diabetes', target: 'progression', task: 'regression' },
    ...{ files: ['diabetes_data_raw.csv.gz', 'diabetes_target.csv.gz'], read: diabetes },
  },
  {
    name: 'Boston',
    target: 'MEDV',
    task: 'regression',
    files: ['boston_house_prices.csv'],
    read: (contents) => parseCsv(withoutCounts(contents)),
  },
];

/** Paths of files by their names, of a folder and those in it. */
export async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries.filter((entry) => entry.isFile()).map(({ name, parentPath }) => [name, `${parentPath}/${name}`]),
  );
}

/** The table of a specification; undefined if a file of it is not there. */
export async function readTable(
  { files, read }: TableSpec,
  paths: ReadonlyMap<string, string>,
  convert: Convert,
): Promise<Table | undefined> {
  if (!files.every((name) => paths.has(name))) return undefined;
  const contents = await Promise.all(files.map((name) => readFile(paths.get(name)!)));
  return read(contents, (name) => convert(paths.get(name)!));
}
