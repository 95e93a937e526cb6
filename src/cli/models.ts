/**
 * Model files of commands: models of tables, which read rows by the names and types of their columns, and
 * what can be said of any model. Not for training, which train/ does.
 */
import type { AnyModel } from '../model-files/load.js';
import { readModel } from '../node/files.js';
import { TableClassifier } from '../table/classifier.js';
import { TableRegressor } from '../table/regressor.js';
import type { KnownColumns } from './csv.js';
import { dataError } from './errors.js';
import type { TableModel } from './network.js';
import type { Terminal } from './terminal.js';

/** A model of tables from a file; its warnings go to standard error. @throws CliError for other models */
export async function readTableModel(terminal: Terminal, path: string, command: string): Promise<TableModel> {
  const model: AnyModel = await readModel(terminal.resolve(path));
  if (model instanceof TableClassifier || model instanceof TableRegressor) {
    return model.setParams({ onWarning: ({ message }) => terminal.tell(`Warning: ${message}\n`) });
  }
  throw dataError(
    `${path}: ${command} needs a model of tables, as 'lamella train' writes, but this is a ${model.constructor.name}; call its predict in a program.`,
  );
}

/** The columns that a model reads, with the types of fit. */
export function featureColumns(model: TableModel): KnownColumns {
  return new Map(model.report().map(({ column, type }) => [column, type]));
}
