/**
 * What the command `train` says: what it has read, what it has decided, how good the model is; as text, and
 * as one JSON document. How text is laid out is in output.ts.
 */
import { cellsOf, isMissing } from '../../data/table/table.js';
import type { Table } from '../../data/table/table.js';
import { describe, printable } from '../../check.js';
import type { Evaluation } from './search.js';
import type { CrossValidation, Found } from './search.js';
import { scoreName } from './search.js';
import type { Importance } from './importance.js';
import type { Task } from '../network.js';
import { alignedRows, confusionText, count, shortNumber } from '../output.js';

/** Everything that `train` has found out. */
export interface TrainResult {
  /** Path of the model's file, as it was given or chosen. */
  readonly path: string;
  readonly task: Task;
  readonly target: string;
  readonly table: Table;
  /** Rows without a target. */
  readonly dropped: number;
  readonly found: Found;
  readonly crossValidation: CrossValidation | undefined;
  readonly importance: Importance;
  /** The command that repeats the training. */
  readonly command: string;
}

function missingIn(table: Table, name: string): number {
  const column = table.column(name);
  let missing = 0;
  for (let row = 0; row < table.rows; row++) if (isMissing(column, row)) missing++;
  return missing;
}

/** What was read: rows, columns and how they were told apart, types, gaps. */
export function readText(table: Table, name: string): string {
  const { source } = table;
  const delimiter = source?.delimiter === '\t' ? 'a tab' : describe(source?.delimiter);
  const header = source?.header ? 'names in the first row' : 'no names in the first row';
  const lines = table.columns.map((column) => {
    const missing = missingIn(table, column);
    const cell = cellsOf(table.column(column), table.types[column]);
    const example = table.rows === 0 ? null : cell(0);
    const first = example === null ? '' : String(example);
    return [column, table.types[column], missing === 0 ? '' : `${missing} missing`, first];
  });
  const mixed = (source?.mixed ?? []).map(
    ({ column, line, value }) =>
      `  Column ${printable(column)} is read as text, since line ${line} has ${describe(value)}; --missing makes such values gaps.\n`,
  );
  return [
    `${printable(name)}: ${count(table.rows, 'row')}, ${count(table.columns.length, 'column')}; delimiter ${delimiter}, ${header}, ${source?.encoding}\n`,
    alignedRows([['column', 'type', 'gaps', 'first value'], ...lines]),
    ...mixed,
  ].join('');
}

/** What was decided about rows, columns and the network. */
function decisionsText({ found: { model } }: TrainResult): string {
  const columns = model.report().map(({ column, treatment, reason }) => [column, treatment, reason]);
  return [
    ...model.decisions.map((decision) => `  ${decision}\n`),
    `  ${count(model.estimator.nIter, 'epoch')} were trained.\n`,
    alignedRows([['column', 'treatment', 'reason'], ...columns]),
  ].join('');
}

/** A score between 0 and 1. */
const score = (value: number): string => value.toFixed(3);

/** Scores beside those of predicting without looking at any column. */
export function scoresText(evaluation: Evaluation): string {
  if ('accuracy' in evaluation) {
    const { accuracy, balancedAccuracy, logLoss, rocAuc, baseline, confusionMatrix, classes } = evaluation;
    const rows = [
      ['accuracy', score(accuracy), `${score(baseline.accuracy)} for always the largest class`],
      ['balanced accuracy', score(balancedAccuracy), `${score(1 / classes.length)} by chance`],
      ...(logLoss === null ? [] : [['log loss', score(logLoss), '']]),
      ...(rocAuc === null ? [] : [['ROC AUC', score(rocAuc), '0.500 by chance']]),
    ];
    return `${alignedRows(rows, [1])}${confusionText(confusionMatrix, classes)}`;
  }
  const { r2, meanAbsoluteError, rootMeanSquaredError, baseline } = evaluation;
  const errors = [
    ['mean absolute error', meanAbsoluteError, baseline.meanAbsoluteError],
    ['root mean squared error', rootMeanSquaredError, baseline.rootMeanSquaredError],
  ] as const;
  const rows = errors.map(([name, value, other]) => [
    ...[name, shortNumber(value)],
    `${shortNumber(other)} for always the mean`,
  ]);
  return alignedRows([['R²', score(r2), '0 for always the mean'], ...rows], [1]);
}

/** Columns whose importance is printed. */
const MAX_IMPORTANCES = 15;

function importanceText({ columns }: Importance): string {
  const shown = columns.slice(0, MAX_IMPORTANCES);
  const rows = shown.map(({ column, mean, sd }) => [column, mean.toFixed(3), `± ${sd.toFixed(3)}`]);
  const more = columns.length - shown.length;
  return `${alignedRows(rows, [1])}${more > 0 ? `  and ${count(more, 'column')} more\n` : ''}`;
}

/** The report of a training, as text. */
export function trainText(result: TrainResult, bold: (text: string) => string): string {
  const { found, crossValidation, importance, path, command } = result;
  const { heldOut } = found.model;
  const sections: [string, string][] = [['What was decided', decisionsText(result)]];
  if (crossValidation) {
    const { mean, sd, scores } = crossValidation;
    const name = result.task === 'classification' ? 'accuracy' : 'R²';
    const folds = scores.map(score).join(', ');
    sections.push([
      `Cross-validation, ${scores.length} folds`,
      `  ${name} ${score(mean)} ± ${score(sd)} (${folds})\n`,
    ]);
  }
  if (heldOut) {
    const note =
      found.tried.length > 1
        ? `  The best of ${found.tried.length} settings on these rows, so expect a little less on new ones.\n`
        : '';
    sections.push(['Scores on the rows held out', scoresText(heldOut) + note]);
  } else
    sections.push(['Scores', '  Too few rows to hold any out; --cv 5 scores models on parts of them.\n']);
  if (importance.columns.length > 0) {
    const rows = count(
      importance.rows,
      importance.heldOut ? 'row held out' : 'row',
      importance.heldOut ? 'rows held out' : 'rows',
    );
    const what = heldOut ? scoreName(heldOut) : 'score';
    sections.push([`Loss of ${what} when a column is shuffled, ${rows}`, importanceText(importance)]);
  }
  const saved = found.complete ? 'saved as' : 'interrupted; the last whole epoch is saved as';
  const body = sections.map(([title, text]) => `\n${bold(title)}\n${text}`).join('');
  return `${body}\nThe model is ${saved} ${printable(path, 1024)}. To train it again:\n  ${printable(command, 4096)}\n`;
}

/** Scores and baseline of an evaluation; the others have keys of their own. */
export function scoreOf(evaluation: Evaluation | null) {
  if (evaluation === null) return { score: null, baseline: null, confusionMatrix: null, classes: null };
  if (!('accuracy' in evaluation)) {
    const { baseline, ...scores } = evaluation;
    return { score: scores, baseline, confusionMatrix: null, classes: null };
  }
  const { baseline, confusionMatrix, classes, ...scores } = evaluation;
  return { score: scores, baseline, confusionMatrix, classes };
}

/** The report of a training as one JSON document. */
export function trainJson(result: TrainResult): string {
  const { found, path, task, target, table, dropped, crossValidation, importance, command } = result;
  const { model, tried, complete } = found;
  const scores = scoreOf(model.heldOut);
  const document = {
    ...{ model: path, task, target, rows: table.rows, dropped },
    columns: model.report(),
    decisions: model.decisions,
    ...scores,
    classes: 'classes' in model ? model.classes : null,
    crossValidation: crossValidation ?? null,
    search: tried.length > 1 ? tried : null,
    importance: importance.columns,
    ...{ complete, command },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
