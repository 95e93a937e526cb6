import type { Parameter } from '../model/parameters.js';
import type { RandomState } from '../random.js';
import { hiddenActivations } from './network-spec.js';
import type { MLPParams } from './options.js';

/**
 * Initial weights and biases as scikit-learn draws them: per layer the weight (inputs, units) row by row, then the bias,
 * uniform in ±√(factor / (inputs + units)), with the factor of the layer (Glorot & Bengio, 2010).
 */
export function initialParameters(
  parameters: readonly Parameter[],
  factors: readonly number[],
  random: RandomState,
): Float32Array[] {
  let bound = 0;
  let layer = 0;
  return parameters.map(({ shape }) => {
    if (shape.length === 2) bound = Math.sqrt(factors[layer++] / (shape[0] + shape[1]));
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
    return values;
  });
}

/**
 * The factor of every layer: 2 for logistic units, else 6; the output layer has that of the last hidden one, as in
 * scikit-learn, where one activation is that of all.
 */
export function initialFactors(params: Pick<MLPParams, 'hiddenLayerSizes' | 'activation'>): number[] {
  const factor = (activation: unknown): number => (activation === 'sigmoid' ? 2 : 6);
  const hidden = hiddenActivations(params);
  const { activation } = params;
  return [...hidden.map(factor), factor(typeof activation === 'string' ? activation : hidden.at(-1))];
}
