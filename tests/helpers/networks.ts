import { LAYERS } from '../../src/layers/index.js';
import type { Activation } from '../../src/network/activations.js';
import type { Conv2dSpec } from '../../src/layers/convolution.js';
import type { DenseSpec } from '../../src/layers/dense.js';
import type { PoolingSpec } from '../../src/layers/pooling.js';
import type { Pair, WindowSpec } from '../../src/layers/window.js';
import type { NetworkSpec, ParameterRules } from '../../src/network/spec.js';

const RULES: ParameterRules = { initializer: { name: 'zeros' } };

/** A dense layer; `changes` over what is usual. */
export function denseLayer(
  units: number,
  activation: Activation = 'linear',
  changes: Partial<DenseSpec> = {},
): DenseSpec {
  return {
    type: 'dense',
    units,
    activation,
    useBias: true,
    kernel: RULES,
    bias: RULES,
    trainable: true,
    ...changes,
  };
}

/** A convolution; `changes` over what is usual. */
export function convLayer(
  filters: number,
  size: Pair,
  window: Partial<WindowSpec> = {},
  changes: Partial<Conv2dSpec> = {},
): Conv2dSpec {
  return {
    type: 'conv2d',
    filters,
    window: { size, strides: [1, 1], padding: 'valid', dilation: [1, 1], ...window },
    groups: 1,
    activation: 'linear',
    useBias: true,
    kernel: RULES,
    bias: RULES,
    trainable: true,
    ...changes,
  };
}

/** Pooling over windows that do not overlap; `window` over what is usual. */
export function poolingLayer(
  type: PoolingSpec['type'],
  size: Pair,
  window: Partial<WindowSpec> = {},
): PoolingSpec {
  return { type, window: { size, strides: size, padding: 'valid', dilation: [1, 1], ...window } };
}

/** Dense layers only: [units, activation] each. */
export function denseNetwork(
  inputs: number,
  layers: readonly (readonly [units: number, activation: Activation])[],
): NetworkSpec {
  return {
    rules: LAYERS,
    inputShape: [inputs],
    layers: layers.map(([units, activation]) => denseLayer(units, activation)),
  };
}
