/**
 * A fitted TableRegressor, for predicting and evaluating. Not for training, which regressor.ts adds;
 * lamella/predict loads this file without it.
 */
import type { AsyncOptions } from '../check.js';
import { runAsync } from '../check.js';
import type { NdArray } from '../ndarray.js';
import { runAtOnce } from '../yielding.js';
import type { RegressorEvaluation } from './evaluate.js';
import { evaluateNumbers } from './evaluate.js';
import type { FittedTable } from './predictor.js';
import { TablePredictor } from './predictor.js';
import { numberTargets } from './target.js';
import type { TableRows } from './vectorizer/convert.js';
import type { Table } from '../data/table/table.js';

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
   * @throws ShapeError for a single record; ValueError with row and column for a value of another type than
   *   in fit; NotFittedError before fit
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
   * Scores of a table that has the target: R², mean absolute error, root mean squared error, and the errors
   * of always predicting the mean of the training rows.
   *
   * @throws ValueError without the target's column, or if it is not of numbers
   */
  evaluate(table: Table): RegressorEvaluation {
    const { values, table: rows } = this.rowsWithTarget<number>('evaluate', table, numberTargets);
    return this.evaluateFeatures(runAtOnce(this.features('evaluate', rows)), values);
  }

  protected evaluateFeatures(x: NdArray<Float32Array>, y: readonly number[]): RegressorEvaluation {
    return evaluateNumbers(y, this.predictFeatures(x), this.need('evaluate').baseline as number);
  }
}
