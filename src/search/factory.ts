import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { freshSeed } from '../random.js';
import type { Estimator, EstimatorFactory, EstimatorSource, Params } from './estimator.js';
import { cloneEstimator, isEstimator, isPlainObject } from './estimator.js';

/**
 * The factory that an estimator, a class or a function stands for.
 *
 * @throws ValueError for anything else, and if the function gives no estimator
 */
export function factoryOf<E extends Estimator>(
  owner: string,
  source: EstimatorSource<E>,
): EstimatorFactory<E> {
  const make = (params: Params): E => {
    if (typeof source !== 'function') return cloneEstimator(source, params);
    const isClass = typeof (source.prototype as Partial<Estimator> | undefined)?.fit === 'function';
    if (isClass) return new (source as new (params: Params) => E)(params);
    return (source as (params: Params) => E)(params);
  };
  return (params) => {
    const estimator: unknown = typeof source === 'function' || isEstimator(source) ? make(params) : source;
    if (isEstimator(estimator)) return estimator as E;
    throw new ValueError(
      `${owner}: estimator must have fit, predict and getParams, or be a function that returns such, but received ${describe(estimator)}.`,
    );
  };
}

/**
 * Seeds for whatever in an estimator has none, drawn once for all trials, which thereby are functions of their parameters
 * and rows alone.
 */
export function seedsFor(estimator: Pick<Estimator, 'getParams'>): Params {
  return seedsOf(estimator.getParams() as Params);
}

function seedsOf(params: Params): Params {
  const seeds: Params = {};
  for (const [name, value] of Object.entries(params)) {
    if (name === 'randomState' && value === null) seeds[name] = freshSeed();
    else if (isPlainObject(value)) {
      const inner = seedsOf(value);
      if (Object.keys(inner).length > 0) seeds[name] = inner;
    }
  }
  return seeds;
}

/** Options laid over others, step by step in nested ones. */
export function mergeParams(base: Params, over: Params): Params {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const nested = isPlainObject(value) && isPlainObject(below);
    merged[name] = nested ? mergeParams(below, value) : value;
  }
  return merged;
}
