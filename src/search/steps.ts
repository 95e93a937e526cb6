import { closestName, describe } from '../check.js';
import { ValueError } from '../errors.js';
import type { Params } from './estimator.js';

/** What a pipeline needs of a step before the last: scalers, encoders, or anything with these methods. */
export interface Transformer {
  fit(x: any, y?: any): unknown;
  transform(x: any): unknown;
  fitTransform?(x: any, y?: any): unknown;
  getParams(): object;
  setParams(params: any): unknown;
  clone?(params?: Params): any;
}

/** A step, or a step with its name. */
export type Step<T> = T | readonly [name: string, step: T];

/** A step and the name it was given, or that of its class with a small initial. */
export interface NamedStep {
  readonly name: string;
  readonly given: boolean;
  readonly step: unknown;
}

/** @throws ValueError for a name that is not text, is empty or has '__' in it */
export function readStep(entry: unknown, i: number): NamedStep {
  if (!Array.isArray(entry)) return { name: classNameOf(entry), given: false, step: entry };
  const [name, step] = entry as unknown[];
  if (entry.length === 2 && typeof name === 'string' && name !== '' && !name.includes('__')) {
    return { name, given: true, step };
  }
  throw new ValueError(
    `pipeline: step ${i} must be a transformer, an estimator, or [name, step] with a name without '__', but received ${describe(entry)}.`,
  );
}

/** 'standardScaler', 'mlpClassifier': by the name that the step says it has, which minifiers leave alone. */
function classNameOf(step: unknown): string {
  if (typeof step !== 'object' || step === null) return 'step';
  const own: unknown = (step as { name?: unknown }).name;
  const { constructor } = step as { constructor?: { name?: unknown } | null };
  const name = [own, constructor?.name].find((each) => typeof each === 'string' && each !== '') ?? 'step';
  return (name as string).replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (initial) => initial.toLowerCase());
}

/**
 * Names of all steps: those of classes are numbered from the second on. @throws ValueError if a given one
 * occurs twice
 */
export function distinctNames(steps: readonly NamedStep[]): string[] {
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

/** @throws ValueError for a step that cannot be fitted and transform */
export function checkTransformer(step: unknown, i: number): Transformer {
  const { fit, transform, getParams } = (step ?? {}) as Partial<Transformer>;
  if ([fit, transform, getParams].every((method) => typeof method === 'function')) return step as Transformer;
  throw new ValueError(
    `pipeline: step ${i} must be a transformer with fit, transform and getParams, but received ${describe(step)}.`,
  );
}

/** What to throw for a step that is not there: the nearest name is offered, or else all of them. */
export function unknownStep(name: string, names: readonly string[]): ValueError {
  const nearest = closestName(name, names);
  if (nearest !== undefined) {
    return new ValueError(`Pipeline: ${describe(name)} is not a step; did you mean ${describe(nearest)}?`);
  }
  return new ValueError(`Pipeline: ${describe(name)} is not a step; the steps are ${names.join(', ')}.`);
}
