import { readKind } from '../io/read-model-file.js';
import { notHeld } from './held-estimator.js';
import { MLPClassifier } from './mlp-classifier.js';
import { MLPRegressor } from './mlp-regressor.js';
import { Perceptron } from './perceptron/perceptron.js';

/** The estimator that a file holds, to predict or to train on. @throws FormatError for any other model */
export async function readEstimator(bytes: Uint8Array): Promise<MLPClassifier | MLPRegressor | Perceptron> {
  const kind = readKind(bytes);
  const Class = [MLPClassifier, MLPRegressor, Perceptron].find(({ name }) => name === kind);
  if (Class) return Class.fromBytes(bytes);
  throw notHeld(kind);
}
