export type * from './globals.js';
export type { GeneratorOptions, LabeledPoints } from './datasets/assemble.js';
export { makeBlobs } from './datasets/generators.js';
export type { BlobsOptions } from './datasets/generators.js';
export { loadDigits } from './datasets/bundled.js';
export { loadIris } from './datasets/bundled.js';
export type { ClassificationData } from './datasets/bundled.js';
export { makeCircles, makeMoons, makeSpirals, makeXor } from './datasets/generators.js';
export type { CirclesOptions, SpiralsOptions } from './datasets/generators.js';
