/**
 * The options of `compile`, resolved and checked; `compile` refuses pairs of loss and output that no data
 * could train. Not for pairs that merely learn badly, of which advice.ts warns at the first fit.
 */
import { anything, checkOptions, describe, refuseMisplaced } from '../check.js';
import { ValueError } from '../errors.js';
import { LAYERS } from '../layers/index.js';
import type { Layer } from '../layers/layer.js';
import type { Activation } from '../network/activations.js';
import { isTrainable } from '../network/activations.js';
import type { LossConfig, NamedLoss, ResolvedLoss, UserLoss } from '../network/loss-options.js';
import { resolveLoss } from '../network/loss-options.js';
import type { OptimizerConfig, ResolvedOptimizer } from '../network/optimizer-options.js';
import { resolveOptimizer } from '../network/optimizer-options.js';
import type { OptimizerState } from '../network/optimizers.js';
import { newOptimizerState } from '../network/optimizers.js';
import type { LayerSpec, LayerTraits, Shape } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { MetricConfig, MetricFunction } from '../train/metrics/index.js';
import { resolveMetric } from '../train/metrics/index.js';

/**
 * A name, the result of a factory of `metrics`, or a function of targets and predictions, (rows, outputs)
 * each.
 */
export type Metric = string | MetricConfig | MetricFunction;

export interface CompileOptions {
  /** A name, or what a factory of `optimizers` returns. Default 'rmsprop'. */
  readonly optimizer?: string | OptimizerConfig;
  /** A name, what a factory of `losses` returns, or `(yTrue, yPred) => { loss, gradient }`. */
  readonly loss: string | LossConfig | UserLoss;
  /** Names, or functions `(yTrue, yPred) => number`. Default: none. */
  readonly metrics?: readonly Metric[];
}

/** Loss, optimizer and metrics of a model, resolved. */
export interface Compiled {
  /** The options as given. */
  readonly options: CompileOptions;
  readonly optimizer: ResolvedOptimizer;
  readonly loss: ResolvedLoss;
  /** The metrics as given. */
  readonly metrics: readonly Metric[];
  /** The learning rate in force where no schedule gives it. */
  learningRate: number;
  /** The optimizer's state, which survives calls of fit. */
  state: OptimizerState;
}

const FIT_OPTIONS = Object.fromEntries(
  ['epochs', 'batchSize', 'callbacks', 'validationData', 'validationSplit', 'classWeight', 'verbose'].map(
    (name) => [name, 'fit(x, y, { ... })'],
  ),
);

const PLACES = {
  ...FIT_OPTIONS,
  learningRate: 'an optimizer, as in { optimizer: optimizers.adam({ learningRate }) }',
};

/** @throws ValueError for unknown names and options, and for no loss */
export function compile(owner: string, given: unknown): Compiled {
  refuseMisplaced(`${owner}.compile`, given, PLACES);
  const options = checkOptions(`${owner}.compile`, given, {
    optimizer: anything(),
    loss: anything(),
    metrics: anything(),
  });
  if (options.loss === undefined || options.loss === null) {
    throw new ValueError(
      `${owner}.compile: loss must be given, such as 'meanSquaredError' or 'categoricalCrossentropy'.`,
    );
  }
  const loss = resolveLoss(options.loss, `${owner}.compile`);
  const metrics = readMetrics(`${owner}.compile`, options.metrics ?? [], loss);
  const optimizer = resolveOptimizer(options.optimizer ?? 'rmsprop', `${owner}.compile`);
  const { learningRate } = optimizer;
  return {
    options: { ...(options as CompileOptions), metrics },
    optimizer,
    loss,
    metrics,
    learningRate: typeof learningRate === 'number' ? learningRate : NaN,
    state: newOptimizerState(),
  };
}

/**
 * Names, configs and functions, each known and of another name than all others: under these they are
 * reported.
 */
function readMetrics(owner: string, given: unknown, { name: loss }: ResolvedLoss): readonly Metric[] {
  if (!Array.isArray(given)) {
    throw new ValueError(
      `${owner}: metrics must be an array of names and functions, but received ${describe(given)}.`,
    );
  }
  const names = new Set(['loss']);
  for (const metric of given as Metric[]) {
    const { name } = resolveMetric(metric, { loss, outputShape: [1] }, owner);
    if (names.has(name)) {
      throw new ValueError(
        `${owner}: metrics must have different names, none of them 'loss', but ${describe(name)} is there already.`,
      );
    }
    names.add(name);
  }
  return [...(given as Metric[])];
}

/** @throws ValueError for threshold units above anything that is to be trained */
export function checkThresholds(owner: string, layers: readonly Layer[]): void {
  let trained = false;
  for (const layer of layers) {
    const spec = layer.spec as LayerSpec;
    trained ||= 'trainable' in spec && spec.trainable;
    if (trained && 'activation' in spec && !isTrainable(spec.activation)) {
      throw new ValueError(
        `${owner}: layer ${describe(layer.name)} has the activation '${spec.activation}', whose slope is 0 everywhere, so that nothing trains through it; expected an activation with a slope, such as 'sigmoid', or trainable: false in all layers up to it.`,
      );
    }
  }
}

/** Learning rate of the next step. */
export function currentRate({ optimizer, learningRate, state }: Compiled): number {
  const schedule = optimizer.learningRate;
  return typeof schedule === 'number' ? learningRate : schedule(state.step);
}

/**
 * Replaces the learning rate.
 *
 * @throws ValueError where a schedule gives it, and for anything but a number >= 0
 */
export function setRate(owner: string, compiled: Compiled, rate: unknown): void {
  if (typeof compiled.optimizer.learningRate !== 'number') {
    throw new ValueError(
      `${owner}: learningRate can be set where the optimizer was given a number, but a schedule gives it.`,
    );
  }
  if (typeof rate !== 'number' || !(rate >= 0 && rate < Infinity)) {
    throw new ValueError(`${owner}: learningRate must be a number >= 0, but received ${describe(rate)}.`);
  }
  compiled.learningRate = rate;
}

/** A loss, by its name and its options. */
export type Loss = Pick<ResolvedLoss, 'name' | 'spec'>;

/** Losses that are the same for every row where there is a single output, and what they need. */
const SEVERAL: Partial<Record<NamedLoss, string>> = {
  categoricalCrossentropy: 'one output per class',
  sparseCategoricalCrossentropy: 'one output per class',
  kullbackLeiblerDivergence: 'outputs that add up to 1',
};

/** Losses that need predictions of 0 or more, and the activation to use. */
const POSITIVE: Partial<Record<NamedLoss, string>> = {
  categoricalCrossentropy: "'softmax'",
  sparseCategoricalCrossentropy: "'softmax'",
  binaryCrossentropy: "'sigmoid'",
  kullbackLeiblerDivergence: "'softmax'",
  poisson: "'exponential' or 'softplus'",
  meanSquaredLogarithmicError: "'softplus' or 'relu'",
};

/** Says why no data can make a loss learn from so many outputs of an activation; undefined if some can. */
export function impossible(
  { name, spec }: Loss,
  activation: Activation,
  outputs: number | undefined,
): string | undefined {
  const several = SEVERAL[name as NamedLoss];
  if (outputs === 1 && several !== undefined) {
    return `${name} needs ${several}, but the model has 1; use binaryCrossentropy with one sigmoid unit, or one softmax unit per class.`;
  }
  const use = POSITIVE[name as NamedLoss];
  if (activation !== 'logSoftmax' || outputs === 1 || spec.fromLogits || use === undefined) return undefined;
  return `${name} needs predictions of 0 or more, but the output layer has activation 'logSoftmax', whose values are 0 or less; use activation ${use}.`;
}

function lastWithout(
  trait: 'keepsRange' | 'keepsShape',
  layers: readonly LayerSpec[],
): LayerSpec | undefined {
  return layers.filter(({ type }) => !(LAYERS[type] as LayerTraits)[trait]).at(-1);
}

/** The activation that decides the range of the outputs. */
export function finalActivation(layers: readonly LayerSpec[]): Activation {
  const last = lastWithout('keepsRange', layers);
  return last && 'activation' in last ? last.activation : 'linear';
}

/** Number of outputs, if the layers tell it without the shape of the input. */
function knownOutputs(layers: readonly LayerSpec[]): number | undefined {
  const last = lastWithout('keepsShape', layers);
  return last?.type === 'dense' ? last.units : undefined;
}

/**
 * @throws ValueError for a loss that cannot learn from the output of these layers, of this shape, whatever
 *   the data
 */
export function refuseOutput(
  owner: string,
  layers: readonly LayerSpec[],
  shape: Shape | undefined,
  loss: Loss,
): void {
  const outputs = shape ? sizeOf(shape) : knownOutputs(layers);
  const message = impossible(loss, finalActivation(layers), outputs);
  if (message !== undefined) throw new ValueError(`${owner}: ${message}`);
}
