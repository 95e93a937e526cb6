import type { Label } from '../data/labels.js';
import type { Activation } from '../model/activations.js';
import type { MLPParams } from './options.js';
import { readOptions, readOptionsToPredict } from './read-options.js';

/** What a kind of perceptron knows of its files. */
export interface MLPKind {
  readonly name: string;
  readonly readOptions: (given: unknown) => MLPParams;
  /** Whether outputs, their activation and the classes go together. */
  readonly fits: (outputs: number, outActivation: Activation, classes: readonly Label[]) => boolean;
}

const MLP_CLASSIFIER = 'MLPClassifier';
const MLP_REGRESSOR = 'MLPRegressor';

/** The kinds in full. */
export const CLASSIFIER: MLPKind = {
  name: MLP_CLASSIFIER,
  readOptions: (given) => readOptions(MLP_CLASSIFIER, given),
  fits: fitsClassifier,
};
export const REGRESSOR: MLPKind = {
  name: MLP_REGRESSOR,
  readOptions: (given) => readOptions(MLP_REGRESSOR, given),
  fits: fitsRegressor,
};

/** The kinds for models that only predict. */
export const CLASSIFIER_TO_PREDICT: MLPKind = {
  name: MLP_CLASSIFIER,
  readOptions: (given) => readOptionsToPredict(MLP_CLASSIFIER, given),
  fits: fitsClassifier,
};
export const REGRESSOR_TO_PREDICT: MLPKind = {
  name: MLP_REGRESSOR,
  readOptions: (given) => readOptionsToPredict(MLP_REGRESSOR, given),
  fits: fitsRegressor,
};

function fitsClassifier(outputs: number, outActivation: Activation, { length }: readonly Label[]): boolean {
  if (outActivation === 'softmax') return length > 2 && outputs === length;
  return outActivation === 'sigmoid' && length > 1 && (outputs === length || (length === 2 && outputs === 1));
}

function fitsRegressor(_outputs: number, outActivation: Activation, { length }: readonly Label[]): boolean {
  return length === 0 && (outActivation === 'linear' || outActivation === 'exponential');
}
