/**
 * The exports of `lamella`: both interfaces, data preparation, scores and model selection. Re-exports only;
 * modules that only training, searches or files need are loaded when they are first called.
 */
export type * from './globals.js';
export { engine } from './engine/engine.js';
export type { EngineInfo, InitOptions, Variant } from './engine/engine.js';
export { init } from './model-files/init.js';
export * from './errors.js';
export { ConvergenceWarning, LamellaWarning } from './warnings.js';
export type { OnWarning, WarningCode } from './warnings.js';
export {
  argMax,
  column,
  concatenate,
  ndarray,
  reshape,
  row,
  rows,
  take,
  toNested,
  transpose,
} from './ndarray.js';
export type { AsyncOptions } from './check.js';
export type { ArrayInput, CsrRows, NdArray, NestedArray, StridedArray, TypedArray } from './ndarray.js';
export { MLPClassifier } from './estimators/mlp-classifier.js';
export { MLPRegressor } from './estimators/mlp-regressor.js';
export type {
  MLPClassifierOptions,
  MLPClassifierParams,
  MLPFitOptions,
  MLPOptions,
  MLPParams,
  MLPRegressorOptions,
  MLPRegressorParams,
} from './estimators/options.js';
export type { PerceptronOptions, PerceptronParams } from './estimators/perceptron/options.js';
export { Perceptron } from './estimators/perceptron/perceptron.js';
export type { PerceptronFitOptions } from './estimators/perceptron/perceptron.js';
export { loadModel } from './model-files/load.js';
export type { AnyModel, AnyTableModel } from './model-files/load.js';
export type { LoadOptions } from './io/model-file.js';
export { parseIdx } from './data/idx.js';
export type { ReadOptions } from './data/idx.js';
export { parseNpy } from './data/npy.js';
export type { NpyArray, StringArray } from './data/npy.js';
export { parseNpz } from './data/npz.js';
export { trainTestSplit } from './data/split.js';
export type { SplitOptions } from './data/split.js';
export { MinMaxScaler } from './data/scalers/min-max.js';
export type { MinMaxScalerParams } from './data/scalers/min-max.js';
export { RobustScaler } from './data/scalers/robust.js';
export type { RobustScalerParams } from './data/scalers/robust.js';
export { StandardScaler } from './data/scalers/standard.js';
export type { StandardScalerParams } from './data/scalers/standard.js';
export * from './data/scores.js';
export { callbacks } from './train/callbacks/index.js';
export type { Callback, CallbackModel, Logs } from './train/callbacks/types.js';
export { constraints } from './network/constraints.js';
export type { ConstraintConfig } from './network/constraints.js';
export { initializers } from './network/initializers.js';
export type { InitializerConfig } from './network/initializers.js';
export { losses } from './network/loss-options.js';
export type { LossConfig, LossOptions, UserLoss } from './network/loss-options.js';
export { optimizers } from './network/optimizer-options.js';
export type { OptimizerConfig } from './network/optimizer-options.js';
export { regularizers } from './network/regularizers.js';
export type { RegularizerConfig } from './network/regularizers.js';
export { schedules } from './network/schedules.js';
export type { Schedule, ScheduleConfig } from './network/schedules.js';
export { metrics } from './train/metrics/index.js';
export type { MetricConfig, MetricFunction } from './train/metrics/index.js';
export type { ModelJson } from './sequential/json.js';
export type { Layer } from './layers/layer.js';
export { layers } from './layers/index.js';
export { modelFromJSON, sequential } from './sequential/create.js';
export { Sequential } from './sequential/sequential.js';
export type { PredictOptions, SequentialOptions, SummaryOptions } from './sequential/predictor.js';
export type { CompileOptions, Metric } from './sequential/compile.js';
export type { TrainOnBatchOptions } from './sequential/batch-training.js';
export type { EvaluateOptions } from './sequential/evaluation.js';
export type { FitOptions } from './sequential/fit-options.js';
export type { History } from './sequential/fit-run.js';
export type { ClassWeight } from './data/weights.js';
export type { Sample } from './sequential/data.js';
export type { Stream } from './sequential/batches.js';
export { LabelBinarizer } from './data/encoders/label-binarizer.js';
export type { LabelBinarizerParams } from './data/encoders/label-binarizer.js';
export { LabelEncoder } from './data/encoders/label-encoder.js';
export { OneHotEncoder } from './data/encoders/one-hot-encoder.js';
export type { LabelTable } from './data/encoders/cells.js';
export type { OneHotEncoderParams } from './data/encoders/one-hot-encoder.js';
export { toCategorical } from './data/encoders/label-binarizer.js';
export type { CrossValPredictOptions } from './search/cross-validation.js';
export type {
  Curve,
  LearningCurve,
  LearningCurveOptions,
  ValidationCurveOptions,
} from './search/cross-validation.js';
export type {
  CrossValidateOptions,
  CrossValidateResult,
  FoldScores,
  SeveralScorings,
} from './search/cross-validate.js';
export type { CrossValidation } from './search/experiment.js';
export type { Estimator, EstimatorFactory, EstimatorSource, Params } from './pipeline/estimator.js';
export type { ExperimentOptions, ScoringOptions } from './search/experiment.js';
export { kFold, stratifiedKFold } from './search/folds.js';
export type { Fold, FoldOptions } from './search/folds.js';
export { groupKFold, stratifiedGroupKFold } from './search/group-folds.js';
export {
  leaveOneOut,
  repeatedKFold,
  repeatedStratifiedKFold,
  shuffleSplit,
  stratifiedShuffleSplit,
  timeSeriesSplit,
} from './search/repeated-folds.js';
export type { RepeatedFoldOptions, ShuffleSplitOptions, TimeSeriesOptions } from './search/repeated-folds.js';
export { distributions } from './search/model-selection.js';
export type { Distribution, ParamDistributions, ParamGrid } from './search/grid.js';
export {
  crossValPredict,
  crossValScore,
  crossValidate,
  gridSearch,
  learningCurve,
  permutationImportance,
  randomizedSearch,
  validationCurve,
} from './search/model-selection.js';
export type { PermutationImportance, PermutationImportanceOptions } from './search/importance.js';
export { Pipeline, pipeline } from './pipeline/pipeline.js';
export type { Step, Transformer } from './pipeline/pipeline.js';
export type { Scorer, Scoring, ScoringName } from './search/scoring.js';
export type { Candidate, RandomizedSearchOptions, SearchOptions, SearchResult } from './search/search.js';
export type { PredictMethod, TrialResult } from './search/trial.js';
