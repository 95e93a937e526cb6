import { currentEngine } from '../engine/engine.js';
import { UnsupportedError, ValueError } from '../errors.js';
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { OutputActivation } from '../model/activations.js';
import { parameterLayout } from '../model/layout.js';
import { Network } from '../model/network.js';
import type { LossSpec, NetworkSpec } from '../model/spec.js';
import type { RandomState } from '../random.js';
import type { Targets } from '../train/data.js';
import type { MLPParams } from './options.js';
import type { Progress } from './progress.js';
import { newProgress } from './progress.js';
import { initialParameters } from './weights.js';

/** What a kind of estimator makes of its targets. */
export interface Task {
  readonly targets: Targets;
  readonly outputs: number;
  readonly outActivation: OutputActivation;
  readonly loss: LossSpec;
  /** The labels, sorted; none in regression. */
  readonly classes: readonly Label[];
  /** Class of every row if the validation split is to be stratified. */
  readonly strata?: Int32Array;
  /** Score of these outputs of the network against the targets of some rows. */
  readonly score: (outputs: Float32Array, rows: Int32Array) => number;
}

/** What fit leaves behind. */
export interface Model {
  readonly network: Network;
  readonly progress: Progress;
  readonly outputs: number;
  readonly outActivation: OutputActivation;
  readonly classes: readonly Label[];
}

const MOST_BYTES = 4294967296;

/**
 * A model with freshly drawn weights.
 *
 * @throws UnsupportedError, before anything is drawn, if WebAssembly's memory cannot hold weights and optimizer
 */
export function newModel(
  owner: string,
  params: MLPParams,
  inputs: number,
  task: Task,
  random: RandomState,
): Model {
  const { outputs, outActivation, classes } = task;
  const hidden = params.hiddenLayerSizes.map((units) => ({ units, activation: params.activation }));
  const spec: NetworkSpec = { inputs, layers: [...hidden, { units: outputs, activation: outActivation }] };
  const copies = params.solver === 'adam' ? 3 : params.momentum > 0 ? 2 : 1;
  const bytes = 4 * parameterLayout(spec).length * copies;
  if (bytes > MOST_BYTES) throw tooLarge(owner, params, bytes);
  try {
    const network = new Network(spec, currentEngine());
    network.setParameters(initialParameters(spec, params.activation === 'sigmoid' ? 2 : 6, random));
    return { network, progress: newProgress(params), outputs, outActivation, classes };
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(owner, params, bytes, error) : error;
  }
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

/** ValueError if training cannot go on from a model because the options now describe another network. */
export function checkSameNetwork(owner: string, call: string, { network }: Model, params: MLPParams): void {
  const hidden = network.spec.layers.slice(0, -1);
  const { hiddenLayerSizes, activation } = params;
  const same =
    hidden.length === hiddenLayerSizes.length &&
    hidden.every((layer, i) => layer.units === hiddenLayerSizes[i] && layer.activation === activation);
  if (same) return;
  const sizes = hidden.map(({ units }) => units);
  throw new ValueError(
    `${owner}: ${call} goes on from the present network, of hiddenLayerSizes ${describe(sizes)} and activation ${describe(hidden[0]?.activation ?? activation)}, but the options have been set to ${describe(hiddenLayerSizes)} and ${describe(activation)}; set them back, or start anew by fit without warmStart.`,
  );
}
