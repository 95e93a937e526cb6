import { anything, checkOptions, describe, refuseMisplaced } from '../check.js';
import { ValueError } from '../errors.js';
import { isTrainable } from '../network/activations.js';
import type { LossConfig, ResolvedLoss } from '../network/options/losses.js';
import { resolveLoss } from '../network/options/losses.js';
import type { OptimizerConfig, ResolvedOptimizer } from '../network/options/optimizers.js';
import { resolveOptimizer } from '../network/options/optimizers.js';
import type { UserLoss } from '../network/options/host-loss.js';
import type { OptimizerState } from '../network/optimizers.js';
import { newOptimizerState } from '../network/optimizers.js';
import type { LayerSpec } from '../network/spec.js';
import type { MetricConfig, MetricFunction } from '../train/metrics/index.js';
import { resolveMetric } from '../train/metrics/index.js';
import type { Layer } from './layer.js';

/** A name, what a factory of `metrics` returns, or a function of targets and predictions, (rows, outputs) each. */
export type Metric = string | MetricConfig | MetricFunction;

export interface CompileOptions {
  /** A name, or what a factory of `optimizers` returns. Default 'rmsprop'. */
  readonly optimizer?: string | OptimizerConfig;
  /** A name, what a factory of `losses` returns, or `(yTrue, yPred) => { loss, gradient }`. */
  readonly loss: string | LossConfig | UserLoss;
  /** Names, or functions `(yTrue, yPred) => number`. Default: none. */
  readonly metrics?: readonly Metric[];
}

/** What a model is trained with. */
export interface Compiled {
  /** As the user gave them. */
  readonly options: CompileOptions;
  readonly optimizer: ResolvedOptimizer;
  readonly loss: ResolvedLoss;
  /** As the user gave them. */
  readonly metrics: readonly Metric[];
  /** The learning rate in force where no schedule gives it. */
  learningRate: number;
  /** Goes on over calls of fit. */
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

/** Names, configs and functions, each known and of another name than all others: under these they are reported. */
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

/** The learning rate of the next step. */
export function currentRate({ optimizer, learningRate, state }: Compiled): number {
  const schedule = optimizer.learningRate;
  return typeof schedule === 'number' ? learningRate : schedule(state.step);
}

/** Replace the learning rate. @throws ValueError where a schedule gives it, and for anything but a number >= 0 */
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
