/**
 * A fitted TableClassifier, for predicting and evaluating. Not for training, which classifier.ts adds;
 * lamella/predict loads this file without it.
 */
import type { AsyncOptions } from '../check.js';
import { runAsync } from '../check.js';
import type { Label } from '../data/labels.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { ClassifierEvaluation } from './evaluate.js';
import { evaluateLabels } from './evaluate.js';
import type { FittedTable } from './predictor.js';
import { TablePredictor } from './predictor.js';
import { labelTargets } from './target.js';
import type { TableRows } from './vectorizer/convert.js';
import type { Table } from '../data/table/table.js';

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
   * @throws ShapeError for a single record; ValueError with row and column for a value of another type than
   *   in fit; NotFittedError before fit
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
