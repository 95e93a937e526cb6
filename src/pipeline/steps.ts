/**
 * Steps of a pipeline: their types, names and checks. Not for fitting or transforming, which pipeline.ts and
 * slices.ts do.
 */
import { closestName, describe } from '../check.js';
import { ValueError } from '../errors.js';
import type { Estimator, Params } from './estimator.js';
import { isEstimator } from './estimator.js';

/** A step of a pipeline before the last: a scaler, an encoder, or any object with these methods. */
export interface Transformer {
  fit(x: any, y?: any): unknown;
  transform(x: any): unknown;
  fitTransform?(x: any, y?: any): unknown;
  /** Names of the features by those of the columns. */
  featureNames?(input?: readonly string[]): string[];
  getParams(): object;
  setParams(params: any): unknown;
  clone?(params?: Params): any;
}

/** A step of a pipeline, alone or as [name, step]. */
export type Step<T> = T | readonly [name: string, step: T];

/** What a pipeline needs of an estimator to predict. */
export interface FittedEstimator {
  predict(x: any): unknown;
  readonly classes?: readonly unknown[];
  readonly estimatorType?: 'classifier' | 'regressor';
}

/** The steps of a pipeline. */
export interface PipelineSteps<E = FittedEstimator> {
  /** Names of the transformers, and of the estimator last. */
  readonly names: readonly string[];
  readonly transformers: readonly Transformer[];
  readonly estimator: E;
}

/** A step with its name: the given one, or that of its class with a lower-case initial. */
interface NamedStep {
  readonly name: string;
  readonly given: boolean;
  readonly step: unknown;
}

/** Transformers and an estimator at the end. @throws ValueError for anything else, and for unfit names */
export function readSteps(steps: unknown): PipelineSteps<Estimator> {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new ValueError(
      `pipeline: steps must be an array of transformers and an estimator at its end, but received ${describe(steps)}.`,
    );
  }
  const named = Array.from(steps as readonly unknown[], readStep);
  const { step: estimator } = named[named.length - 1];
  if (!isEstimator(estimator)) {
    throw new ValueError(
      `pipeline: the last step must be an estimator with fit, predict and getParams, but received ${describe(estimator)}.`,
    );
  }
  const names = distinctNames(named);
  return {
    names,
    estimator,
    transformers: named.slice(0, -1).map(({ step }, i) => checkTransformer(step, i)),
  };
}

/** Read a step and its name. @throws ValueError for a name that is not text, is empty or has '__' in it */
function readStep(entry: unknown, i: number): NamedStep {
  if (!Array.isArray(entry)) return { name: classNameOf(entry), given: false, step: entry };
  const [name, step] = entry as unknown[];
  if (entry.length === 2 && typeof name === 'string' && name !== '' && !name.includes('__')) {
    return { name, given: true, step };
  }
  throw new ValueError(
    `pipeline: step ${i} must be a transformer, an estimator, or [name, step] with a name without '__', but received ${describe(entry)}.`,
  );
}

/**
 * Name of a step by its class: 'standardScaler', 'mlpClassifier'. A property `name` has precedence, since
 * minifiers leave it alone.
 */
function classNameOf(step: unknown): string {
  if (typeof step !== 'object' || step === null) return 'step';
  const own: unknown = (step as { name?: unknown }).name;
  const { constructor } = step as { constructor?: { name?: unknown } | null };
  const name = [own, constructor?.name].find((each) => typeof each === 'string' && each !== '') ?? 'step';
  return (name as string).replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (initial) => initial.toLowerCase());
}

/**
 * Names of all steps; repeated names of classes are numbered from 2. @throws ValueError if a given name
 * occurs twice
 */
function distinctNames(steps: readonly NamedStep[]): string[] {
  const names: string[] = [];
  for (const { name, given } of steps) {
    if (given && names.includes(name)) {
      throw new ValueError(
        `pipeline: every step must have a name of its own, but two are called ${describe(name)}.`,
      );
    }
    let distinct = name;
    for (let number = 2; names.includes(distinct); number++) distinct = `${name}${number}`;
    names.push(distinct);
  }
  return names;
}

/** Check a step before the last. @throws ValueError unless it has fit, transform and getParams */
function checkTransformer(step: unknown, i: number): Transformer {
  const { fit, transform, getParams } = (step ?? {}) as Partial<Transformer>;
  if ([fit, transform, getParams].every((method) => typeof method === 'function')) return step as Transformer;
  throw new ValueError(
    `pipeline: step ${i} must be a transformer with fit, transform and getParams, but received ${describe(step)}.`,
  );
}

/** The error for an unknown step, which offers the nearest name, or else all names. */
export function unknownStep(name: string, names: readonly string[]): ValueError {
  const nearest = closestName(name, names);
  if (nearest !== undefined) {
    return new ValueError(`Pipeline: ${describe(name)} is not a step; did you mean ${describe(nearest)}?`);
  }
  return new ValueError(`Pipeline: ${describe(name)} is not a step; the steps are ${names.join(', ')}.`);
}
