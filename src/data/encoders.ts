/** Labels as numbers and back: scikit-learn's encoders, Keras's to_categorical. */
export { LabelBinarizer } from './encoders/label-binarizer.js';
export type { LabelBinarizerParams } from './encoders/label-binarizer.js';
export { LabelEncoder } from './encoders/label-encoder.js';
export { OneHotEncoder } from './encoders/one-hot-encoder.js';
export type { LabelTable, OneHotEncoderParams } from './encoders/one-hot-encoder.js';
export { toCategorical } from './encoders/label-binarizer.js';
