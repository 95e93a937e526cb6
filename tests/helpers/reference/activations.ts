/** What an activation makes of a row of pre-activations, and the gradient that it passes back. */
export interface ReferenceActivation {
  readonly forward: (z: Float64Array) => Float64Array;
  /** dLoss/dz from dLoss/dy, the outputs y and the pre-activations z. */
  readonly backward: (gradient: Float64Array, y: Float64Array, z: Float64Array) => Float64Array;
}

function elementwise(forward: (z: number) => number, slope: (z: number) => number): ReferenceActivation {
  return {
    forward: (z) => z.map(forward),
    backward: (gradient, _, z) => gradient.map((g, i) => g * slope(z[i])),
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

/** 2/√π · e^−x² · Σ 2^n x^(2n + 1) / (2n + 1)!!: every term has the same sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Standard normal distribution function, and its density. */
const normal = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const inside = (z: number, low: number, high: number): number => (z > low && z < high ? 1 : 0);

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

export const activations = {
  linear: elementwise(
    (z) => z,
    () => 1,
  ),
  relu: elementwise(
    (z) => Math.max(z, 0),
    (z) => (z > 0 ? 1 : 0),
  ),
  relu6: elementwise(
    (z) => Math.min(Math.max(z, 0), 6),
    (z) => inside(z, 0, 6),
  ),
  leakyRelu: elementwise(
    (z) => (z < 0 ? 0.2 * z : z),
    (z) => (z > 0 ? 1 : 0.2),
  ),
  elu: elementwise(
    (z) => (z < 0 ? Math.expm1(z) : z),
    (z) => (z > 0 ? 1 : Math.exp(z)),
  ),
  selu: elementwise(
    (z) => SELU_SCALE * (z < 0 ? SELU_ALPHA * Math.expm1(z) : z),
    (z) => SELU_SCALE * (z > 0 ? 1 : SELU_ALPHA * Math.exp(z)),
  ),
  gelu: elementwise(
    (z) => z * normal(z),
    (z) => normal(z) + z * density(z),
  ),
  silu: elementwise(
    (z) => z * sigmoid(z),
    (z) => sigmoid(z) * (1 + z * sigmoid(-z)),
  ),
  mish: elementwise(
    (z) => z * Math.tanh(softplus(z)),
    (z) => Math.tanh(softplus(z)) + (z * sigmoid(z)) / Math.cosh(softplus(z)) ** 2,
  ),
  sigmoid: elementwise(sigmoid, (z) => sigmoid(z) * sigmoid(-z)),
  hardSigmoid: elementwise(
    (z) => Math.min(Math.max(z + 3, 0), 6) / 6,
    (z) => inside(z, -3, 3) / 6,
  ),
  tanh: elementwise(Math.tanh, (z) => 1 / Math.cosh(z) ** 2),
  softplus: elementwise(softplus, sigmoid),
  softsign: elementwise(
    (z) => z / (1 + Math.abs(z)),
    (z) => 1 / (1 + Math.abs(z)) ** 2,
  ),
  exponential: elementwise(Math.exp, Math.exp),
  softmax: {
    forward: softmax,
    backward: (gradient, y) => {
      const mean = gradient.reduce((sum, g, i) => sum + g * y[i], 0);
      return gradient.map((g, i) => y[i] * (g - mean));
    },
  },
  logSoftmax: {
    forward: (z) => softmax(z).map(Math.log),
    backward: (gradient, y) => {
      const sum = gradient.reduce((a, b) => a + b, 0);
      return gradient.map((g, i) => g - Math.exp(y[i]) * sum);
    },
  },
} as const satisfies Record<string, ReferenceActivation>;

export type ActivationName = keyof typeof activations;
