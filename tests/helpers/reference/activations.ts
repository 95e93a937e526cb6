/** What an activation makes of a row of pre-activations, and the gradient that it passes back. */
export interface ReferenceActivation {
  readonly forward: (z: Float64Array) => Float64Array;
  /** dLoss/dz from dLoss/dy, the outputs y and the pre-activations z. */
  readonly backward: (gradient: Float64Array, y: Float64Array, z: Float64Array) => Float64Array;
}

function elementwise(
  forward: (z: number) => number,
  slope: (y: number, z: number) => number,
): ReferenceActivation {
  return {
    forward: (z) => z.map(forward),
    backward: (gradient, y, z) => gradient.map((g, i) => g * slope(y[i], z[i])),
  };
}

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

export function softmax(z: Float64Array): Float64Array {
  const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = z.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

export const activations = {
  linear: elementwise(
    (z) => z,
    () => 1,
  ),
  relu: elementwise(
    (z) => Math.max(z, 0),
    (_, z) => (z > 0 ? 1 : 0),
  ),
  tanh: elementwise(Math.tanh, (_, z) => 1 / Math.cosh(z) ** 2),
  sigmoid: elementwise(sigmoid, (_, z) => sigmoid(z) * sigmoid(-z)),
  exponential: elementwise(Math.exp, (_, z) => Math.exp(z)),
  softmax: {
    forward: softmax,
    backward: (gradient, y) => {
      const mean = gradient.reduce((sum, g, i) => sum + g * y[i], 0);
      return gradient.map((g, i) => y[i] * (g - mean));
    },
  },
} as const satisfies Record<string, ReferenceActivation>;

export type ActivationName = keyof typeof activations;
