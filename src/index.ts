export { engine, init } from './engine/engine.js';
export type { EngineInfo, InitOptions, Variant } from './engine/engine.js';
export * from './errors.js';
export { ConvergenceWarning, LamellaWarning } from './warnings.js';
export { ndarray, toNested } from './ndarray.js';
export type { ArrayInput, NdArray, TypedArray } from './ndarray.js';
export { MLPClassifier } from './estimators/mlp-classifier.js';
export type { MLPOptions, MLPParams } from './estimators/options.js';
export { parseIdx } from './data/idx.js';
