import type { Call } from '../engine/kernels.js';
import type { Parameter, ParameterSpec } from '../network/parameters.js';
import type { NormalizationSpec, Shape } from '../network/spec.js';
import type { Place } from './rule.js';

export const ZEROS = { initializer: { name: 'zeros' } };
export const ONES = { initializer: { name: 'ones' } };

/** What multiplies and what is added, by the last dimension. */
export function scaleAndCenter(spec: NormalizationSpec, input: Shape): ParameterSpec[] {
  const shape = [input[input.length - 1]];
  const { trainable } = spec;
  return [
    ...(spec.scale ? [{ name: 'gamma', shape, trainable, rules: spec.gamma }] : []),
    ...(spec.center ? [{ name: 'beta', shape, trainable, rules: spec.beta }] : []),
  ];
}

/** The parameters of a normalization layer by name. */
export function named({ parameters, at }: Place): {
  find: (name: string) => Parameter | undefined;
  offset: (name: string) => number;
} {
  const find = (name: string): Parameter | undefined =>
    parameters.find((parameter) => parameter.name === name);
  const offset = (name: string): number => {
    const parameter = find(name);
    return parameter ? at(parameter) : 0;
  };
  return { find, offset };
}

/** Updates from the gradients of gamma and beta at two offsets. */
export function given(
  updates: { given: (parameter: Parameter, gradient: number) => Call[] },
  find: (name: string) => Parameter | undefined,
  [gammaGradient, betaGradient]: readonly number[],
): Call[] {
  const gamma = find('gamma');
  const beta = find('beta');
  return [
    ...(gamma ? updates.given(gamma, gammaGradient) : []),
    ...(beta ? updates.given(beta, betaGradient) : []),
  ];
}
