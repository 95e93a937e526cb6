export { loadDigits } from './datasets/digits.js';
export { loadIris } from './datasets/iris.js';
export type { ClassificationData } from './datasets/iris.js';
