// The public learning rate schedules: options, their checks and formulas. Schedules are functions of the
// step; how often steps come is up to training.
import type { Schema } from '../check.js';
import { boolean, checkValue, listOf, nullable, number, positiveInteger } from '../check.js';
import { ValueError } from '../errors.js';
import { cos, pow } from '../math.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';

/** A learning rate by step: the number of updates made before, 0 for the first. */
export type Schedule = (step: number) => number;

/** A schedule as data: what the factories of `schedules` return. */
export type ScheduleConfig = Config<ScheduleName>;

type ScheduleName =
  | 'exponentialDecay'
  | 'cosineDecay'
  | 'piecewiseConstant'
  | 'polynomialDecay'
  | 'inverseTimeDecay'
  | 'oneCycle';

interface Decay {
  /** Learning rate of the first step, >= 0. */
  readonly initialLearningRate: number;
  /** Steps that the decay takes, >= 1. */
  readonly decaySteps: number;
}

interface RatedDecay extends Decay {
  /** Rate of the decay per `decaySteps` steps, > 0. */
  readonly decayRate: number;
  /** Change only every decaySteps steps. Default false. */
  readonly staircase?: boolean;
}

interface CosineDecay extends Decay {
  /** What remains at the end, as a share of the highest rate: 0 to 1. Default 0. */
  readonly alpha?: number;
  /** Rate that a warmup from initialLearningRate ends with; the decay begins there. Default: no warmup. */
  readonly warmupTarget?: number | null;
  /** Steps of the warmup, >= 1. */
  readonly warmupSteps?: number;
}

interface PolynomialDecay extends Decay {
  /** Learning rate at the end of the decay, >= 0. Default 1e-4. */
  readonly endLearningRate?: number;
  /** Exponent of the decay, > 0. Default 1: linear. */
  readonly power?: number;
  /** Begin again, with a longer decay, whenever the end is reached. Default false. */
  readonly cycle?: boolean;
}

interface PiecewiseConstant {
  /** Increasing numbers of steps: values[i] holds up to and including step boundaries[i]. */
  readonly boundaries: readonly number[];
  /** One more than boundaries, each >= 0. */
  readonly values: readonly number[];
}

interface OneCycle {
  /** Rate at the peak, > 0. */
  readonly maxLearningRate: number;
  /** Steps of the whole cycle, >= 1. */
  readonly totalSteps: number;
  /** Share of the steps that rise, > 0 and < 1. Default .3. */
  readonly riseShare?: number;
  /** The first rate is maxLearningRate / divFactor. >= 1, default 25. */
  readonly divFactor?: number;
  /** The last rate is the first / finalDivFactor. >= 1, default 1e4. */
  readonly finalDivFactor?: number;
}

const rate = number({ min: 0 });
const decay = { initialLearningRate: rate, decaySteps: number({ min: 1 }) };
const rated = { ...decay, decayRate: number({ above: 0 }), staircase: boolean };
const schemas: Record<ScheduleName, Schema> = {
  exponentialDecay: rated,
  cosineDecay: {
    ...decay,
    alpha: number({ min: 0, max: 1 }),
    warmupTarget: nullable(rate),
    warmupSteps: number({ min: 0 }),
  },
  piecewiseConstant: { boundaries: listOf(rate, 1), values: listOf(rate, 2) },
  polynomialDecay: { ...decay, endLearningRate: rate, power: number({ above: 0 }), cycle: boolean },
  inverseTimeDecay: rated,
  oneCycle: {
    maxLearningRate: number({ above: 0 }),
    totalSteps: positiveInteger,
    riseShare: number({ above: 0, below: 1 }),
    divFactor: number({ min: 1 }),
    finalDivFactor: number({ min: 1 }),
  },
};

const REQUIRED: Record<ScheduleName, readonly string[]> = {
  exponentialDecay: ['initialLearningRate', 'decaySteps', 'decayRate'],
  inverseTimeDecay: ['initialLearningRate', 'decaySteps', 'decayRate'],
  cosineDecay: ['initialLearningRate', 'decaySteps'],
  piecewiseConstant: ['boundaries', 'values'],
  polynomialDecay: ['initialLearningRate', 'decaySteps'],
  oneCycle: ['maxLearningRate', 'totalSteps'],
};

const TABLE = { kind: 'schedule', group: 'schedules', schemas } as const;

function make(name: ScheduleName, options: unknown): ScheduleConfig {
  return complete(makeConfig(TABLE, name, options));
}

/** Refuses what its options alone do not show to be wrong. */
function complete(config: ScheduleConfig): ScheduleConfig {
  const owner = `schedules.${config.name}`;
  for (const option of REQUIRED[config.name]) {
    checkValue(owner, option, config[option], schemas[config.name][option]);
  }
  if (config.name !== 'piecewiseConstant') return config;
  const { boundaries, values } = config as unknown as PiecewiseConstant;
  if (values.length !== boundaries.length + 1) {
    throw new ValueError(
      `${owner}: values must be one more than boundaries, but received ${values.length} values and ${boundaries.length} boundaries.`,
    );
  }
  if (boundaries.some((boundary, i) => i > 0 && boundary <= boundaries[i - 1])) {
    throw new ValueError(`${owner}: boundaries must increase, but received [${boundaries.join(', ')}].`);
  }
  return config;
}

/**
 * Learning rates that change with the step: the number of updates made before, 0 for the first. Pass one to
 * an optimizer as `learningRate`. Source: keras/src/optimizers/schedules/learning_rate_schedule.py.
 */
export const schedules = {
  /** Exponential decay: initialLearningRate · decayRate^(step / decaySteps) */
  exponentialDecay: (options: RatedDecay): ScheduleConfig => make('exponentialDecay', options),

  /**
   * Cosine decay from the initial rate (after a warmup: from its target) to alpha times that; then constant.
   */
  cosineDecay: (options: CosineDecay): ScheduleConfig => make('cosineDecay', options),

  /** A constant rate for each range of steps. */
  piecewiseConstant: (options: PiecewiseConstant): ScheduleConfig => make('piecewiseConstant', options),

  /**
   * Polynomial decay: (initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power +
   * endLearningRate; then constant.
   */
  polynomialDecay: (options: PolynomialDecay): ScheduleConfig => make('polynomialDecay', options),

  /** Inverse time decay: initialLearningRate / (1 + decayRate · step / decaySteps) */
  inverseTimeDecay: (options: RatedDecay): ScheduleConfig => make('inverseTimeDecay', options),

  /**
   * One cycle: up along half a cosine, then down to almost 0 along another (Smith & Topin, 2018; torch's
   * OneCycleLR).
   */
  oneCycle: (options: OneCycle): ScheduleConfig => make('oneCycle', options),
};

/** The learning rate by step that a config stands for. @throws ValueError */
export function resolveSchedule(given: unknown, owner: string): { config: ScheduleConfig; rate: Schedule } {
  const config = complete(resolveConfig(TABLE, given, owner) as ScheduleConfig);
  const rule = RULES[config.name] as unknown as (options: ScheduleConfig) => Schedule;
  return { config, rate: rule(config) };
}

function periods({ decaySteps, staircase }: RatedDecay, step: number): number {
  const share = step / decaySteps;
  return staircase ? Math.floor(share) : share;
}

/** From one value to another along half a cosine; share 0 to 1. */
function cosine(from: number, to: number, share: number): number {
  return to + 0.5 * (from - to) * (1 + cos(Math.PI * share));
}

const RULES = {
  exponentialDecay: (options: RatedDecay) => (step: number) =>
    options.initialLearningRate * pow(options.decayRate, periods(options, step)),

  inverseTimeDecay: (options: RatedDecay) => (step: number) =>
    options.initialLearningRate / (1 + options.decayRate * periods(options, step)),

  cosineDecay: (options: CosineDecay) => (step: number) => {
    const { initialLearningRate: initial, decaySteps, alpha = 0, warmupTarget: target } = options;
    const { warmupSteps: steps = 0 } = options;
    const warm = target !== undefined && target !== null;
    if (warm && step < steps) return initial + (target - initial) * (step / steps);
    const from = warm ? target : initial;
    return cosine(from, alpha * from, Math.min(1, (step - (warm ? steps : 0)) / decaySteps));
  },

  piecewiseConstant:
    ({ boundaries, values }: PiecewiseConstant) =>
    (step: number) => {
      const i = boundaries.findIndex((boundary) => step <= boundary);
      return values[i === -1 ? boundaries.length : i];
    },

  polynomialDecay: (options: PolynomialDecay) => (step: number) => {
    const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = options;
    const length = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const rest = 1 - Math.min(step, length) / length;
    return (initialLearningRate - endLearningRate) * pow(rest, power) + endLearningRate;
  },

  oneCycle: (options: OneCycle) => (step: number) => {
    const { maxLearningRate: peakRate, totalSteps, riseShare = 0.3, divFactor = 25 } = options;
    const first = peakRate / divFactor;
    const peak = riseShare * totalSteps - 1;
    if (step <= peak) return cosine(first, peakRate, peak > 0 ? step / peak : 1);
    const last = first / (options.finalDivFactor ?? 1e4);
    return cosine(peakRate, last, Math.min(1, (step - peak) / (totalSteps - 1 - peak)));
  },
};
