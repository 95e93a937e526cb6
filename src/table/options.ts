/**
 * Options of TableClassifier and TableRegressor, and of their fit. Not for options of the estimator, which
 * checks its own.
 */
import type { Rule } from '../check.js';
import {
  abortSignal,
  anyOf,
  anything,
  checkOptions,
  describe,
  func,
  nullable,
  number,
  oneOf,
} from '../check.js';
import { integer, refused, text, threadsRule } from '../check.js';
import { Table } from '../data/table/table.js';
import type { ClassWeight, EpochInfo } from '../estimators/options.js';
import { ValueError } from '../errors.js';
import type { OnWarning } from '../warnings.js';
import type { TableInput } from './training.js';
import type { ColumnChoice } from './vectorizer/fit.js';
import { vectorizerSchema } from './vectorizer.js';

/** An estimator that a model of tables can train: one of this package's, or any with these methods. */
export interface TrainableEstimator {
  fit(x: any, y: any, options?: any): unknown;
  predict(x: any): any;
  getParams(): object;
}

/** Options of TableClassifier and TableRegressor. */
export interface TableModelOptions {
  /** Column to predict. */
  readonly target: string;
  /**
   * Estimator to train on the encoded rows; it is copied, unfitted. Default: a multi-layer perceptron chosen
   * by rows and features.
   */
  readonly estimator?: TrainableEstimator;
  /**
   * What becomes of columns by name: 'number', 'category', 'boolean', 'date', 'drop', or a transformer.
   * Default: decided by type and values.
   */
  readonly columns?: Readonly<Record<string, ColumnChoice>>;
  /** Share of rows held out for early stopping and evaluation, 0 to below 1. Default 0.1. */
  readonly validationFraction?: number;
  /** Seed of split and weights, 0 to 4294967295. Default: a fresh one, which getParams() tells. */
  readonly randomState?: number | null;
  /** Receives warnings instead of console.warn. */
  readonly onWarning?: OnWarning | null;
}

/** Options of TableClassifier. */
export interface TableClassifierOptions extends TableModelOptions {
  /**
   * 'auto' (default): 'balanced' if the largest class has 5 times the rows of the smallest; 'balanced'; the
   * weight of each class by its label; null: 1.
   */
  readonly classWeight?: 'auto' | ClassWeight | null;
}

/** Options of TableRegressor. */
export type TableRegressorOptions = TableModelOptions;

/** Options with their defaults filled in. */
export interface TableModelParams extends Required<Omit<TableClassifierOptions, 'estimator'>> {
  readonly estimator: TrainableEstimator | null;
}

/** Options of fit of the models of tables. */
export interface TableFitOptions {
  /** Aborts: the promise rejects with the signal's reason; what was trained until then is kept. */
  readonly signal?: AbortSignal;
  /** Called after every epoch and awaited. */
  readonly onEpoch?: (info: EpochInfo) => unknown;
  /** Threads to compute on, as `init` takes them. */
  readonly threads?: number | 'auto';
  /** Column of weights >= 0 of the rows, which is no feature. */
  readonly sampleWeight?: string;
}

const estimatorRule: Rule<TrainableEstimator> = {
  expected: 'an estimator with fit(x, y), predict and getParams',
  accept: (value) => {
    const { fit, predict, getParams } = (value ?? {}) as Partial<TrainableEstimator>;
    const methods = [fit, predict, getParams].every((method) => typeof method === 'function');
    return methods ? (value as TrainableEstimator) : refused;
  },
};

const modelSchema = {
  target: text,
  estimator: nullable(estimatorRule),
  columns: vectorizerSchema.columns,
  validationFraction: number({ min: 0, below: 1 }),
  randomState: nullable(integer({ min: 0, max: 4294967295 })),
  onWarning: nullable(func<OnWarning>()),
};

const classifierSchema = {
  ...modelSchema,
  classWeight: nullable(anyOf(oneOf<'auto'>(['auto']), anything<ClassWeight>())),
};

/** Fills in defaults. @throws ValueError for unknown names, bad values, and without target */
export function readModelOptions(owner: string, given: unknown, classifier: boolean): TableModelParams {
  const options = checkOptions(
    owner,
    given,
    classifier ? classifierSchema : modelSchema,
    "{ target: 'price' }",
  );
  if (options.target === undefined) {
    throw new ValueError(
      `${owner}: target must be the name of the column to predict, but received none; write new ${owner}({ target: 'name' }).`,
    );
  }
  return {
    ...{ estimator: null, columns: {}, validationFraction: 0.1 },
    ...(classifier && { classWeight: 'auto' as const }),
    ...{ randomState: null, onWarning: null },
    ...(options as TableModelOptions),
  } as TableModelParams;
}

const fitSchema = {
  signal: abortSignal,
  onEpoch: func<(info: EpochInfo) => unknown>(),
  threads: threadsRule,
  sampleWeight: text,
};

/** Checks what fit is given. @throws ValueError for anything but a Table or a stream of them */
export function readFit(
  owner: string,
  input: unknown,
  options: unknown,
): { input: TableInput; options: TableFitOptions } {
  const checked = checkOptions(owner, options, fitSchema) as TableFitOptions;
  if (input instanceof Table) return { input, options: checked };
  if (typeof input === 'object' && input !== null && Symbol.asyncIterator in input) {
    return { input: input as TableInput, options: checked };
  }
  throw new ValueError(
    `${owner}: the table must be a Table, such as readCsv(path) or fromRecords(records) give, or readCsvChunks(path), but received ${describe(input)}.`,
  );
}
