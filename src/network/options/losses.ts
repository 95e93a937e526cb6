import { mapped } from '../../ndarray/values.js';
import type { Pieces } from '../../yielding.js';
import type { Schema } from '../../check.js';
import { boolean, number } from '../../check.js';
import type { LossName, LossSpec } from '../losses.js';
import type { HostLoss, UserLoss } from './host-loss.js';
import { hostLoss } from './host-loss.js';
import type { Config } from './named.js';
import { makeConfig, resolveConfig } from './named.js';

/** The losses that have a name: `custom` and scikit-learn's deviance have none. */
export type NamedLoss = Exclude<LossName, 'custom' | 'poissonDeviance'>;

/** A loss as data: what the factories of `losses` return. */
export type LossConfig = Config<NamedLoss> & LossOptions;

export interface LossOptions {
  /** Predictions are logits: softmax or sigmoid is part of the loss. Default false. */
  readonly fromLogits?: boolean;
  /** Share of every target that is spread over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Huber: where the square becomes a line, > 0. Default 1. */
  readonly delta?: number;
}

type Logits = Pick<LossOptions, 'fromLogits'>;
type Smoothed = Pick<LossOptions, 'fromLogits' | 'labelSmoothing'>;
type None = Record<string, never>;

const logits = { fromLogits: boolean };
const smoothed = { ...logits, labelSmoothing: number({ min: 0, max: 1 }) };
const schemas: Record<NamedLoss, Schema> = {
  meanSquaredError: {},
  meanAbsoluteError: {},
  meanSquaredLogarithmicError: {},
  meanAbsolutePercentageError: {},
  huber: { delta: number({ above: 0 }) },
  logCosh: {},
  poisson: {},
  binaryCrossentropy: smoothed,
  categoricalCrossentropy: smoothed,
  sparseCategoricalCrossentropy: logits,
  hinge: {},
  squaredHinge: {},
  categoricalHinge: {},
  kullbackLeiblerDivergence: {},
};

/** All losses by name. */
export const LOSSES = {
  kind: 'loss',
  group: 'losses',
  schemas,
  aliases: {
    mse: 'meanSquaredError',
    mae: 'meanAbsoluteError',
    mape: 'meanAbsolutePercentageError',
    msle: 'meanSquaredLogarithmicError',
    kld: 'kullbackLeiblerDivergence',
    klDivergence: 'kullbackLeiblerDivergence',
    bce: 'binaryCrossentropy',
  },
} as const;

const make = (name: NamedLoss, options: unknown): LossConfig => makeConfig(LOSSES, name, options);

/**
 * Losses: the mean over the rows of a batch of what is said here for one row, with targets t and predictions
 * p (outputs each); `mean` and Σ go over the outputs. Everywhere a loss is taken, its name will do: 'huber'.
 * Any loss goes with any output activation that it can learn from (`compile` refuses the others, `fit` warns
 * of those that it learns badly from); probabilities are kept 1e-7 from 0 and 1. Source:
 * keras/src/losses/losses.py.
 */
export const losses = {
  /** mean (p − t)². Alias mse. */
  meanSquaredError: (options: None = {}): LossConfig => make('meanSquaredError', options),
  /** mean |p − t|. Alias mae. */
  meanAbsoluteError: (options: None = {}): LossConfig => make('meanAbsoluteError', options),
  /** mean (ln(p + 1) − ln(t + 1))²; negative values count as 0. Alias msle. */
  meanSquaredLogarithmicError: (options: None = {}): LossConfig =>
    make('meanSquaredLogarithmicError', options),
  /** 100 · mean |p − t| / |t|. Alias mape. */
  meanAbsolutePercentageError: (options: None = {}): LossConfig =>
    make('meanAbsolutePercentageError', options),
  /** mean of ½ e² where e = |p − t| <= delta, else delta · e − ½ delta². @param options.delta > 0, default 1 */
  huber: (options: Pick<LossOptions, 'delta'> = {}): LossConfig => make('huber', options),
  /** mean ln cosh(p − t) */
  logCosh: (options: None = {}): LossConfig => make('logCosh', options),
  /** mean (p − t · ln p) */
  poisson: (options: None = {}): LossConfig => make('poisson', options),
  /** mean −(t · ln p + (1 − t) · ln(1 − p)); targets 0 to 1. labelSmoothing s: t (1 − s) + s / 2. Alias bce. */
  binaryCrossentropy: (options: Smoothed = {}): LossConfig => make('binaryCrossentropy', options),
  /** −Σ t · ln(p / Σ p); targets one-hot or shares. labelSmoothing s: t (1 − s) + s / outputs. */
  categoricalCrossentropy: (options: Smoothed = {}): LossConfig => make('categoricalCrossentropy', options),
  /** The same with the class as target: an integer from 0 to outputs − 1 per row. */
  sparseCategoricalCrossentropy: (options: Logits = {}): LossConfig =>
    make('sparseCategoricalCrossentropy', options),
  /** mean max(1 − t · p, 0); targets −1 and 1, or 0 and 1. */
  hinge: (options: None = {}): LossConfig => make('hinge', options),
  /** mean max(1 − t · p, 0)²; targets −1 and 1, or 0 and 1. */
  squaredHinge: (options: None = {}): LossConfig => make('squaredHinge', options),
  /** max(0, 1 + max((1 − t) · p) − Σ t · p); targets one-hot. */
  categoricalHinge: (options: None = {}): LossConfig => make('categoricalHinge', options),
  /** Σ t · ln(t / p); targets are shares. Aliases kld, klDivergence. */
  kullbackLeiblerDivergence: (options: None = {}): LossConfig => make('kullbackLeiblerDivergence', options),
};

/** A loss, ready for a plan. */
export interface ResolvedLoss {
  /** Canonical name, or 'custom'. */
  readonly name: NamedLoss | 'custom';
  readonly spec: LossSpec;
  /** To be applied to the targets (`smoothTargets`) before they are trained on or evaluated. */
  readonly labelSmoothing: number;
  /** The loss where it is a function. */
  readonly hostLoss?: HostLoss;
  /** The loss as JSON; null where it is a function. */
  readonly config: LossConfig | null;
}

/**
 * The loss that a name, a config or a function `(yTrue, yPred) => { loss, gradient }` stands for.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveLoss(given: unknown, owner: string): ResolvedLoss {
  if (typeof given === 'function') {
    const spec = { name: 'custom' } as const;
    return { ...spec, spec, labelSmoothing: 0, hostLoss: hostLoss(given as UserLoss, owner), config: null };
  }
  const config = resolveConfig(LOSSES, given, owner) as LossConfig;
  const { name, labelSmoothing = 0, fromLogits, delta } = config;
  const spec: LossSpec = { name, ...(fromLogits && { fromLogits }), ...(delta !== undefined && { delta }) };
  return { name, spec, labelSmoothing, config };
}

/** Targets (rows, outputs) with `labelSmoothing` applied: a new array, or the given one where there is none. */
export function* smoothTargets(
  targets: Float32Array,
  outputs: number,
  { name, labelSmoothing }: Pick<ResolvedLoss, 'name' | 'labelSmoothing'>,
): Pieces<Float32Array> {
  if (labelSmoothing === 0) return targets;
  const share = labelSmoothing / (name === 'binaryCrossentropy' ? 2 : outputs);
  const smooth = (target: number): number => target * (1 - labelSmoothing) + share;
  return yield* mapped(targets, new Float32Array(targets.length), smooth);
}
