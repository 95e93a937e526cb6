import { anyOf, integer, listOf, number } from '../check.js';
import { ValueError } from '../errors.js';
import type { ConstraintSpec } from './spec.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';

/** A constraint as data: what the factories of `constraints` return. */
export type ConstraintConfig = Config<ConstraintName> & {
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly rate?: number;
  readonly axis?: Axis;
};

/** One axis, or the first axes, from 0 to 3. */
type Axis = number | readonly number[];

type ConstraintName = 'maxNorm' | 'nonNeg' | 'unitNorm' | 'minMaxNorm';

const norm = number({ min: 0 });
const one = integer({ min: 0, max: 3 });
const axis = anyOf(one, listOf(one, 1, 4));
const TABLE = {
  kind: 'constraint',
  group: 'constraints',
  schemas: {
    maxNorm: { maxValue: norm, axis },
    nonNeg: {},
    unitNorm: { axis },
    minMaxNorm: { minValue: norm, maxValue: norm, rate: number({ min: 0, max: 1 }), axis },
  },
} as const;

/**
 * Constraints: limits to which every update brings weights back (keras/src/constraints/constraints.py). Norms
 * are Euclidean; `axis` 0 (default) takes them over the inputs of every unit, 1 over the units of every
 * input. For the kernel of a convolution (height, width, channels, filters) it is 0, [0, 1], or [0, 1, 2]:
 * over the whole filter. A name may stand for a constraint with default options: 'nonNeg'.
 */
export const constraints = {
  /**
   * Limit of the norm: w · clip(norm, 0, maxValue) / (1e-7 + norm). @param options.maxValue >= 0, default 2
   */
  maxNorm: (options: { maxValue?: number; axis?: Axis } = {}): ConstraintConfig =>
    makeConfig(TABLE, 'maxNorm', options) as ConstraintConfig,

  /** No negative weights: max(w, 0). */
  nonNeg: (options: Record<string, never> = {}): ConstraintConfig => makeConfig(TABLE, 'nonNeg', options),

  /** Norms of 1: w / (1e-7 + norm). */
  unitNorm: (options: { axis?: Axis } = {}): ConstraintConfig =>
    makeConfig(TABLE, 'unitNorm', options) as ConstraintConfig,

  /**
   * Norms within limits: w · wanted / (1e-7 + norm), where wanted = rate · clip(norm, minValue, maxValue) +
   * (1 − rate) · norm.
   *
   * @param options.minValue >= 0, default 0
   * @param options.maxValue >= minValue, default 1
   * @param options.rate 0 to 1, default 1: how far a step goes
   */
  minMaxNorm: (
    options: { minValue?: number; maxValue?: number; rate?: number; axis?: Axis } = {},
  ): ConstraintConfig => makeConfig(TABLE, 'minMaxNorm', options) as ConstraintConfig,
};

/**
 * The constraint that a name or a config stands for; undefined for null and undefined. As JSON a norm is
 * `{ name: 'minMaxNorm', minValue: least, maxValue: most, rate, axis }`.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveConstraint(given: unknown, owner: string): ConstraintSpec | undefined {
  if (given === undefined || given === null) return undefined;
  const config = resolveConfig(TABLE, given, owner) as ConstraintConfig;
  const { name, minValue = 0, rate = 1 } = config;
  const along = axisOf(config.axis ?? 0, owner);
  if (name === 'nonNeg') return { kind: 'nonNeg' };
  if (name === 'unitNorm') return { kind: 'norm', min: 1, max: 1, rate: 1, axis: along };
  const limit = config.maxValue ?? (name === 'maxNorm' ? 2 : 1);
  if (minValue > limit) {
    throw new ValueError(
      `${owner}: minMaxNorm needs minValue <= maxValue, but received minValue ${minValue} and maxValue ${limit}.`,
    );
  }
  return { kind: 'norm', min: minValue, max: limit, rate, axis: along };
}

/** 0, 1, or the first axes in order. */
function axisOf(given: Axis, owner: string): 0 | 1 | readonly number[] {
  const axes = typeof given === 'number' ? [given] : [...given].sort((a, b) => a - b);
  if (axes.length === 1 && axes[0] < 2) return axes[0] as 0 | 1;
  if (axes.length < 4 && axes.every((axis, i) => axis === i)) return axes;
  throw new ValueError(
    `${owner}: the axis of a norm must be 0, 1, [0, 1] or [0, 1, 2], but received [${axes.join(', ')}].`,
  );
}
