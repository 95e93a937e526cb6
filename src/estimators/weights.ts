import type { Parameter } from '../model/parameters.js';
import type { RandomState } from '../random.js';

/**
 * Initial weights and biases as scikit-learn draws them: per layer the weight (inputs, units) row by row, then the bias,
 * uniform in ±√(factor / (inputs + units)) with factor 6, or 2 for logistic hidden units (Glorot & Bengio, 2010).
 */
export function initialParameters(
  parameters: readonly Parameter[],
  factor: 2 | 6,
  random: RandomState,
): Float32Array[] {
  let bound = 0;
  return parameters.map(({ shape }) => {
    if (shape.length === 2) bound = Math.sqrt(factor / (shape[0] + shape[1]));
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
    return values;
  });
}
