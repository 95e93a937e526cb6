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
export { MaxAbsScaler } from './data/scalers/max-abs.js';
export type { MaxAbsScalerParams } from './data/scalers/max-abs.js';
export { FunctionTransformer } from './data/transformers/function-transformer.js';
export type { FunctionTransformerParams, RowFunction } from './data/transformers/function-transformer.js';
export { Normalizer } from './data/transformers/normalizer.js';
export type { NormalizerParams } from './data/transformers/normalizer.js';
export { OrdinalEncoder } from './data/transformers/ordinal-encoder.js';
export type { OrdinalEncoderParams } from './data/transformers/ordinal-encoder.js';
export { PolynomialFeatures } from './data/transformers/polynomial-features.js';
export type { PolynomialFeaturesParams } from './data/transformers/polynomial-features.js';
export { QuantileTransformer } from './data/transformers/quantile-transformer.js';
export type { QuantileTransformerParams } from './data/transformers/quantile-transformer.js';
export { SimpleImputer } from './data/transformers/simple-imputer.js';
export type { ImputedRows, SimpleImputerParams } from './data/transformers/simple-imputer.js';
export { TargetEncoder } from './data/transformers/target-encoder.js';
export type { TargetEncoderParams, TargetType } from './data/transformers/target-encoder.js';
export { ColumnTransformer } from './table/column-transformer.js';
export type { ColumnTransformerOptions } from './table/column-transformer.js';
export type { ColumnChoice, ColumnStep, StepTransformer } from './table/column-groups.js';
export { transformerFromJSON } from './table/transformer-from-json.js';
