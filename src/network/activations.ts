import { Elementwise } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Matrix } from './layout.js';
import { paddedUnits } from './layout.js';

/** Activations, in their canonical spelling; softmax and logSoftmax work on whole rows. */
export type Activation = Elementwise | 'softmax' | 'logSoftmax';

export const ACTIVATIONS = [...Object.keys(Elementwise), 'softmax', 'logSoftmax'] as Activation[];

/** Other names of activations: Keras's swish, scikit-learn's identity and logistic. */
export const ACTIVATION_ALIASES = { swish: 'silu', identity: 'linear', logistic: 'sigmoid' } as const;

/** Threshold units have no slope: they can predict, but nothing trains through them. */
export function isTrainable(activation: Activation): boolean {
  return activation !== 'sign' && activation !== 'heaviside';
}

/** The slope of these cannot be told from the output: the plan keeps their input. */
export function needsInput(activation: Activation): boolean {
  return activation === 'gelu' || activation === 'silu' || activation === 'mish';
}

/** What clamps a product at its store: relu needs no sweep of its own. −∞ leaves the product as it is. */
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
