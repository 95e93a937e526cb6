import type { Label } from '../data/labels.js';
import type { Activation } from '../model/activations.js';
import type { MLPParams } from './options.js';
import { readOptions } from './read-options.js';

/** What a kind of perceptron knows of its files. */
export interface MLPKind {
  readonly name: string;
  readonly readOptions: (given: unknown) => MLPParams;
  /** Whether outputs, their activation and the classes go together. */
  readonly fits: (outputs: number, outActivation: Activation, classes: readonly Label[]) => boolean;
}

export const CLASSIFIER: MLPKind = {
  name: 'MLPClassifier',
  readOptions: (given) => readOptions('MLPClassifier', given),
  fits: (outputs, outActivation, { length }) => {
    if (outActivation === 'softmax') return length > 2 && outputs === length;
    return (
      outActivation === 'sigmoid' && length > 1 && (outputs === length || (length === 2 && outputs === 1))
    );
  },
};

export const REGRESSOR: MLPKind = {
  name: 'MLPRegressor',
  readOptions: (given) => readOptions('MLPRegressor', given),
  fits: (_outputs, outActivation, { length }) =>
    length === 0 && (outActivation === 'linear' || outActivation === 'exponential'),
};
