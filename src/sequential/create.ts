import { readDescribed, readJson, setGivenWeights } from './json.js';
import type { SequentialOptions } from './predictor.js';
import { Sequential } from './sequential.js';

/**
 * A stack of layers, as Keras's Sequential. Its shapes are known at once if the first layer has an
 * `inputShape`, else from the first data; weights are drawn when they are first needed.
 *
 * @throws ValueError for unknown options, and layers that are none; ShapeError for layers that do not fit on
 *   each other
 */
export function sequential(options?: SequentialOptions): Sequential {
  return new Sequential(options);
}

/**
 * The model that `toJSON` described, as text or as data, with its weights if they are included; without, they
 * are drawn anew, from the seed if there is one. Nothing in it is trusted.
 *
 * @throws FormatError for anything else than such a description
 */
export function modelFromJSON(json: unknown): Sequential {
  const { weights, ...description } = readJson(json);
  const model = readDescribed(description, (options) => new Sequential(options));
  if (weights !== undefined) setGivenWeights(model, weights);
  return model;
}
