/**
 * The command `evaluate`: the scores of a model on a CSV file that has the target, as text or as one JSON
 * document. The scores themselves are in table/evaluate.ts.
 */
import type { Command } from 'commander';
import type { Label } from '../data/labels.js';
import type { ColumnType } from '../data/table/table.js';
import { unknownColumn } from '../data/table/table.js';
import { TableClassifier } from '../table/classifier.js';
import type { CsvFlags, KnownColumns } from './csv.js';
import { addCsvFlags, csvOptions, openCsv, readingFor } from './csv.js';
import { dataError, EXIT } from './errors.js';
import { featureColumns, readTableModel } from './models.js';
import type { TableModel } from './network.js';
import { count } from './output.js';
import type { Terminal } from './terminal.js';
import { scoreOf, scoresText } from './train/report.js';
import type { Evaluation } from './train/search.js';

/** The flags of `evaluate` as commander gives them. */
export interface EvaluateFlags extends CsvFlags {
  readonly json?: boolean;
}

/** Adds the flags of `evaluate` to its command. */
export function addEvaluateFlags(command: Command): Command {
  return addCsvFlags(command.option('--json', 'report as one JSON document'));
}

/** The type of a column that holds labels such as these. */
function typeOfLabels([label]: readonly Label[]): ColumnType {
  return typeof label === 'string' ? 'string' : typeof label === 'boolean' ? 'boolean' : 'number';
}

/** The columns that a model reads, and the target. */
function allColumns(model: TableModel): KnownColumns {
  const type = model instanceof TableClassifier ? typeOfLabels(model.classes) : 'number';
  return new Map([...featureColumns(model), [model.target, type]]);
}

/** The scores of a model as one JSON document. */
function evaluationJson(model: string, rows: number, evaluation: Evaluation): string {
  return `${JSON.stringify({ model, rows, ...scoreOf(evaluation) }, null, 2)}\n`;
}

/** Prints the scores of a model. */
export async function evaluate(
  terminal: Terminal,
  modelPath: string,
  path: string,
  flags: EvaluateFlags,
): Promise<number> {
  const options = csvOptions(flags);
  const model = await readTableModel(terminal, modelPath, 'evaluate');
  const file = await openCsv(terminal, path, options.maxBytes);
  const reading = await readingFor(file, options, allColumns(model));
  const table = await file.read(reading.options);
  if (!table.has(model.target)) {
    throw dataError(unknownColumn(`${file.name}: the target`, model.target, reading.columns).message);
  }
  const evaluation = model.evaluate(table);
  await terminal.write(
    flags.json
      ? evaluationJson(modelPath, table.rows, evaluation)
      : `${file.name}: ${count(table.rows, 'row')}\n${scoresText(evaluation)}`,
  );
  return EXIT.ok;
}
