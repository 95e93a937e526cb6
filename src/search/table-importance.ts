/**
 * Permutation importance of the columns of tables, whole as they are, before they become features. Not for
 * the shuffling, nor for matrices, which importance.ts does.
 */
import { checkOptions, describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { Column } from '../data/table/table.js';
import { Table } from '../data/table/table.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Estimator } from '../pipeline/estimator.js';
import { TableClassifierPredictor } from '../table/classifier-predictor.js';
import { TablePredictor } from '../table/predictor.js';
import type { TableRegressorPredictor } from '../table/regressor-predictor.js';
import { labelTargets, numberTargets } from '../table/target.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { PermutationImportance, PermutationImportanceOptions } from './importance.js';
import { importancesOf, importanceSchema, permutationImportance } from './importance.js';
import { scoredRows, scorerOf } from './scoring.js';

const OWNER = 'permutationImportance';

/** The work of permutationImportance in model-selection.ts, for any model. */
export function permutationImportanceOf(
  model: unknown,
  ...[x, ...rest]: readonly unknown[]
): Promise<PermutationImportance> {
  if (model instanceof TablePredictor) return tableImportance(model as TableModel, x, rest[0] as object);
  return permutationImportance(model, x, rest[0], rest[1] as object);
}

type TableModel = TableClassifierPredictor | TableRegressorPredictor;

/** The loss of score of a model of tables by the columns that it uses, in rows that have a target. */
export async function tableImportance(
  model: TableModel,
  table: unknown,
  options: PermutationImportanceOptions | undefined,
): Promise<PermutationImportance> {
  const { scoring, ...given } = checkOptions(OWNER, options, importanceSchema);
  if (!(table instanceof Table)) {
    throw new ValueError(
      `${OWNER}: the rows of a model of tables must be a Table with its target, such as fromRecords(records) makes, but received ${describe(table)}.`,
    );
  }
  const names = model
    .report()
    .filter(({ treatment }) => treatment !== 'drop')
    .map(({ column }) => column);
  const isClassifier = model instanceof TableClassifierPredictor;
  const { rows, values } = (isClassifier ? labelTargets : numberTargets)(OWNER, table, model.target);
  if (rows.length === 0) {
    throw new ValueError(`${OWNER}: at least 1 row must have a target '${model.target}', but none has.`);
  }
  const own = rows.length === table.rows ? table : table.take(rows);
  // Functions see the model itself; names want the methods of estimators.
  const estimator = typeof scoring === 'function' ? model : asEstimator(model);
  const scorer = scorerOf(OWNER, scoring ?? (isClassifier ? 'accuracy' : 'r2'));
  let shuffled = own;
  return importancesOf(
    {
      ...{ rows: own.rows, columns: names.length, names },
      *permute(column, order) {
        const name = names[column];
        if (own.has(name)) shuffled = withColumn(own, name, yield* permuted(own.column(name), order));
      },
      score: async () => {
        const value = await scorer(scoredRows(estimator as Estimator, shuffled, values, given.signal));
        if (typeof value === 'number') return value;
        throw new ValueError(`${OWNER}: scoring must give a number, but received ${describe(value)}.`);
      },
    },
    given,
  );
}

function* permuted(column: Column, order: Int32Array): Pieces<Column> {
  const result = column.slice();
  yield* ranges(order.length, 2, (begin, end) => {
    for (let i = begin; i < end; i++) result[i] = column[order[i]];
  });
  return result;
}

/** A table with other values in one column. */
function withColumn(table: Table, name: string, column: Column): Table {
  const columns = new Map(table.columns.map((each) => [each, each === name ? column : table.column(each)]));
  return new Table({ columns, types: new Map(Object.entries(table.types)), rows: table.rows });
}

/** A model of tables with the results of an estimator: probabilities as an array (rows, classes). */
function asEstimator(model: TableModel): object {
  const predict = (rows: Table): unknown => model.predict(rows);
  const predictAsync = (rows: Table, options: object): unknown => model.predictAsync(rows, options);
  if (!(model instanceof TableClassifierPredictor)) return { predict, predictAsync };
  const classes: readonly Label[] = model.classes;
  const proba = {
    predictProba: (rows: Table) => matrixOf(model.predictProba(rows), classes),
    predictProbaAsync: async (rows: Table, options: object) =>
      matrixOf(await model.predictProbaAsync(rows, options), classes),
  };
  const hasProba = typeof (model.estimator as Partial<Estimator>).predictProba === 'function';
  return { predict, predictAsync, classes, ...(hasProba && proba) };
}

function matrixOf(
  records: readonly Readonly<Record<string, number>>[],
  classes: readonly Label[],
): NdArray<Float32Array> {
  const data = Float32Array.from(records.flatMap((record) => classes.map((label) => record[String(label)])));
  return { data, shape: [records.length, classes.length] };
}
