/**
 * A fitted multi-layer perceptron: the network with its options and progress, made anew or continued. Not
 * for training it (training.ts); Task says what targets ask of it.
 */
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { Engine } from '../engine/engines.js';
import { UnsupportedError, ValueError } from '../errors.js';
import type { Activation } from '../network/activations.js';
import { paddedUnits } from '../network/layout.js';
import type { LossSpec } from '../network/losses.js';
import { Network } from '../network/network.js';
import { updateRule } from '../network/optimizers.js';
import type { Parameter } from '../network/parameters.js';
import type { NetworkSpec } from '../network/spec.js';
import type { RandomState } from '../random.js';
import type { Targets } from '../network/feed.js';
import { networkSpec, hiddenActivations } from './network-spec.js';
import type { MLPParams } from './options.js';
import type { Progress } from './progress.js';
import { newProgress, solverSpec } from './progress.js';

/** Targets as the network takes them, with loss, output activation and score. */
export interface Task {
  readonly targets: Targets;
  readonly outputs: number;
  readonly outActivation: Activation;
  readonly loss: LossSpec;
  /** The labels, sorted; none in regression. */
  readonly classes: readonly Label[];
  /** Class of every row, where each has one. */
  readonly codes?: Int32Array;
  /** Class of every row if the validation split is to be stratified. */
  readonly strata?: Int32Array;
  /** Score of these outputs of the network against the targets of some rows. */
  readonly score: (outputs: Float32Array, rows: Int32Array, weights?: Float32Array) => number;
}

/** A fitted model: the network, and what its attributes and a later fit need. */
export interface Model {
  readonly network: Network;
  /** The options that the network was made by. */
  readonly params: MLPParams;
  readonly progress: Progress;
  readonly outputs: number;
  readonly outActivation: Activation;
  readonly classes: readonly Label[];
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
    network.setParameters(initialParameters(network.parameters, initialFactors(params), random));
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
