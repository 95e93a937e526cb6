/**
 * Trains a multi-layer perceptron: makes or continues the model, holds rows out, warns of unscaled data, and
 * calls the solver. Loaded when fit is first called; what fit is given has been checked before (mlp-
 * classifier.ts, mlp-regressor.ts).
 */
import { describe } from '../check.js';
import { adviseOnScale, EXPONENTIAL, LBFGS, STEPWISE } from '../data/target-scale.js';
import type { Engine } from '../engine/engines.js';
import { UnsupportedError, ValueError } from '../errors.js';
import { paddedUnits } from '../network/layout.js';
import { Network } from '../network/network.js';
import { updateRule } from '../network/optimizers.js';
import type { Parameter } from '../network/parameters.js';
import type { NetworkSpec } from '../network/spec.js';
import type { Rows } from '../ndarray.js';
import { RandomState, toRandomState } from '../random.js';
import { LamellaWarning, warn, type OnWarning } from '../warnings.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { FitOptions, MLPParams } from './options.js';
import { dropoutRates, hiddenActivations, networkSpec } from './network-spec.js';
import { fitLbfgs } from './lbfgs.js';
import type { Model, TrainingRequest } from './model.js';
import { newProgress, solverSpec } from './model.js';
import type { TrainerCache } from './stochastic.js';
import { fitStochastic } from './stochastic.js';
import type { Task } from './targets.js';
import { splitHeldOut, onData, onHeldOut } from './validation.js';

/** Rows and targets to validate with. */
export interface Validation {
  readonly rows: Rows;
  readonly task: Task;
}

/** Rows and targets, checked, with what to do with them. */
export interface Training {
  readonly rows: Rows;
  readonly task: Task;
  /** Weight of every row; 1 if undefined. */
  readonly weights?: Float32Array;
  /** Rows to validate with. */
  readonly validation?: Validation;
  /** One epoch, with the optimizer as the last call left it. */
  readonly incremental: boolean;
  readonly options: FitOptions;
}

/** The estimator that is trained, as far as training needs it. */
interface TrainTarget {
  readonly name: string;
  readonly params: MLPParams;
  /** The model to go on from. */
  readonly present: Model | undefined;
  readonly cache: TrainerCache;
  /** What a new model is to run on. */
  readonly engine: Engine;
  /** Called with the model when its first step is about to begin. */
  readonly onBegin: (model: Model) => void;
}

/** Train a multi-layer perceptron: the model that is present, or a new one. */
export async function trainMLP(training: Training, target: TrainTarget): Promise<void> {
  const { rows, task, weights, validation, incremental, options } = training;
  const { name, params, cache } = target;
  const call = incremental ? 'partialFit' : 'warmStart';
  const present = target.present && continued(name, call, target.present, params, task);
  if (!present) {
    warnUnscaled(rows, params.onWarning);
    warnUnscaledTargets(task, params);
  }
  const random = toRandomState(params.randomState as number | RandomState);
  // Of dropout: what the stream would give next, without taking it.
  const drops = dropoutRates(params).some((rate) => rate > 0);
  const seed = drops ? RandomState.fromState(random.getState()).u32() : 0;
  const model = present ?? newModel(name, params, rows.features, task, random, target.engine);
  const { network, progress } = model;
  const stops = params.earlyStopping && params.solver !== 'lbfgs';
  const held =
    stops && !validation
      ? await runInSlices(
          splitHeldOut(name, { rows, task, weights }, params, random),
          new Yielder(options.signal),
        )
      : undefined;
  if (!incremental) cache.last = undefined;
  const request: TrainingRequest = {
    ...options,
    params,
    network,
    rows,
    task,
    weights,
    train: held?.train,
    random,
    seed,
    progress,
    stops,
    validate: held ? onHeldOut(network, task, held) : validation && onData(network, validation),
    onBegin: () => {
      progress.nIter = 0;
      progress.validated = stops;
      progress.watched = validation !== undefined;
      target.onBegin(model);
    },
  };
  if (params.solver === 'lbfgs') await fitLbfgs(request);
  else await fitStochastic({ ...request, incremental, cache: incremental ? cache : undefined });
}

/** Rows that are looked at. */
const SAMPLE = 1000;

/** Above this, steps of the usual size no longer train a network. */
const UNSCALED_THRESHOLD = 100;

/** Warn if features are so large that they have probably not been scaled. */
function warnUnscaled({ data, rows, features, scale, sparse }: Rows, onWarning: OnWarning | null): void {
  let at = 0;
  const some = Math.min(rows, SAMPLE);
  const end = sparse ? sparse.starts[some] : some * features;
  if (end === 0) return;
  for (let i = 1; i < end; i++) if (Math.abs(data[i]) > Math.abs(data[at])) at = i;
  const value = data[at] * scale;
  if (Math.abs(value) <= UNSCALED_THRESHOLD) return;
  const row = sparse ? sparse.starts.findIndex((start) => start > at) - 1 : Math.floor(at / features);
  const column = sparse ? sparse.columns[at] : at % features;
  const remedy =
    data instanceof Uint8Array
      ? 'give them a scale, as in { data, shape, scale: 1 / 255 }'
      : 'scale the features to about unit variance';
  const message = `X looks unscaled: expected values of about -3 to 3, but received ${value} at row ${row}, column ${column}; ${remedy}.`;
  warn(new LamellaWarning(message, 'UNSCALED_X'), onWarning);
}

/** Warn if values to predict are of a scale that the solver does not learn. */
function warnUnscaledTargets({ targets, outputs, classes, outActivation }: Task, params: MLPParams): void {
  if (classes.length > 0) return;
  const { solver, onWarning } = params;
  const limits = outActivation === 'exponential' ? EXPONENTIAL : solver === 'lbfgs' ? LBFGS : STEPWISE;
  const message = adviseOnScale(targets.data, outputs, limits);
  if (message !== undefined) warn(new LamellaWarning(message, 'UNSCALED_Y'), onWarning);
}

const MAX_BYTES = 4294967296;

/**
 * A model with freshly drawn weights.
 *
 * @throws UnsupportedError, before anything is drawn, if WebAssembly's memory cannot hold weights and
 *   optimizer
 */
export function newModel(
  owner: string,
  params: MLPParams,
  inputs: number,
  task: Task,
  random: RandomState,
  engine: Engine,
): Model {
  const { outputs, outActivation, classes } = task;
  const spec = networkSpec(params, inputs, task);
  const copies = params.solver === 'lbfgs' ? 2 : 1 + updateRule(solverSpec(params)).slots;
  const bytes = 4 * copies * weightCount(inputs, spec);
  if (bytes > MAX_BYTES) throw tooLarge(owner, params, bytes);
  try {
    const network = new Network(spec, engine);
    network.weights.setValues(initialParameters(network.parameters, initialFactors(params), random));
    return { network, params, progress: newProgress(), outputs, outActivation, classes };
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(owner, params, bytes, error) : error;
  }
}

function weightCount(inputs: number, { layers }: NetworkSpec): number {
  let count = 0;
  for (const layer of layers) {
    if (layer.type !== 'dense') continue;
    count += (inputs + 1) * paddedUnits(layer.units);
    inputs = layer.units;
  }
  return count;
}

function tooLarge(
  owner: string,
  { hiddenLayerSizes }: MLPParams,
  bytes: number,
  cause?: RangeError,
): UnsupportedError {
  const mebibytes = Math.ceil(bytes / 1048576);
  return new UnsupportedError(
    `${owner}: training with hiddenLayerSizes ${describe(hiddenLayerSizes)} needs ${mebibytes} MiB for weights and optimizer, but this runtime gives less (at most 4096 MiB); use fewer units.`,
    { cause },
  );
}

/**
 * A model to go on with, of the weights that it has and the options as they are now.
 *
 * @throws ValueError if options or targets ask for another network
 */
export function continued(owner: string, call: string, model: Model, params: MLPParams, task: Task): Model {
  const { network, params: before } = model;
  const { hiddenLayerSizes } = params;
  const sizes = before.hiddenLayerSizes;
  if (sizes.length !== hiddenLayerSizes.length || sizes.some((units, i) => units !== hiddenLayerSizes[i])) {
    throw new ValueError(
      `${owner}: ${call} goes on with a network of hiddenLayerSizes ${describe(sizes)}, but they have been set to ${describe(hiddenLayerSizes)}; set them back, or start anew by fit without warmStart.`,
    );
  }
  if (task.outputs !== model.outputs || task.outActivation !== model.outActivation) {
    throw new ValueError(
      `${owner}: ${call} goes on with a network of ${model.outputs} ${model.outActivation} outputs, but y and the options ask for ${task.outputs} ${task.outActivation} outputs; start anew by fit without warmStart.`,
    );
  }
  const spec = networkSpec(params, network.spec.inputShape[0], model);
  if (JSON.stringify(spec.layers) === JSON.stringify(network.spec.layers)) return { ...model, params };
  return { ...model, network: network.replanned(spec), params };
}

/**
 * Initial weights and biases as scikit-learn draws them: per layer the weight (inputs, units) row by row,
 * then the bias, uniform in ±√(factor / (inputs + units)), with the factor of the layer (Glorot & Bengio,
 * 2010).
 */
function initialParameters(
  parameters: readonly Parameter[],
  factors: readonly number[],
  random: RandomState,
): Float32Array[] {
  let bound = 0;
  let layer = 0;
  return parameters.map(({ shape }) => {
    if (shape.length === 2) bound = Math.sqrt(factors[layer++] / (shape[0] + shape[1]));
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
    return values;
  });
}

/**
 * The factor of every layer: 2 for logistic units, else 6; the output layer has that of the last hidden one,
 * as in scikit-learn, where one activation is that of all.
 */
function initialFactors(params: Pick<MLPParams, 'hiddenLayerSizes' | 'activation'>): number[] {
  const factor = (activation: unknown): number => (activation === 'sigmoid' ? 2 : 6);
  const hidden = hiddenActivations(params);
  const { activation } = params;
  return [...hidden.map(factor), factor(typeof activation === 'string' ? activation : hidden.at(-1))];
}
