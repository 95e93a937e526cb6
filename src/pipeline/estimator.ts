/**
 * The interface of estimators in model selection, and copies of them with other options. Not for the
 * estimators of this package (estimators/) alone: any class with these methods will do.
 */
import { RandomState } from '../random.js';

/** Options by name. A pipeline's are nested: an object of options per step. */
export type Params = Record<string, unknown>;

/** The methods that model selection needs of an estimator. */
export interface Estimator {
  fit(x: any, y: any, options?: any): unknown;
  predict(x: any): unknown;
  getParams(): object;
  score?(x: any, y: any): number | Promise<number>;
  predictProba?(x: any): unknown;
  decisionFunction?(x: any): unknown;
  /**
   * Returns true if a method works, for estimators that pass calls on to others. Default: true if it exists.
   */
  supports?(method: string): boolean;
  /** The labels of a fitted classifier, sorted. */
  readonly classes?: readonly unknown[];
  /** Kind of estimator. Default: a classifier if it has predictProba or decisionFunction. */
  readonly estimatorType?: 'classifier' | 'regressor';
  /** Makes an unfitted copy with some options changed. Default: a new instance with the merged options. */
  clone?(params?: Params): Estimator;
}

/** A function that makes an unfitted estimator with some options changed. */
export type EstimatorFactory<E extends Estimator = Estimator> = (params: Params) => E;

/** An estimator to copy, its class, or a function of options that makes one. */
export type EstimatorSource<E extends Estimator = Estimator> =
  E | (new (params: any) => E) | ((params: any) => E);

/** True if a value has the methods fit, predict and getParams. */
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

/** A copy of options and of the generators among them, so that every trial draws the same numbers. */
function copyParams(params: Params): Params {
  const entries = Object.entries(params).map(([name, value]) => [
    name,
    value instanceof RandomState ? RandomState.fromState(value.getState()) : value,
  ]);
  return Object.fromEntries(entries) as Params;
}

/** True if an estimator predicts labels. */
export function isClassifier(estimator: Estimator): boolean {
  if (estimator.estimatorType !== undefined) return estimator.estimatorType === 'classifier';
  return typeof estimator.predictProba === 'function' || typeof estimator.decisionFunction === 'function';
}

/** An object literal, as opposed to arrays and instances of classes. */
export function isPlainObject(value: unknown): value is Params {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype as object) === null;
}
