import type { Activation } from '../../src/model/activations.js';
import type { DenseSpec, NetworkSpec, ParameterRules } from '../../src/model/spec.js';

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

/** Dense layers only: [units, activation] each. */
export function denseNetwork(
  inputs: number,
  layers: readonly (readonly [units: number, activation: Activation])[],
): NetworkSpec {
  return {
    inputShape: [inputs],
    layers: layers.map(([units, activation]) => denseLayer(units, activation)),
  };
}
