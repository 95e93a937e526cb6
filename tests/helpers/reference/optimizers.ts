/** Changes one parameter by its gradient. Keeps what it needs to know about the parameter from step to step. */
export type ReferenceOptimizer = (parameter: Float64Array, gradient: Float64Array) => void;

/** Slots of every parameter, 0 when first seen. */
function slots(count: number): (parameter: Float64Array) => Float64Array[] {
  const known = new Map<Float64Array, Float64Array[]>();
  return (parameter) => {
    let found = known.get(parameter);
    if (!found) {
      found = Array.from({ length: count }, () => new Float64Array(parameter.length));
      known.set(parameter, found);
    }
    return found;
  };
}

/** w ← w − lr · g */
export function sgd({ rate }: { rate: number }): ReferenceOptimizer {
  return (w, g) => {
    for (let i = 0; i < w.length; i++) w[i] -= rate * g[i];
  };
}

/** v ← μ v − lr · g, then w ← w + v; Nesterov: w ← w + μ v − lr · g. */
export function momentum(options: {
  rate: number;
  momentum: number;
  nesterov?: boolean;
}): ReferenceOptimizer {
  const { rate, momentum: mu, nesterov = false } = options;
  const slotsOf = slots(1);
  return (w, g) => {
    const [v] = slotsOf(w);
    for (let i = 0; i < w.length; i++) {
      v[i] = mu * v[i] - rate * g[i];
      w[i] += nesterov ? mu * v[i] - rate * g[i] : v[i];
    }
  };
}

/**
 * m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g², w ← w − lr √(1 − β2^t) / (1 − β1^t) · m / (√v + ε): Kingma & Ba (2015),
 * section 2, with ε beside the uncorrected root.
 */
export function adam(options: {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}): ReferenceOptimizer {
  const { rate, beta1, beta2, epsilon } = options;
  const slotsOf = slots(2);
  const steps = new Map<Float64Array, number>();
  return (w, g) => {
    const [m, v] = slotsOf(w);
    const t = (steps.get(w) ?? 0) + 1;
    steps.set(w, t);
    const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    for (let i = 0; i < w.length; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2;
      w[i] -= (corrected * m[i]) / (Math.sqrt(v[i]) + epsilon);
    }
  };
}
