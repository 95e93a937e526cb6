import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { freshSeed, RandomState } from '../random.js';

/** Options by name; those of a pipeline's steps are such objects themselves. */
export type Params = Record<string, unknown>;

/** What model selection needs of an estimator. */
export interface Estimator {
  fit(x: any, y: any, options?: any): unknown;
  predict(x: any): unknown;
  getParams(): object;
  score?(x: any, y: any): number | Promise<number>;
  predictProba?(x: any): unknown;
  decisionFunction?(x: any): unknown;
  /** True if a method works; default: whether it is there. For estimators that hand methods on to others. */
  supports?(method: string): boolean;
  /** The labels of a fitted classifier, sorted. */
  readonly classes?: readonly unknown[];
  /** Which it is; default: a classifier if it has predictProba or decisionFunction. */
  readonly estimatorType?: 'classifier' | 'regressor';
  /** An unfitted copy with some options changed; default: new constructor({ ...getParams(), ...params }). */
  clone?(params?: Params): Estimator;
}

/** Makes an unfitted estimator with some options changed. */
export type EstimatorFactory<E extends Estimator = Estimator> = (params: Params) => E;

/** An estimator to copy, its class, or a function of options that makes one. */
export type EstimatorSource<E extends Estimator = Estimator> =
  E | (new (params: any) => E) | ((params: any) => E);

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

/** True if an estimator has a method that works. */
export function supports(
  estimator: Estimator,
  method: 'predictProba' | 'predictLogProba' | 'decisionFunction',
): boolean {
  const there = typeof (estimator as unknown as Record<string, unknown>)[method] === 'function';
  return there && (estimator.supports?.(method) ?? true);
}

/** Whether something can be fitted, predict and tell its options. */
export function isEstimator(value: unknown): value is Estimator {
  if (typeof value !== 'object' || value === null) return false;
  const { fit, predict, getParams } = value as Partial<Estimator>;
  return [fit, predict, getParams].every((method) => typeof method === 'function');
}

/** An unfitted copy of an estimator or transformer, with some options changed. */
export function cloneEstimator<E extends Pick<Estimator, 'getParams' | 'clone'>>(
  estimator: E,
  params: Params = {},
): E {
  if (typeof estimator.clone === 'function') return estimator.clone(params) as unknown as E;
  const Class = estimator.constructor as new (params: object) => E;
  return new Class(copyParams({ ...estimator.getParams(), ...params }));
}

/** Options whose generators are copies: every trial draws the same, whatever other trials draw. */
function copyParams(params: Params): Params {
  const entries = Object.entries(params).map(([name, value]) => [
    name,
    value instanceof RandomState ? RandomState.fromState(value.getState()) : value,
  ]);
  return Object.fromEntries(entries) as Params;
}

/** Whether labels are what an estimator predicts. */
export function isClassifier(estimator: Estimator): boolean {
  if (estimator.estimatorType !== undefined) return estimator.estimatorType === 'classifier';
  return typeof estimator.predictProba === 'function' || typeof estimator.decisionFunction === 'function';
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

/** An object literal, as opposed to arrays and instances of classes. */
export function isPlainObject(value: unknown): value is Params {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype as object) === null;
}

/**
 * Calls a method that a fitted estimator or a transformer has, in slices where it has one of the same name and `Async`
 * beside it. A method that a subclass or an object overrides alone is called as it is.
 */
export async function callInSlices(
  object: object,
  name: string,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const members = object as Record<string, (...args: unknown[]) => unknown>;
  if (!hasAsync(object, name)) return members[name](...args);
  return members[`${name}Async`](...args, { signal });
}

/** True if the object or class that has a method itself has the one with `Async` beside it. */
export function hasAsync(object: object, name: string): boolean {
  let level: object | null = object;
  while (level !== null && !Object.hasOwn(level, name)) level = Object.getPrototypeOf(level) as object | null;
  return level !== null && Object.hasOwn(level, `${name}Async`);
}
