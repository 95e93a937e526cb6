// The public optimizers: options, their checks, formulas with sources, and the spec that training goes by
// (optimizers.ts, which has rules and slots). A new rule is a formula in scripts/kernels/rules.mjs, its
// scalars in optimizers.ts, and a name with options here.
import type { Rule, Schema } from '../check.js';
import { boolean, describe, nullable, number, refused } from '../check.js';
import { ValueError } from '../errors.js';
import type { OptimizerCommon, OptimizerSpec } from './optimizers.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';
import type { Schedule, ScheduleConfig } from './schedules.js';
import { resolveSchedule } from './schedules.js';

/**
 * An optimizer as data: what the factories of `optimizers` return. JSON unless `learningRate` is a function.
 */
export type OptimizerConfig = Config<OptimizerName>;

type OptimizerName =
  'sgd' | 'adam' | 'adamw' | 'adamax' | 'nadam' | 'rmsprop' | 'adagrad' | 'adadelta' | 'lion';

interface Common extends OptimizerCommon {
  /**
   * Learning rate: a number >= 0, a schedule, or a function of the step (the number of updates made before).
   * Default .001; sgd: .01.
   */
  readonly learningRate?: number | ScheduleConfig | Schedule;
}

interface Moments extends Common {
  /** Decay rate of the mean of gradients, 0 <= beta1 < 1. Default .9. */
  readonly beta1?: number;
  /**
   * Decay rate of the mean of squared gradients, 0 <= beta2 < 1. Default .999; lion: of the momentum, .99.
   */
  readonly beta2?: number;
  /** Constant added to the root of the mean of squares, >= 1e-30. Default 1e-7. */
  readonly epsilon?: number;
}

interface Sgd extends Common {
  /** Share of the last step that the next one keeps, 0 to 1. Default 0. */
  readonly momentum?: number;
  /** Apply Nesterov momentum. Default false. */
  readonly nesterov?: boolean;
}

interface Adam extends Moments {
  /** Divide by the root of the largest mean of squares so far (Reddi et al., 2018). Default false. */
  readonly amsgrad?: boolean;
}

interface Rmsprop extends Common {
  /** Decay rate of the mean of squared gradients, 0 <= rho < 1. Default .9. */
  readonly rho?: number;
  /** Share of the last step that the next one keeps, 0 to 1. Default 0. */
  readonly momentum?: number;
  /** Constant added under the root, >= 1e-30. Default 1e-7. */
  readonly epsilon?: number;
  /** Subtract the squared mean of gradients from the mean of their squares. Default false. */
  readonly centered?: boolean;
}

interface Adagrad extends Common {
  /** Initial value of every sum of squared gradients, >= 0. Default .1. */
  readonly initialAccumulatorValue?: number;
  /** Constant added under the root, >= 1e-30. Default 1e-7. */
  readonly epsilon?: number;
}

interface Adadelta extends Common {
  /** Decay rate of both means of squares, 0 <= rho < 1. Default .95. */
  readonly rho?: number;
  /** Constant added under both roots, >= 1e-30. Default 1e-7. */
  readonly epsilon?: number;
}

const rate = {
  expected: 'a number >= 0, a schedule or a function of the step',
  accept: (value: unknown): unknown => {
    const rateLike = typeof value === 'number' ? value >= 0 && value < Infinity : isScheduleLike(value);
    return rateLike ? value : refused;
  },
};
const share = number({ min: 0, max: 1 });
const mean = number({ min: 0, below: 1 });
const epsilon = number({ min: 1e-30 });
const limit = nullable(number({ above: 0 }));
const common = {
  learningRate: rate as Rule<unknown>,
  clipNorm: limit,
  globalClipNorm: limit,
  clipValue: limit,
  weightDecay: nullable(number({ min: 0 })),
};
const betas = { ...common, beta1: mean, beta2: mean };
const moments = { ...betas, epsilon };
const schemas: Record<OptimizerName, Schema> = {
  sgd: { ...common, momentum: share, nesterov: boolean },
  adam: { ...moments, amsgrad: boolean },
  adamw: { ...moments, amsgrad: boolean },
  adamax: moments,
  nadam: moments,
  rmsprop: { ...common, rho: mean, momentum: share, epsilon, centered: boolean },
  adagrad: { ...common, initialAccumulatorValue: number({ min: 0 }), epsilon },
  adadelta: { ...common, rho: mean, epsilon },
  lion: betas,
};

const TABLE = { kind: 'optimizer', group: 'optimizers', schemas } as const;

function isScheduleLike(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

const make = (name: OptimizerName, options: unknown): OptimizerConfig =>
  complete(makeConfig(TABLE, name, options), `optimizers.${name}`);

/** Refuses what its options alone do not show to be wrong. */
function complete(config: OptimizerConfig, owner: string): OptimizerConfig {
  const clips = ['clipNorm', 'globalClipNorm', 'clipValue'].filter(
    (option) => (config[option] ?? null) !== null,
  );
  if (clips.length > 1) {
    throw new ValueError(
      `${owner}: expected at most one of clipNorm, globalClipNorm and clipValue, but received ${clips.join(' and ')}.`,
    );
  }
  if (typeof config.learningRate !== 'object') return config;
  return { ...config, learningRate: resolveSchedule(config.learningRate, owner).config };
}

/**
 * Optimizers: update rules of a weight w by its gradient g (keras/src/optimizers). A name may stand for an
 * optimizer with default options: 'adam'. All accept `learningRate` (default .001; sgd .01), at most one of
 * `clipNorm` (limit of the norm of each array's gradient), `globalClipNorm` (of all gradients together) and
 * `clipValue` (of the magnitude of each value), and `weightDecay` d: w ← w − learningRate · d · w before the
 * update, biases too. Regularizers come before clipping, constraints last. Moments below 2^-100 in magnitude
 * are set to 0.
 */
export const optimizers = {
  /**
   * Stochastic gradient descent: v ← momentum · v − learningRate · g, w ← w + v; with `nesterov`
   * w ← w + momentum · v − learningRate · g (Sutskever et al., 2013).
   */
  sgd: (options: Sgd = {}): OptimizerConfig => make('sgd', options),

  /**
   * Adam: m ← beta1 · m + (1 − beta1) · g, v ← beta2 · v + (1 − beta2) · g²,
   * w ← w − learningRate · √(1 − beta2^t) / (1 − beta1^t) · m / (√v + epsilon) (Kingma & Ba, 2015).
   */
  adam: (options: Adam = {}): OptimizerConfig => make('adam', options),

  /** Adam with a weightDecay of .004 by default (Loshchilov & Hutter, 2019). */
  adamw: (options: Adam = {}): OptimizerConfig => make('adamw', options),

  /**
   * Adamax: m as adam, u ← max(beta2 · u, |g|),
   * w ← w − learningRate / (1 − beta1^t) · m / (u + epsilon) (Kingma & Ba, 2015, section 7.1).
   */
  adamax: (options: Moments = {}): OptimizerConfig => make('adamax', options),

  /** Adam with Nesterov momentum, beta1 (1 − ½ · .96^t) at step t (Dozat, 2016). */
  nadam: (options: Moments = {}): OptimizerConfig => make('nadam', options),

  /**
   * RMSprop: v ← rho · v + (1 − rho) · g², m ← momentum · m + learningRate · g / √(v + epsilon), w ← w − m
   * (Tieleman & Hinton, 2012); `centered` subtracts the squared mean of gradients from v (Graves, 2013).
   */
  rmsprop: (options: Rmsprop = {}): OptimizerConfig => make('rmsprop', options),

  /** Adagrad: a ← a + g², w ← w − learningRate · g / √(a + epsilon) (Duchi et al., 2011). */
  adagrad: (options: Adagrad = {}): OptimizerConfig => make('adagrad', options),

  /**
   * Adadelta: v as rmsprop, d = √(u + epsilon) / √(v + epsilon) · g, u ← rho · u + (1 − rho) · d²,
   * w ← w − learningRate · d (Zeiler, 2012).
   */
  adadelta: (options: Adadelta = {}): OptimizerConfig => make('adadelta', options),

  /**
   * Lion: w ← w − learningRate · sign(beta1 · m + (1 − beta1) · g), m ← beta2 · m + (1 − beta2) · g
   * (Chen et al., 2023).
   *
   * @param options.beta2 0 <= beta2 < 1, default .99
   */
  lion: (options: Omit<Moments, 'epsilon'> = {}): OptimizerConfig => make('lion', options),
};

/** An optimizer, ready for a plan. */
export interface ResolvedOptimizer {
  readonly name: OptimizerName;
  readonly spec: OptimizerSpec;
  /** A number, or the rate by the number of updates made before. */
  readonly learningRate: number | Schedule;
  /** The optimizer as JSON; null where its learning rate is a function. */
  readonly config: OptimizerConfig | null;
}

/**
 * The optimizer that a name or a config stands for.
 *
 * @throws ValueError for unknown names, unknown options, bad values and more than one kind of clipping
 */
export function resolveOptimizer(given: unknown, owner: string): ResolvedOptimizer {
  const config = complete(resolveConfig(TABLE, given, owner), owner);
  const { name, learningRate = name === 'sgd' ? 0.01 : 0.001 } = config;
  const written = typeof learningRate !== 'function';
  return {
    name,
    spec: specOf(config as Config<OptimizerName> & AllOptions),
    learningRate: rateOf(learningRate, owner),
    config: written ? config : null,
  };
}

type AllOptions = Sgd & Adam & Rmsprop & Adagrad;

function specOf({ name, ...options }: { readonly name: OptimizerName } & AllOptions): OptimizerSpec {
  const { momentum = 0, epsilon = 1e-7, beta1 = 0.9 } = options;
  const shared = {
    clipNorm: options.clipNorm ?? undefined,
    globalClipNorm: options.globalClipNorm ?? undefined,
    clipValue: options.clipValue ?? undefined,
    weightDecay: options.weightDecay ?? undefined,
  };
  const betas = { beta1, beta2: options.beta2 ?? 0.999 };
  switch (name) {
    case 'sgd':
      return { kind: name, momentum, nesterov: options.nesterov ?? false, ...shared };
    case 'adam':
      return { kind: name, ...betas, epsilon, amsgrad: options.amsgrad ?? false, ...shared };
    case 'adamw':
      return {
        ...shared,
        ...{ kind: 'adam', ...betas, epsilon, amsgrad: options.amsgrad ?? false },
        weightDecay: options.weightDecay === undefined ? 0.004 : shared.weightDecay,
      };
    case 'adamax':
    case 'nadam':
      return { kind: name, ...betas, epsilon, ...shared };
    case 'rmsprop':
      return {
        kind: name,
        rho: options.rho ?? 0.9,
        momentum,
        epsilon,
        centered: options.centered ?? false,
        ...shared,
      };
    case 'adagrad':
      return { kind: name, initialAccumulator: options.initialAccumulatorValue ?? 0.1, epsilon, ...shared };
    case 'adadelta':
      return { kind: name, rho: options.rho ?? 0.95, epsilon, ...shared };
    case 'lion':
      return { kind: name, beta1, beta2: options.beta2 ?? 0.99, ...shared };
  }
}

function rateOf(given: unknown, owner: string): number | Schedule {
  if (typeof given === 'number') return given;
  if (typeof given === 'object') return resolveSchedule(given, owner).rate;
  return (step) => {
    const value = (given as Schedule)(step) as unknown;
    if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
    throw new ValueError(
      `${owner}: the learning rate of step ${step} must be a number >= 0, but received ${describe(value)}.`,
    );
  };
}
