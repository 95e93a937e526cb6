import type { DenseSpec } from '../layers/dense.js';
import { dense } from '../layers/dense.js';
import { dropout } from '../layers/regularization.js';
import type { Activation } from '../network/activations.js';
import type { LayerSpec, NetworkSpec } from '../network/spec.js';
import type { HiddenActivation, MLPParams } from './options.js';

/** The network that options describe. */
export function networkSpec(
  params: MLPParams,
  inputs: number,
  { outputs, outActivation }: { readonly outputs: number; readonly outActivation: Activation },
): NetworkSpec {
  const { hiddenLayerSizes, alpha } = params;
  const activations = hiddenActivations(params);
  const rates = dropoutRates(params);
  const hidden = hiddenLayerSizes.flatMap((units, i): LayerSpec[] => {
    const layer = denseSpec(units, activations[i], alpha);
    return rates[i] > 0 ? [layer, { type: 'dropout', rate: rates[i] }] : [layer];
  });
  const layers = [...hidden, denseSpec(outputs, outActivation, alpha)];
  return { inputShape: [inputs], layers, rules: { dense, dropout } };
}

/**
 * A dense layer with scikit-learn's penalty, ½ · alpha · Σ weight² (divided by the rows of a batch in
 * training).
 */
function denseSpec(units: number, activation: Activation, alpha: number): DenseSpec {
  const initializer = { name: 'zeros' };
  const bias = { initializer, regularizer: undefined, constraint: undefined };
  const regularizer = alpha > 0 ? { l1: 0, l2: alpha / 2 } : undefined;
  const kernel = { initializer, regularizer, constraint: undefined };
  return { type: 'dense', units, activation, useBias: true, kernel, bias, trainable: true };
}

/** The activation of every hidden layer. */
export function hiddenActivations({
  hiddenLayerSizes,
  activation,
}: Pick<MLPParams, 'hiddenLayerSizes' | 'activation'>): readonly HiddenActivation[] {
  return typeof activation === 'string' ? hiddenLayerSizes.map(() => activation) : activation;
}

/** The dropout of every hidden layer. */
export function dropoutRates({
  hiddenLayerSizes,
  dropout,
}: Pick<MLPParams, 'hiddenLayerSizes' | 'dropout'>): readonly number[] {
  return typeof dropout === 'number' ? hiddenLayerSizes.map(() => dropout) : dropout;
}
