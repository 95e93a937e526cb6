/**
 * Changes one parameter by its gradient. Keeps what it needs to know about the parameter from step to step.
 */
export type ReferenceOptimizer = (parameter: Float64Array, gradient: Float64Array) => void;

interface Rule {
  /** Slots of a value, with what they start from. */
  readonly slots: readonly number[];
  /**
   * The step that is subtracted from a value, from its gradient and its slots, which it changes; t counts
   * from 1.
   */
  readonly step: (g: number, slots: number[], t: number) => number;
}

/** Applies a rule to every value of every parameter. */
function optimizer({ slots, step }: Rule): ReferenceOptimizer {
  const known = new Map<Float64Array, { t: number; values: number[][] }>();
  return (w, g) => {
    const state = known.get(w) ?? { t: 0, values: Array.from(w, () => [...slots]) };
    known.set(w, state);
    state.t += 1;
    for (let i = 0; i < w.length; i++) w[i] -= step(g[i], state.values[i], state.t);
  };
}

export function sgd({ rate }: { rate: number }): ReferenceOptimizer {
  return optimizer({ slots: [], step: (g) => rate * g });
}

/** v ← μ v − lr · g, then w ← w + v; Nesterov: w ← w + μ v − lr · g. */
export function momentum(o: { rate: number; momentum: number; nesterov?: boolean }): ReferenceOptimizer {
  return optimizer({
    slots: [0],
    step(g, slots) {
      slots[0] = o.momentum * slots[0] - o.rate * g;
      return o.nesterov ? o.rate * g - o.momentum * slots[0] : -slots[0];
    },
  });
}

interface AdamOptions {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** m ← β1 m + (1 − β1) g and v ← β2 v + (1 − β2) g², in the first two slots. */
function moments(g: number, slots: number[], { beta1, beta2 }: Pick<AdamOptions, 'beta1' | 'beta2'>): void {
  slots[0] = beta1 * slots[0] + (1 - beta1) * g;
  slots[1] = beta2 * slots[1] + (1 - beta2) * g ** 2;
}

/** Kingma & Ba (2015), section 2, with ε beside the uncorrected root; amsgrad: Reddi et al. (2018). */
export function adam(o: AdamOptions & { amsgrad?: boolean }): ReferenceOptimizer {
  return optimizer({
    slots: [0, 0, 0],
    step(g, slots, t) {
      moments(g, slots, o);
      slots[2] = Math.max(slots[2], slots[1]);
      const corrected = (o.rate * Math.sqrt(1 - o.beta2 ** t)) / (1 - o.beta1 ** t);
      return (corrected * slots[0]) / (Math.sqrt(o.amsgrad ? slots[2] : slots[1]) + o.epsilon);
    },
  });
}

/** Kingma & Ba (2015), section 7.1. */
export function adamax(o: AdamOptions): ReferenceOptimizer {
  return optimizer({
    slots: [0, 0],
    step(g, slots, t) {
      slots[0] = o.beta1 * slots[0] + (1 - o.beta1) * g;
      slots[1] = Math.max(o.beta2 * slots[1], Math.abs(g));
      return ((o.rate / (1 - o.beta1 ** t)) * slots[0]) / (slots[1] + o.epsilon);
    },
  });
}

/** Dozat (2016), with the schedule μ_t = β1 (1 − ½ · .96^t). */
export function nadam(o: AdamOptions): ReferenceOptimizer {
  const mu = (t: number): number => o.beta1 * (1 - 0.5 * 0.96 ** t);
  return optimizer({
    slots: [0, 0],
    step(g, slots, t) {
      moments(g, slots, o);
      let product = 1;
      for (let i = 1; i <= t; i++) product *= mu(i);
      const mean = (mu(t + 1) * slots[0]) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * g) / (1 - product);
      return (o.rate * mean) / (Math.sqrt(slots[1] / (1 - o.beta2 ** t)) + o.epsilon);
    },
  });
}

/** Tieleman & Hinton (2012); centered: Graves (2013). */
export function rmsprop(o: {
  rate: number;
  rho: number;
  momentum: number;
  epsilon: number;
  centered: boolean;
}): ReferenceOptimizer {
  return optimizer({
    slots: [0, 0, 0],
    step(g, slots) {
      slots[0] = o.rho * slots[0] + (1 - o.rho) * g ** 2;
      slots[2] = o.rho * slots[2] + (1 - o.rho) * g;
      const variance = slots[0] - (o.centered ? slots[2] ** 2 : 0);
      slots[1] = o.momentum * slots[1] + (o.rate * g) / Math.sqrt(variance + o.epsilon);
      return slots[1];
    },
  });
}

/** Duchi et al. (2011). */
export function adagrad(o: {
  rate: number;
  initialAccumulator: number;
  epsilon: number;
}): ReferenceOptimizer {
  return optimizer({
    slots: [o.initialAccumulator],
    step(g, slots) {
      slots[0] += g ** 2;
      return (o.rate * g) / Math.sqrt(slots[0] + o.epsilon);
    },
  });
}

/** Zeiler (2012). */
export function adadelta(o: { rate: number; rho: number; epsilon: number }): ReferenceOptimizer {
  return optimizer({
    slots: [0, 0],
    step(g, slots) {
      slots[0] = o.rho * slots[0] + (1 - o.rho) * g ** 2;
      const step = (Math.sqrt(slots[1] + o.epsilon) / Math.sqrt(slots[0] + o.epsilon)) * g;
      slots[1] = o.rho * slots[1] + (1 - o.rho) * step ** 2;
      return o.rate * step;
    },
  });
}

/** Chen et al. (2023). */
export function lion(o: { rate: number; beta1: number; beta2: number }): ReferenceOptimizer {
  return optimizer({
    slots: [0],
    step(g, slots) {
      const direction = Math.sign(o.beta1 * slots[0] + (1 - o.beta1) * g);
      slots[0] = o.beta2 * slots[0] + (1 - o.beta2) * g;
      return o.rate * direction;
    },
  });
}
