import type { Activation, OutputActivation } from './activations.js';

/** A dense layer: units outputs, weight (inputs, units), bias (units). */
export interface DenseSpec {
  readonly units: number;
  /** 'softmax' on the last layer only. */
  readonly activation: OutputActivation;
}

/** A feed-forward network: what a plan is made from. */
export interface NetworkSpec {
  readonly inputs: number;
  readonly layers: readonly DenseSpec[];
}

export type { Activation };

/** Losses that are fused with the output activation that belongs to them. */
export interface LossSpec {
  readonly kind: 'softmaxCrossEntropy' | 'sigmoidCrossEntropy' | 'squaredError';
  /** The loss that a row (or output) reports is kept in this range: [least, most]. The gradient is not clipped. */
  readonly range: readonly [number, number];
}

export type OptimizerSpec =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly nesterov: boolean }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** Inputs and units of every layer, in order. */
export function layerSizes(
  spec: NetworkSpec,
): { inputs: number; units: number; activation: OutputActivation }[] {
  return spec.layers.map(({ units, activation }, i) => ({
    inputs: i === 0 ? spec.inputs : spec.layers[i - 1].units,
    units,
    activation,
  }));
}
