/**
 * The command `predict`: predictions for the rows of a CSV file, as CSV or as a JSON object a line. Files
 * are read and predicted in parts, so that they may be larger than memory.
 */
import type { Command } from 'commander';
import type { Table } from '../data/table/table.js';
import { cellsOf } from '../data/table/table.js';
import { TableClassifier } from '../table/classifier.js';
import type { CsvFile, CsvFlags } from './csv.js';
import { addCsvFlags, csvOptions, openCsv, readingFor } from './csv.js';
import { dataError, EXIT, usageError } from './errors.js';
import { featureColumns, readTableModel } from './models.js';
import type { TableModel } from './network.js';
import type { Terminal } from './terminal.js';
import type { CsvOptions } from '../table/csv/options.js';

/** The flags of `predict` as commander gives them. */
export interface PredictFlags extends CsvFlags {
  readonly proba?: boolean;
  readonly append?: boolean;
  readonly json?: boolean;
}

/** Adds the flags of `predict` to its command. */
export function addPredictFlags(command: Command): Command {
  command
    .option('--proba', 'add the probability of each label')
    .option('--append', "put the file's columns before the predictions")
    .option('--json', 'print a JSON object for each row');
  return addCsvFlags(command);
}

/** A cell of CSV (RFC 4180), in quotes where it must be. */
function csvCell(text: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of CSV. A single empty cell would be an empty line, which readers leave out. */
function csvLine(cells: readonly string[]): string {
  return cells.length === 1 && cells[0] === '' ? '""\n' : `${cells.map(csvCell).join(',')}\n`;
}

/** Predictions of some rows. */
interface Predictions {
  readonly labels: ArrayLike<string | number | boolean>;
  readonly probabilities: readonly Readonly<Record<string, number>>[] | undefined;
}

async function predictRows(model: TableModel, table: Table, proba: boolean): Promise<Predictions> {
  const labels = await model.predictAsync(table);
  const wanted = proba && model instanceof TableClassifier;
  return { labels, probabilities: wanted ? await model.predictProbaAsync(table) : undefined };
}

/** A probability with the digits that it has as a float32. */
const probability = (value: number): string => String(Number(value.toPrecision(7)));

/** The rows of a file as they are written there, in tables as long as those of another reading. */
function textOf(file: CsvFile, options: CsvOptions, columns: readonly string[]): AsyncIterator<Table> {
  const types = Object.fromEntries(columns.map((name) => [name, 'string' as const]));
  return file.chunks({ ...options, columns, types, missing: [] })[Symbol.asyncIterator]();
}

/** Prints the predictions of a model. */
export async function predict(
  terminal: Terminal,
  modelPath: string,
  path: string,
  { proba = false, append = false, json = false, ...flags }: PredictFlags,
): Promise<number> {
  const options = csvOptions(flags);
  const model = await readTableModel(terminal, modelPath, 'predict');
  if (proba && !(model instanceof TableClassifier)) {
    throw usageError('--proba needs a classifier, but the model is a regressor.');
  }
  const file = await openCsv(terminal, path, options.maxBytes);
  const { options: reading, columns } = await readingFor(file, options, featureColumns(model));
  const own = append ? columns : [];
  const names = proba ? (model as TableClassifier).classes.map(String) : [];
  const added = json
    ? ['prediction', ...(proba ? ['probabilities'] : [])]
    : ['prediction', ...names.map((name) => `p_${name}`)];
  checkNames(file.name, own, added);
  if (!json) await terminal.write(csvLine([...own, ...added]));
  const texts = append ? textOf(file, reading, columns) : undefined;
  for await (const table of file.chunks(reading)) {
    const predictions = await predictRows(model, table, proba);
    const text = (await texts?.next())?.value as Table | undefined;
    await terminal.write(json ? jsonLines(predictions, table, text) : csvLines(predictions, names, text));
  }
  return EXIT.ok;
}

function checkNames(file: string, own: readonly string[], added: readonly string[]): void {
  const twice = added.find((name) => own.includes(name));
  if (twice === undefined) return;
  throw dataError(
    `${file}: with --append there must be no column '${twice}' yet, but there is one; rename it, or leave out --append.`,
  );
}

function csvLines({ labels, probabilities }: Predictions, names: readonly string[], text?: Table): string {
  const columns = text ? text.columns.map((name) => text.column(name)) : [];
  return Array.from(labels, (label, row) => {
    const own = columns.map((column) => String(column[row]));
    const shares = names.map((name) => probability(probabilities![row][name]));
    return csvLine([...own, String(label), ...shares]);
  }).join('');
}

/** Columns that the model does not know are texts. */
function jsonLines({ labels, probabilities }: Predictions, table: Table, text?: Table): string {
  const cells = (text?.columns ?? []).map((name) => {
    const column = table.has(name) ? cellsOf(table.column(name), table.types[name]) : undefined;
    return [name, column ?? ((row: number) => text!.column(name)[row])] as const;
  });
  return Array.from(labels, (prediction, row) => {
    const own = Object.fromEntries(cells.map(([name, cell]) => [name, cell(row)]));
    const shares = probabilities && { probabilities: probabilities[row] };
    return `${JSON.stringify({ ...own, prediction, ...shares })}\n`;
  }).join('');
}
