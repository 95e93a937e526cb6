/** How a layer's activation is computed, and its derivative from the layer's output. Codes as in assembly/activation.ts. */
export interface ActivationRule {
  readonly code: number;
  /** What clamps the accumulators at the store: 0 for relu; −∞ leaves them as they are. */
  readonly low: number;
  /** Whether a sweep over the stored outputs follows. */
  readonly sweep: boolean;
}

const rules = {
  linear: { code: 0, low: -Infinity, sweep: false },
  relu: { code: 1, low: 0, sweep: false },
  tanh: { code: 2, low: -Infinity, sweep: true },
  sigmoid: { code: 3, low: -Infinity, sweep: true },
  exponential: { code: 4, low: -Infinity, sweep: true },
} as const satisfies Record<string, ActivationRule>;

/** Elementwise activations. */
export type Activation = keyof typeof rules;

/** What the last layer may end in; softmax works on whole rows. */
export type OutputActivation = Activation | 'softmax';

export function activationRule(activation: Activation): ActivationRule {
  return rules[activation];
}
