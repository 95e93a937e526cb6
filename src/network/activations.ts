// Activations: how callers may name them, what a plan must know of them, and the calls that compute them and
// their slopes. Values and slopes are in assembly/activation.ts.
import type { Schema } from '../check.js';
import { describe } from '../check.js';
import { nameIn } from '../check/named.js';
import { Elementwise } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import { ValueError } from '../errors.js';
import type { Matrix } from './layout.js';
import { paddedUnits } from './layout.js';

/** Activations, in their canonical spelling; softmax and logSoftmax work on whole rows. */
export type Activation = Elementwise | 'softmax' | 'logSoftmax';

export const ACTIVATIONS = [...Object.keys(Elementwise), 'softmax', 'logSoftmax'] as Activation[];

const TABLE = {
  kind: 'activation',
  group: 'activations',
  schemas: Object.fromEntries(ACTIVATIONS.map((name) => [name, {}])) as Record<Activation, Schema>,
  // Keras's swish, scikit-learn's identity and logistic.
  aliases: { swish: 'silu', identity: 'linear', logistic: 'sigmoid' },
} as const;

/**
 * The activation that a name stands for, in camelCase or snake_case; `swish`, `identity` and `logistic` are
 * known too. null and undefined are `linear`.
 *
 * @throws ValueError for anything else, with the nearest name
 */
export function resolveActivation(given: unknown, owner: string): Activation {
  if (given === undefined || given === null) return 'linear';
  if (typeof given === 'string') return nameIn(TABLE, given, owner);
  throw new ValueError(`${owner}: an activation must be a name, but received ${describe(given)}.`);
}

/** Threshold units have no slope: they can predict, but nothing trains through them. */
export function isTrainable(activation: Activation): boolean {
  return activation !== 'sign' && activation !== 'heaviside';
}

/** The slope of these cannot be told from the output: the plan keeps their input. */
export function needsInput(activation: Activation): boolean {
  return activation === 'gelu' || activation === 'silu' || activation === 'mish';
}

/** What clamps a product at its store: relu needs no pass of its own. −∞ leaves the product as it is. */
export function lowest(activation: Activation): number {
  return activation === 'relu' ? 0 : -Infinity;
}

/** y = activation(x) on `rows` rows; y may be x. `scratch` holds a row. */
export function activationCalls(
  activation: Activation,
  y: Matrix,
  x: Matrix,
  rows: number,
  scratch: number,
): Call[] {
  if (activation === 'softmax') return [call('softmaxForward', y, x, rows, y.columns)];
  if (activation === 'logSoftmax') return [call('logSoftmaxForward', y, x, rows, y.columns, scratch)];
  const code = Elementwise[activation];
  const columns = paddedUnits(y.columns);
  if (code > 0) return [call('activationForward', code, y, x, rows, columns)];
  return y.offset === x.offset ? [] : [call('rescale', y, x, rows, columns, 1, 0)];
}

/** delta ← delta · slope, in place. `known` is the layer's output, or its input where `needsInput`. */
export function slopeCalls(activation: Activation, delta: Matrix, known: Matrix, rows: number): Call[] {
  const { columns } = delta;
  if (activation === 'softmax') return [call('softmaxBackward', delta, known, rows, columns)];
  if (activation === 'logSoftmax') return [call('logSoftmaxBackward', delta, known, rows, columns)];
  const code = Elementwise[activation];
  return code === 0 ? [] : [call('activationBackward', code, delta, known, rows, paddedUnits(columns))];
}
