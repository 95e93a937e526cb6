/** The exports of `lamella/table`: tables and their readers. Re-exports only. */
export { Table } from './data/table/table.js';
export type { Cell, Column, ColumnType, TableSource } from './data/table/table.js';
export { fromColumns, fromRecords } from './data/table/records.js';
export type { TableOptions } from './data/table/records.js';
export { parseCsv } from './table/csv/parse-csv.js';
export type { CsvOptions } from './table/csv/options.js';
export { TableVectorizer } from './table/vectorizer.js';
export type { ColumnReport, TableVectorizerParams } from './table/vectorizer.js';
export { TableClassifier } from './table/classifier.js';
export { TableRegressor } from './table/regressor.js';
export type {
  TableClassifierOptions,
  TableFitOptions,
  TableModelParams,
  TableRegressorOptions,
} from './table/options.js';
export type { ClassifierEvaluation, RegressorEvaluation } from './table/evaluate.js';
