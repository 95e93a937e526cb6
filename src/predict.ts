export type * from './globals.js';
export { engine, init } from './engine/predicting.js';
export type { PredictInitOptions } from './engine/predicting.js';
export type { EngineInfo, Variant } from './engine/engines.js';
export type { AsyncOptions } from './check/async-options.js';
export * from './errors.js';
export type { ArrayInput, CsrRows, NdArray, NestedArray, StridedArray, TypedArray } from './ndarray.js';
export type {
  ClassifierPredictor,
  PerceptronPredictor,
  RegressorPredictor,
} from './estimators/predictors.js';
export type { SequentialPredictor } from './sequential/predictor.js';
export { loadModel } from './models/predict.js';
export type { LoadOptions } from './io/kept-bytes.js';
export type { AnyPredictor } from './models/predict.js';
