/** Model selection: folds, cross-validation, searches, curves, pipelines. */
export type { CrossValPredictOptions } from './cross-validation.js';
export type { Curve, LearningCurve, LearningCurveOptions, ValidationCurveOptions } from './curves.js';
export type { CrossValidation } from './cv.js';
export type { Estimator, EstimatorFactory, EstimatorSource, Params } from './estimator.js';
export type { ExperimentOptions, ScoringOptions } from './experiment.js';
export { kFold, stratifiedKFold } from './folds.js';
export type { Fold, FoldOptions } from './folds.js';
export { distributions } from './distributions.js';
export type { Distribution } from './distributions.js';
export type { ParamDistributions, ParamGrid } from './grid.js';
export {
  crossValPredict,
  crossValScore,
  gridSearch,
  learningCurve,
  randomizedSearch,
  validationCurve,
} from './model-selection.js';
export { Pipeline, pipeline } from './pipeline.js';
export type { Step, Transformer } from './pipeline.js';
export type { Scorer, Scoring, ScoringName } from './scoring.js';
export type { Candidate, RandomizedSearchOptions, SearchOptions, SearchResult } from './search.js';
export type { PredictMethod, TrialResult } from './trial.js';
