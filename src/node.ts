export type * from './globals.js';
export * from './index.js';
export { init } from './node/init.js';
export { readIdx } from './node/files.js';
export { loadFashionMnist, loadMnist } from './node/mnist.js';
export type { ImageDataSet, ImageDataSetOptions, LabeledImages } from './node/mnist.js';
export { callbacks } from './node/callbacks.js';
export { readModel, saveModel } from './node/files.js';
