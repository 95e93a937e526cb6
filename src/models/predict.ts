import { describe } from '../check.js';
import { ready } from '../engine/predicting.js';
import { FormatError } from '../errors.js';
import type {
  ClassifierPredictor,
  PerceptronPredictor,
  RegressorPredictor,
} from '../estimators/predictors.js';
import { readClassifier, readPerceptronPredictor, readRegressor } from '../estimators/predictors.js';
import type { LoadOptions } from '../io/kept-bytes.js';
import { keptWithin } from '../io/kept-bytes.js';
import { readingModel, readKind } from '../io/read-model-file.js';
import { later } from '../later.js';
import type { SequentialPredictor } from '../sequential/predictor.js';

/** A saved model of any kind, for predicting. */
export type AnyPredictor =
  ClassifierPredictor | RegressorPredictor | PerceptronPredictor | SequentialPredictor;

const READERS: ReadonlyMap<string, (bytes: Uint8Array) => Promise<AnyPredictor>> = /* @__PURE__ */ new Map<
  string,
  (bytes: Uint8Array) => Promise<AnyPredictor>
>([
  ['MLPClassifier', (bytes) => readClassifier(bytes, ready)],
  ['MLPRegressor', (bytes) => readRegressor(bytes, ready)],
  ['Perceptron', readPerceptronPredictor],
  ['Sequential', readSequentialPredictor],
]);

/** Sequential models and their layers are loaded when the first one is. */
async function readSequentialPredictor(bytes: Uint8Array): Promise<SequentialPredictor> {
  const { SequentialPredictor: Predictor } = await later(() => import('../sequential/predictor.js'));
  return Predictor.read(bytes, ready);
}

/**
 * Load a model that `toBytes` or `saveModel` of lamella has written, of whichever kind it is, to predict with it and
 * nothing else. What it predicts is what the saved model did, to the bit (with the same variant of the engine):
 *
 * - MLPClassifier: `predict`, `predictProba`, `predictLogProba`, `classes` and the other attributes
 * - MLPRegressor: `predict` and the attributes
 * - Perceptron: `predict`, `decisionFunction`, `classes` and the other attributes
 * - Sequential: `predict`, `predictClasses`, `summary`, `layers`, `getWeights`, `countParams`
 *
 * @param bytes the whole file; more than 16 MiB must stay as they are until the promise settles
 * @param options.maxBytes the most bytes that the file may have; default 2^30
 * @throws ValueError for anything but bytes; FormatError for files of other programs or a later version, and damaged ones.
 *   How a Sequential model was compiled is not looked at
 */
export async function loadModel<M extends AnyPredictor = AnyPredictor>(
  bytes: Uint8Array,
  options?: LoadOptions,
): Promise<M> {
  const file = keptWithin(bytes, options);
  const kind = await readingModel(file, () => readKind(file));
  const read = READERS.get(kind);
  if (read) return (await read(file)) as M;
  throw new FormatError(
    `A model file must hold one of the kinds ${[...READERS.keys()].join(', ')}, but received ${describe(kind)}.`,
  );
}
