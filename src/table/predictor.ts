/**
 * Fitted models of tables: what they predict for a Table or for records, and what they tell of themselves.
 * Not for training (classifier.ts, regressor.ts); lamella/predict loads this file without it.
 */
import type { AsyncOptions } from '../check.js';
import { runAsync } from '../check.js';
import type { Label } from '../data/labels.js';
import { NotFittedError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { OnWarning, WarningCode } from '../warnings.js';
import { LamellaWarning, warn } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { ClassifierEvaluation, RegressorEvaluation } from './evaluate.js';
import { evaluateLabels, evaluateNumbers } from './evaluate.js';
import { labelTargets, numberTargets, rowsOf } from './target.js';
import type { TableRows } from './vectorizer/convert.js';
import { columnSource } from './vectorizer/convert.js';
import { differences, encodeRows } from './vectorizer/fit.js';
import type { ColumnReport } from './vectorizer.js';
import { reportOf, TableVectorizer } from './vectorizer.js';
import { Table } from '../data/table/table.js';

/** An estimator on rows of features, as models of tables use it. */
export interface FeatureEstimator {
  predict(x: NdArray<Float32Array>): any;
  predictProba?(x: NdArray<Float32Array>): NdArray;
  readonly classes?: readonly Label[];
}

/** What fit leaves behind. */
export interface FittedTable {
  readonly target: string;
  readonly vectorizer: TableVectorizer;
  readonly estimator: FeatureEstimator;
  /** Evaluation of the rows held out; null if there were too few. */
  readonly heldOut: ClassifierEvaluation | RegressorEvaluation | null;
  /** What the network is, and why, in sentences. */
  readonly decisions: readonly string[];
  /** What evaluations are compared with: the largest class, or the mean. */
  readonly baseline: Label | number;
  /** Scale of the targets of a regressor, which its network sees as (y − mean) / scale. */
  readonly targetScale: { readonly mean: number; readonly scale: number } | undefined;
}

/** Base class of the fitted models of tables. */
export abstract class TablePredictor {
  /** Name of the class, which minifiers cannot change. */
  abstract readonly name: string;
  protected fittedTable: FittedTable | undefined;
  protected onWarning: OnWarning | null = null;
  readonly #told = new Set<WarningCode>();

  protected need(wanted: string): FittedTable {
    if (this.fittedTable) return this.fittedTable;
    throw new NotFittedError(
      `${this.name}: ${wanted} needs a fitted model, but fit has not been called; call fit(table) first.`,
    );
  }

  /** Features of rows. Warns once of columns that are unknown, and once of those that are missing. */
  protected *features(wanted: string, rows: unknown): Pieces<NdArray<Float32Array>> {
    const { vectorizer, target } = this.need(wanted);
    const fitted = TableVectorizer.learnedBy(vectorizer, wanted);
    const source = columnSource(`${this.name}.${wanted}`, rows);
    const { absent, unknown } = differences(fitted, source, [target]);
    if (unknown.length > 0)
      this.#tell('UNKNOWN_COLUMNS', `ignores the columns ${listed(unknown)}, which fit has not seen`);
    if (absent.length > 0 && source.rows > 0) {
      this.#tell(
        'MISSING_COLUMNS',
        `takes the columns ${listed(absent)} as missing values, since the rows have none`,
      );
    }
    const width = fitted.names.length;
    const data = new Float32Array(source.rows * width);
    yield* encodeRows(`${this.name}.${wanted}`, fitted, source, data);
    return { data, shape: [source.rows, width] };
  }

  #tell(code: WarningCode, what: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    warn(new LamellaWarning(`${this.name} ${what}.`, code), this.onWarning);
  }

  /** What was made of every column, and why, in the order of the table. @throws NotFittedError before fit */
  report(): ColumnReport[] {
    return reportOf(TableVectorizer.learnedBy(this.need('report').vectorizer, 'report'));
  }

  /** Name of every input of the network: 'age', 'age_missing', 'island_Dream'. */
  featureNames(): string[] {
    return this.need('featureNames').vectorizer.featureNames();
  }

  /** The fitted encoders of the columns. */
  get vectorizer(): TableVectorizer {
    return this.need('vectorizer').vectorizer;
  }

  /** The fitted estimator on the encoded rows. */
  get estimator(): any {
    return this.need('estimator').estimator;
  }

  /** The column that is predicted. */
  get target(): string {
    return this.need('target').target;
  }

  /** What the network is and how it was trained, in sentences. */
  get decisions(): readonly string[] {
    return this.need('decisions').decisions;
  }

  /** A table whose rows have a target, of which some are warned about and left out. */
  protected rowsWithTarget<T>(
    wanted: string,
    table: unknown,
    read: typeof labelTargets | typeof numberTargets,
  ) {
    if (!(table instanceof Table)) {
      throw new ValueError(
        `${this.name}.${wanted}: rows must be a Table; use fromRecords(records) to make one.`,
      );
    }
    const owner = `${this.name}.${wanted}`;
    const { values, rows } = read(owner, table, this.need(wanted).target);
    if (rows.length === 0) throw new ValueError(`${owner}: at least 1 row must have a target, but none has.`);
    const dropped = table.rows - rows.length;
    if (dropped > 0)
      this.#tell('DROPPED_ROWS', `leaves out ${dropped} of ${table.rows} rows, which have no target`);
    return { values: values as unknown as T[], table: dropped === 0 ? table : tableOf(table, rows) };
  }
}

function tableOf(table: Table, rows: Int32Array): Table {
  const view = rowsOf(table, rows);
  const columns = new Map(table.columns.map((name) => [name, view.column(name)]));
  return new Table({ columns, types: new Map(Object.entries(table.types)), rows: rows.length });
}

function listed(names: readonly string[]): string {
  const some = names
    .slice(0, 10)
    .map((name) => `'${name}'`)
    .join(', ');
  return names.length > 10 ? `${some} and ${names.length - 10} more` : some;
}

/** A fitted TableClassifier, for predicting. */
export class TableClassifierPredictor extends TablePredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'TableClassifierPredictor';
  override readonly name: string = 'TableClassifier';

  /** For models that were read from a file. */
  static of(fitted: FittedTable): TableClassifierPredictor {
    const model = new TableClassifierPredictor();
    model.fittedTable = fitted;
    return model;
  }

  /** The labels, sorted: strings by code point, numbers by value, false before true. */
  get classes(): Label[] {
    return [...this.need('classes').estimator.classes!];
  }

  /** Evaluation of the rows that fit has held out; null if there were too few. */
  get heldOut(): ClassifierEvaluation | null {
    return this.need('heldOut').heldOut as ClassifierEvaluation | null;
  }

  /**
   * The label of every row.
   *
   * @param rows a Table, or an array of records such as JSON holds them; absent keys are missing values
   * @throws ShapeError for a single record; ValueError with row and column for a value of another type than in
   *   fit; NotFittedError before fit
   */
  predict(rows: TableRows): Label[] {
    return runAtOnce(this.#predicted('predict', rows));
  }

  /** `predict` in slices of about 25 ms, between which other work of the program runs. */
  async predictAsync(rows: TableRows, options?: AsyncOptions): Promise<Label[]> {
    return runAsync(`${this.name}.predictAsync`, options, {}, () => this.#predicted('predictAsync', rows));
  }

  *#predicted(wanted: string, rows: TableRows): Pieces<Label[]> {
    const x = yield* this.features(wanted, rows);
    return x.shape[0] === 0 ? [] : Array.from(this.need(wanted).estimator.predict(x) as Label[]);
  }

  /**
   * The probability of every label by its name, for every row: [{ Adelie: 0.97, Gentoo: 0.03 }, …].
   *
   * @throws as predict; ValueError if the estimator has no predictProba
   */
  predictProba(rows: TableRows): Record<string, number>[] {
    return runAtOnce(this.#probabilities('predictProba', rows));
  }

  /** `predictProba` in slices of about 25 ms, between which other work of the program runs. */
  async predictProbaAsync(rows: TableRows, options?: AsyncOptions): Promise<Record<string, number>[]> {
    return runAsync(`${this.name}.predictProbaAsync`, options, {}, () =>
      this.#probabilities('predictProbaAsync', rows),
    );
  }

  *#probabilities(wanted: string, rows: TableRows): Pieces<Record<string, number>[]> {
    const { estimator } = this.need(wanted);
    if (typeof estimator.predictProba !== 'function') {
      throw new ValueError(`${this.name}: ${wanted} needs an estimator that has predictProba.`);
    }
    const x = yield* this.features(wanted, rows);
    if (x.shape[0] === 0) return [];
    const { data } = estimator.predictProba(x);
    const names = estimator.classes!.map(String);
    const count = names.length;
    return Array.from({ length: x.shape[0] }, (_, row) =>
      Object.fromEntries(names.map((name, k) => [name, data[row * count + k]])),
    );
  }

  /** Share of rows whose label is predicted. @throws as evaluate */
  score(table: Table): number {
    return this.evaluate(table).accuracy;
  }

  /**
   * Scores of a table that has the target: accuracy, balanced accuracy, log loss, ROC AUC, the confusion
   * matrix, and the accuracy of always predicting the class that is most frequent in training.
   *
   * @throws ValueError for a label that fit has not seen, and without the target's column
   */
  evaluate(table: Table): ClassifierEvaluation {
    const { values, table: rows } = this.rowsWithTarget<Label>('evaluate', table, labelTargets);
    const x = runAtOnce(this.features('evaluate', rows));
    return this.evaluateFeatures(x, values);
  }

  protected evaluateFeatures(x: NdArray<Float32Array>, y: readonly Label[]): ClassifierEvaluation {
    const { estimator, baseline, target } = this.need('evaluate');
    return evaluateLabels({ estimator, baseline, owner: `${this.name}.evaluate`, target }, x, y);
  }
}

/** A fitted TableRegressor, for predicting. */
export class TableRegressorPredictor extends TablePredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'TableRegressorPredictor';
  override readonly name: string = 'TableRegressor';

  /** For models that were read from a file. */
  static of(fitted: FittedTable): TableRegressorPredictor {
    const model = new TableRegressorPredictor();
    model.fittedTable = fitted;
    return model;
  }

  /** Evaluation of the rows that fit has held out; null if there were too few. */
  get heldOut(): RegressorEvaluation | null {
    return this.need('heldOut').heldOut as RegressorEvaluation | null;
  }

  /**
   * The prediction of every row, in the units of the target.
   *
   * @param rows a Table, or an array of records such as JSON holds them; absent keys are missing values
   * @throws ShapeError for a single record; ValueError with row and column for a value of another type than in
   *   fit; NotFittedError before fit
   */
  predict(rows: TableRows): Float64Array {
    return this.predictFeatures(runAtOnce(this.features('predict', rows)));
  }

  /** `predict` in slices of about 25 ms, between which other work of the program runs. */
  async predictAsync(rows: TableRows, options?: AsyncOptions): Promise<Float64Array> {
    const x = await runAsync(`${this.name}.predictAsync`, options, {}, () =>
      this.features('predictAsync', rows),
    );
    return this.predictFeatures(x);
  }

  protected predictFeatures(x: NdArray<Float32Array>): Float64Array {
    const { estimator, targetScale } = this.need('predict');
    if (x.shape[0] === 0) return new Float64Array(0);
    const { mean, scale } = targetScale!;
    return Float64Array.from(estimator.predict(x) as Float32Array, (value) => value * scale + mean);
  }

  /** Coefficient of determination R² of the predictions. @throws as evaluate */
  score(table: Table): number {
    return this.evaluate(table).r2;
  }

  /**
   * Scores of a table that has the target: R², mean absolute error, root mean squared error, and the errors of
   * always predicting the mean of the training rows.
   *
   * @throws ValueError without the target's column, or if it is not of numbers
   */
  evaluate(table: Table): RegressorEvaluation {
    const { values, table: rows } = this.rowsWithTarget<number>('evaluate', table, numberTargets);
    return evaluateNumbers(values, this.predict(rows), this.need('evaluate').baseline as number);
  }
}
