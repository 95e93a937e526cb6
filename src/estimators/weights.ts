import type { LayerParameters } from '../model/network.js';
import type { NetworkSpec } from '../model/spec.js';
import { layerSizes } from '../model/spec.js';
import type { RandomState } from '../random.js';

/**
 * Initial weights and biases as scikit-learn draws them: per layer the weight (inputs, units) row by row, then the bias,
 * uniform in ±√(factor / (inputs + units)) with factor 6, or 2 for logistic hidden units (Glorot & Bengio, 2010).
 */
export function initialParameters(spec: NetworkSpec, factor: 2 | 6, random: RandomState): LayerParameters[] {
  return layerSizes(spec).map(({ inputs, units }) => {
    const bound = Math.sqrt(factor / (inputs + units));
    const draw = (length: number): Float32Array => {
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++) values[i] = random.uniform(-bound, bound);
      return values;
    };
    return { weight: draw(inputs * units), bias: draw(units) };
  });
}
