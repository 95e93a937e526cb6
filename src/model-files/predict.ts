/**
 * loadModel of lamella/predict: models of any kind, to predict with and nothing else. What trains is not
 * loaded; Sequential models, models of tables and pipelines have chunks of their own.
 */
import { describe } from '../check.js';
import { ready } from '../engine/predict-engine.js';
import { FormatError } from '../errors.js';
import { ClassifierPredictor } from '../estimators/classifier-predictor.js';
import { readMLP, readPerceptron } from '../estimators/loading.js';
import { PerceptronPredictor } from '../estimators/perceptron/predictor.js';
import { readOptionsToPredict } from '../estimators/read-options.js';
import { RegressorPredictor } from '../estimators/regressor-predictor.js';
import { notHeld } from '../estimators/held-estimator.js';
import type { LoadOptions } from '../io/model-file.js';
import { copyWithin } from '../io/model-file.js';
import { readingModel, readKind } from '../io/read-model-file.js';
import { lazyImport } from '../lazy.js';
import type { PipelinePredictor } from '../pipeline/predictor.js';
import type { SequentialPredictor } from '../sequential/predictor.js';
import type { TableClassifierPredictor } from '../table/classifier-predictor.js';
import type { TableRegressorPredictor } from '../table/regressor-predictor.js';

/** A saved model of any kind, for predicting. */
export type AnyPredictor =
  ClassifierPredictor | RegressorPredictor | PerceptronPredictor | SequentialPredictor;

/** A saved model of tables, whose `predict` takes records: name the one you load. */
export type AnyTablePredictor = TableClassifierPredictor | TableRegressorPredictor;

type Loaded = AnyPredictor | AnyTablePredictor | PipelinePredictor;

const READERS: ReadonlyMap<string, (bytes: Uint8Array) => Promise<Loaded>> = /* @__PURE__ */ new Map<
  string,
  (bytes: Uint8Array) => Promise<Loaded>
>([
  ['MLPClassifier', readClassifier],
  ['MLPRegressor', readRegressor],
  ['Perceptron', readPerceptronPredictor],
  ['Sequential', readSequentialPredictor],
  ['TableClassifier', readTableClassifier],
  ['TableRegressor', readTableRegressor],
  ['Pipeline', readPipelinePredictor],
]);

async function readClassifier(bytes: Uint8Array): Promise<ClassifierPredictor> {
  return new ClassifierPredictor((await readMLP(bytes, 'MLPClassifier', readOptionsToPredict, ready)).model);
}

async function readRegressor(bytes: Uint8Array): Promise<RegressorPredictor> {
  return new RegressorPredictor((await readMLP(bytes, 'MLPRegressor', readOptionsToPredict, ready)).model);
}

async function readPerceptronPredictor(bytes: Uint8Array): Promise<PerceptronPredictor> {
  return new PerceptronPredictor((await readPerceptron(bytes)).fitted);
}

/** Sequential models and their layers are loaded when the first one is. */
async function readSequentialPredictor(bytes: Uint8Array): Promise<SequentialPredictor> {
  const { readPredictor } = await lazyImport(() => import('../sequential/loading.js'));
  return readPredictor(bytes, ready);
}

/** Models of tables and their encoders are loaded when the first one is. */
async function readTableClassifier(bytes: Uint8Array): Promise<TableClassifierPredictor> {
  const { readTable } = await lazyImport(() => import('../table/model-file.js'));
  const { TableClassifierPredictor: Predictor } = await lazyImport(
    () => import('../table/classifier-predictor.js'),
  );
  return Predictor.of((await readTable(bytes, 'TableClassifier', readEstimator)).fitted);
}

async function readTableRegressor(bytes: Uint8Array): Promise<TableRegressorPredictor> {
  const { readTable } = await lazyImport(() => import('../table/model-file.js'));
  const { TableRegressorPredictor: Predictor } = await lazyImport(
    () => import('../table/regressor-predictor.js'),
  );
  return Predictor.of((await readTable(bytes, 'TableRegressor', readEstimator)).fitted);
}

/** Pipelines and the transformers are loaded when the first one is. */
async function readPipelinePredictor(bytes: Uint8Array): Promise<PipelinePredictor> {
  const { readPipeline } = await lazyImport(() => import('../pipeline/model-file.js'));
  const { PipelinePredictor: Predictor } = await lazyImport(() => import('../pipeline/predictor.js'));
  return new Predictor(await readPipeline(bytes, readEstimator));
}

/** The estimator inside another model. @throws FormatError for a model of any other kind */
async function readEstimator(
  bytes: Uint8Array,
): Promise<ClassifierPredictor | RegressorPredictor | PerceptronPredictor> {
  const kind = readKind(bytes);
  if (kind === 'MLPClassifier') return readClassifier(bytes);
  if (kind === 'MLPRegressor') return readRegressor(bytes);
  if (kind === 'Perceptron') return readPerceptronPredictor(bytes);
  throw notHeld(kind);
}

/**
 * Load a model that `toBytes` or `saveModel` of lamella has written, of whichever kind it is, to predict with
 * it and nothing else. What it predicts is what the saved model did, to the bit (with the same variant of the
 * engine):
 *
 * - MLPClassifier: `predict`, `predictProba`, `predictLogProba`, `classes` and the other attributes
 * - MLPRegressor: `predict` and the attributes
 * - Perceptron: `predict`, `decisionFunction`, `classes` and the other attributes
 * - TableClassifier, TableRegressor: `predict`, `predictProba`, `evaluate`, `report`, `featureNames`
 * - Pipeline: the methods of its estimator, `transform`, `classes`, `featureNames`
 * - Sequential: `predict`, `predictClasses`, `summary`, `layers`, `getWeights`, `countParams`
 *
 * @param bytes the whole file; more than 16 MiB must stay as they are until the promise settles
 * @param options.maxBytes the most bytes that the file may have; default 2^30
 * @throws ValueError for anything but bytes; FormatError for files of other programs or a later version, and
 *   damaged ones. How a Sequential model was compiled is not looked at
 */
export async function loadModel<
  M extends AnyPredictor | AnyTablePredictor | PipelinePredictor = AnyPredictor,
>(bytes: Uint8Array, options?: LoadOptions): Promise<M> {
  const file = copyWithin(bytes, options);
  const kind = await readingModel(file, () => readKind(file));
  const read = READERS.get(kind);
  if (read) return (await read(file)) as M;
  throw new FormatError(
    `A model file must hold one of the kinds ${[...READERS.keys()].join(', ')}, but received ${describe(kind)}.`,
  );
}
