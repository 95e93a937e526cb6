/**
 * How much a model relies on each column: the loss of score when the values of the column are shuffled among
 * rows (permutation importance, Breiman, 2001). For the report of `train`.
 */
import type { Table } from '../../data/table/table.js';
import { RandomState } from '../../random.js';
import { tableImportance } from '../../search/table-importance.js';
import { labelTargets, numberTargets } from '../../table/target.js';
import { heldOutRows } from '../../table/training.js';
import type { TableModel } from '../network.js';
import { TableClassifier } from '../../table/classifier.js';

/** What shuffling a column costs. */
export interface ColumnImportance {
  readonly column: string;
  /** Mean loss of accuracy or R². */
  readonly mean: number;
  readonly sd: number;
}

/** Importances of columns, the largest first. */
export interface Importance {
  readonly columns: readonly ColumnImportance[];
  /** Rows whose values were shuffled. */
  readonly rows: number;
  /** True if the model was not trained on these rows. */
  readonly heldOut: boolean;
}

const REPEATS = 5;
/** Rows that are looked at, and below which held-out rows are too few to tell anything. */
const [MAX_ROWS, MIN_HELD_OUT] = [1000, 30];
/** Cells that are encoded, at most, which bounds the time for wide tables. */
const MAX_CELLS = 1e8;

/** Rows to look at: those held out or, if they are few, a sample of all that have a target. */
function rowsToShuffle(model: TableModel, table: Table, seed: number) {
  const isClassifier = model instanceof TableClassifier;
  const { validationFraction } = model.getParams();
  const held = isClassifier
    ? heldOutRows(table, model.target, { readTargets: labelTargets, validationFraction, seed })
    : heldOutRows(table, model.target, { readTargets: numberTargets, validationFraction, seed });
  const all = (isClassifier ? labelTargets : numberTargets)('importance', table, model.target).rows;
  const heldOut = held.length >= MIN_HELD_OUT;
  const rows = heldOut ? held : all;
  const order = new RandomState(seed).permutation(rows.length);
  return { heldOut, rows: order.slice(0, MAX_ROWS).map((i) => rows[i]) };
}

/** Importances of the columns that a model uses; none for tables too wide for it. */
export async function columnImportance(model: TableModel, table: Table, seed: number): Promise<Importance> {
  const names = model
    .report()
    .filter(({ treatment }) => treatment !== 'drop')
    .map(({ column }) => column);
  const { rows, heldOut } = rowsToShuffle(model, table, seed);
  const cost = names.length * names.length * REPEATS;
  const max = Math.min(rows.length, Math.floor(MAX_CELLS / Math.max(1, cost)));
  if (max < MIN_HELD_OUT && max < rows.length) return { columns: [], rows: 0, heldOut };
  const sample = table.take(rows.slice(0, max));
  const options = { nRepeats: REPEATS, randomState: seed };
  const { means, stds } = await tableImportance(model, sample, options);
  const columns = names.map((column, j) => ({ column, mean: means[j], sd: stds[j] }));
  return { columns: columns.sort((a, b) => b.mean - a.mean), rows: sample.rows, heldOut };
}
