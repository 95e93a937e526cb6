/**
 * The command `train`: reads a CSV file, trains a model of it, saves and reports it. The steps are in the
 * other files of this folder.
 */
import { basename, extname } from 'node:path';
import { readFile, realpath, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { isMissing, unknownColumn } from '../../data/table/table.js';
import type { Table } from '../../data/table/table.js';
import { readKind } from '../../io/read-model-file.js';
import { saveModel } from '../../node/files.js';
import type { TableClassifierOptions, TableModelOptions } from '../../table/options.js';
import { readModelOptions } from '../../table/options.js';
import type { CsvFlags } from '../csv.js';
import { addCsvFlags, csvOptions, entriesFlag, integerFlag, numberFlag, openCsv } from '../csv.js';
import { checkingFlags, CliError, dataError, EXIT, usageError } from '../errors.js';
import type { NetworkFlags, Task } from '../network.js';
import { addNetworkFlags, networkOptions } from '../network.js';
import { shellWord } from '../output.js';
import type { Terminal } from '../terminal.js';
import type { Training } from './fit.js';
import { Interruption } from './fit.js';
import { columnImportance } from './importance.js';
import type { TrainResult } from './report.js';
import { readText, trainJson, trainText } from './report.js';
import { crossValidate, foldsOf, searchModel } from './search.js';

/** The flags of `train`. */
export interface TrainFlags extends CsvFlags, NetworkFlags {
  readonly target: string;
  readonly regression?: boolean;
  readonly classification?: boolean;
  readonly seed: number;
  readonly cv?: number;
  readonly search?: number;
  readonly validationFraction?: number;
  readonly classWeight?: string;
  readonly treatment?: Readonly<Record<string, string>>;
  readonly threads?: number | 'auto';
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds the flags of `train` to its command. */
export function addTrainFlags(command: Command): Command {
  command
    .option('--target <column>', 'column to predict')
    .option('--classification', 'the target holds labels (default: found out)')
    .option('--regression', 'the target holds numbers (default: found out)')
    .option('-o, --output <file>', 'file of the model (default: <name of the data>.safetensors, here)')
    .option('--seed <n>', 'seed of split, weights, folds and search', integerFlag(0), 0)
    .option('--cv <n>', 'score by n folds too', integerFlag(2))
    .option('--search <n>', 'try n random settings, and keep the best', integerFlag(1))
    .option('--validation-fraction <share>', 'share of rows held out (default: 0.1)', numberFlag)
    .option('--class-weight <how>', 'auto, balanced or none (default: auto)')
    .option('--treatment <column=how>', 'number, category, boolean, date or drop', entriesFlag)
    .option('--threads <n>', "threads, or 'auto' (default: 1)", (text) =>
      text === 'auto' ? text : integerFlag(1)(text),
    )
    .option('--json', 'report as one JSON document');
  addNetworkFlags(command);
  return addCsvFlags(command);
}

/** Values of a target of numbers from which on it is one of quantities. */
const MAX_NUMERIC_CLASSES = 20;

/** The task that a target asks for, unless a flag names it. */
function taskOf(table: Table, { target, regression, classification }: TrainFlags): Task {
  if (regression && classification) {
    throw usageError('--regression and --classification exclude each other; give one of them.');
  }
  if (regression || classification) return regression ? 'regression' : 'classification';
  const column = table.column(target);
  if (table.types[target] !== 'number' || Array.isArray(column)) return 'classification';
  const values = new Set<number>();
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    values.add(value);
    if (!Number.isInteger(value) || values.size > MAX_NUMERIC_CLASSES) return 'regression';
  }
  return 'classification';
}

/** The options of the model. @throws CliError for bad values */
function modelOptions(flags: TrainFlags, onWarning: TableModelOptions['onWarning']) {
  const { target, seed, validationFraction, treatment, classWeight } = flags;
  if (classWeight !== undefined && !['auto', 'balanced', 'none'].includes(classWeight)) {
    throw usageError(`--class-weight must be auto, balanced or none, but is ${classWeight}.`);
  }
  const options = {
    ...{ target, randomState: seed, onWarning },
    ...(validationFraction !== undefined && { validationFraction }),
    ...(treatment && { columns: treatment as TableModelOptions['columns'] }),
    ...(classWeight !== undefined && { classWeight: classWeight === 'none' ? null : classWeight }),
  } as TableClassifierOptions;
  checkingFlags(() => readModelOptions('TableClassifier', options, true));
  return options;
}

/** Throws CliError unless a model may be written to a file. */
async function checkOutput(terminal: Terminal, path: string, input: string, named: boolean): Promise<void> {
  const file = terminal.resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory())
    throw dataError(`${path}: the model must be saved as a file, but this is a folder.`);
  if ((await realpath(file)) === (await realpath(terminal.resolve(input)).catch(() => ''))) {
    throw usageError(`${path}: the model would replace the data; give another file by -o.`);
  }
  if (named) return;
  try {
    readKind(await readFile(file));
  } catch {
    throw dataError(
      `${path}: the file is there already and is no model of lamella; name the model's file by -o.`,
    );
  }
}

/** Throws CliError unless the flags name columns of the table. */
function checkColumns(table: Table, name: string, { target, treatment = {} }: TrainFlags): void {
  for (const [flag, column] of [
    ['--target', target],
    ...Object.keys(treatment).map((each) => ['--treatment', each]),
  ]) {
    if (!table.has(column))
      throw usageError(unknownColumn(`${flag} of ${name}`, column, table.columns).message);
  }
  if (table.rows === 0)
    throw dataError(`${name}: there must be rows to train on, but there is a header only.`);
}

/** Trains, saves and reports. */
export async function train(
  terminal: Terminal,
  path: string,
  flags: TrainFlags,
  args: readonly string[],
): Promise<number> {
  const { target, seed, cv, search = 0, threads, json = false } = flags;
  if (target === undefined) {
    throw usageError('train needs the column to predict; name it by --target.');
  }
  const output = flags.output ?? `${path === '-' ? 'model' : basename(path, extname(path))}.safetensors`;
  const network = networkOptions(flags);
  const options = modelOptions(flags, ({ code, message }) => {
    // How many epochs were trained is in the report.
    if (code !== 'CONVERGENCE') terminal.tell(`Warning: ${message}\n`);
  });
  const reading = csvOptions(flags);
  const file = await openCsv(terminal, path, reading.maxBytes);
  await checkOutput(terminal, output, path, flags.output !== undefined);
  const table = await file.read(reading);
  checkColumns(table, file.name, flags);
  const task = taskOf(table, flags);
  if (!json) await terminal.write(readText(table, file.name));
  const interruption = new Interruption(terminal);
  try {
    const training: Training = {
      terminal,
      table,
      task,
      options: forTask(task, options),
      threads,
      interruption,
    };
    const folds = cv === undefined ? undefined : foldsOf(training, cv, seed);
    const found = await searchModel(training, network, search, seed);
    const crossValidation =
      folds && found.complete ? await crossValidate(training, found.network, folds) : undefined;
    const complete = found.complete && !interruption.requested;
    await saveModel(found.model, terminal.resolve(output));
    const result: TrainResult = {
      ...{ path: output, task, target, table, crossValidation },
      found: { ...found, complete },
      dropped: droppedRows(table, target),
      importance: await columnImportance(found.model, table, seed),
      command: repeatingCommand(args, seed),
    };
    await terminal.write(json ? trainJson(result) : trainText(result, (text) => terminal.bold(text)));
    return complete ? EXIT.ok : EXIT.interrupted;
  } finally {
    interruption.end();
  }
}

/** Regressors have no weights of classes. */
function forTask(task: Task, { classWeight, ...options }: TableClassifierOptions): TableClassifierOptions {
  if (task === 'classification') return classWeight === undefined ? options : { ...options, classWeight };
  if (classWeight === undefined) return options;
  throw new CliError(EXIT.usage, '--class-weight is for classification, but this is a regression.');
}

function droppedRows(table: Table, target: string): number {
  const column = table.column(target);
  let dropped = 0;
  for (let row = 0; row < table.rows; row++) if (isMissing(column, row)) dropped++;
  return dropped;
}

/** The command with the seed, which may have been the default. */
function repeatingCommand(args: readonly string[], seed: number): string {
  const seeded = args.some((arg) => arg === '--seed' || arg.startsWith('--seed='));
  return ['lamella', ...args, ...(seeded ? [] : ['--seed', String(seed)])].map(shellWord).join(' ');
}
