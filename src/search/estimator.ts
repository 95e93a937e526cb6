import { RandomState } from '../random.js';

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

/** True if something can be fitted, predict and tell its options. */
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

/** True if labels are what an estimator predicts. */
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
