// The public losses: options, their checks, formulas, and what training goes by: a spec, smoothed targets, a
// checked function of the user's. What the plan needs of a loss is in losses.ts, apart from here because
// lamella/predict loads it.
import type { Schema } from '../check.js';
import { boolean, describe, number } from '../check.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';
import { ShapeError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { readList } from '../ndarray.js';
import { mapped } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import type { LossName, LossSpec } from './losses.js';

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
 * Losses (keras/src/losses/losses.py). Each formula is the loss of one row, with targets t and predictions p;
 * `mean` and Σ go over the outputs. The loss of a batch is the mean over its rows. A name may stand for a
 * loss with default options: 'huber'. Any loss goes with any output activation from which it can learn
 * (`compile` refuses the others, `fit` warns of those from which it learns badly); probabilities are kept
 * 1e-7 from 0 and 1.
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
  /**
   * mean of ½ e² where e = |p − t| <= delta, else delta · e − ½ delta². @param options.delta > 0, default 1
   */
  huber: (options: Pick<LossOptions, 'delta'> = {}): LossConfig => make('huber', options),
  /** mean ln cosh(p − t) */
  logCosh: (options: None = {}): LossConfig => make('logCosh', options),
  /** mean (p − t · ln p) */
  poisson: (options: None = {}): LossConfig => make('poisson', options),
  /**
   * mean −(t · ln p + (1 − t) · ln(1 − p)); targets 0 to 1. labelSmoothing s: t (1 − s) + s / 2. Alias bce.
   */
  binaryCrossentropy: (options: Smoothed = {}): LossConfig => make('binaryCrossentropy', options),
  /** −Σ t · ln(p / Σ p); targets one-hot or shares. labelSmoothing s: t (1 − s) + s / outputs. */
  categoricalCrossentropy: (options: Smoothed = {}): LossConfig => make('categoricalCrossentropy', options),
  /** categoricalCrossentropy with classes as targets: an integer from 0 to outputs − 1 per row. */
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

/**
 * A loss of the user's: both arrays have shape (rows, outputs). `loss` is the mean over the rows of the
 * batch, `gradient` its derivative with respect to yPred, of the same shape.
 */
export type UserLoss = (
  yTrue: NdArray,
  yPred: NdArray,
) => { readonly loss: number; readonly gradient: NdArray | ArrayLike<number> };

/**
 * A loss in JavaScript: the batch's mean loss and its gradient with respect to the predictions. All arrays
 * have shape (rows, outputs).
 */
export type HostLoss = (
  targets: Float32Array,
  predictions: Float32Array,
  rows: number,
) => { loss: number; gradient: ArrayLike<number> };

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

/** A user's loss as training calls it; what it returns is checked. */
function hostLoss(given: UserLoss, owner: string): HostLoss {
  return (targets, predictions, rows) => {
    const shape = [rows, predictions.length / rows];
    const result: unknown = given(
      { data: targets, shape: [rows, targets.length / rows] },
      { data: predictions, shape },
    );
    const { loss, gradient } = (result ?? {}) as { loss?: unknown; gradient?: unknown };
    if (typeof loss !== 'number') {
      const received = typeof result === 'object' && result !== null && 'loss' in result ? loss : result;
      throw new ValueError(
        `${owner}: the loss function must return { loss, gradient } with a number as loss, but received ${describe(received)}.`,
      );
    }
    return { loss, gradient: valuesOf(gradient, shape, owner) };
  };
}

function valuesOf(gradient: unknown, [rows, outputs]: readonly number[], owner: string): ArrayLike<number> {
  const { data = gradient, scale = 1 } = (gradient ?? {}) as { data?: unknown; scale?: unknown };
  const values = readList(data, `${owner}: the gradient of the loss function`);
  if (values?.length !== rows * outputs) {
    const received = values === undefined ? describe(gradient) : `${values.length} values`;
    throw new ShapeError(
      `${owner}: the loss function must return a gradient of shape (${rows}, ${outputs}), ${rows * outputs} values, but received ${received}.`,
    );
  }
  const bad = Array.isArray(values) ? values.findIndex((value) => typeof value !== 'number') : -1;
  if (bad >= 0 || typeof scale !== 'number') {
    const received = bad >= 0 ? describe(values[bad]) : `${describe(scale)} as its scale`;
    throw new ValueError(
      `${owner}: the loss function must return a gradient of numbers, but received ${received}.`,
    );
  }
  const numbers = values as ArrayLike<number>;
  return scale === 1 ? numbers : Float32Array.from(numbers, (value) => value * scale);
}

/** Targets (rows, outputs) with `labelSmoothing` applied: a new array, or the given one without smoothing. */
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
