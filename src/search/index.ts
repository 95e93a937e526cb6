/** Model selection: folds, cross-validation, searches, curves, pipelines. */
export { crossValPredict, crossValScore } from './cross-validation.js';
export type { CrossValPredictOptions } from './cross-validation.js';
export { learningCurve, validationCurve } from './curves.js';
export type { Curve, LearningCurve, LearningCurveOptions, ValidationCurveOptions } from './curves.js';
export type { CrossValidation } from './cv.js';
export type { Estimator, EstimatorFactory, EstimatorSource, Params } from './estimator.js';
export type { ExperimentOptions, ScoringOptions } from './experiment.js';
export { kFold, stratifiedKFold } from './folds.js';
export type { Fold, FoldOptions } from './folds.js';
export { distributions } from './grid.js';
export type { Distribution, ParamDistributions, ParamGrid } from './grid.js';
export { Pipeline, pipeline } from './pipeline.js';
export type { Step, Transformer } from './pipeline.js';
export type { Scorer, Scoring, ScoringName } from './scoring.js';
export { gridSearch, randomizedSearch } from './search.js';
export type { Candidate, RandomizedSearchOptions, SearchOptions, SearchResult } from './search.js';
export type { PredictMethod, TrialResult } from './trial.js';
