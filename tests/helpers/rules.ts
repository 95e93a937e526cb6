import type { ReferenceOptimizer } from './reference.js';
import { adam, momentum, sgd } from './reference.js';

/** An update rule as the kernels know it, and the same in float64. */
export interface Rule {
  readonly name: string;
  /** As in assembly/update.ts. */
  readonly code: number;
  readonly slots: number;
  /** Scalars of step t, counted from 1; `decay` is the L2 coefficient. */
  readonly control: (t: number, decay: number) => Float32Array;
  readonly reference: () => ReferenceOptimizer;
}

// All exact in float32, so that kernel and reference start from the same numbers.
const rate = 2 ** -5;
const mu = 0.875;
const beta1 = 0.875;
const beta2 = 1 - 2 ** -7;
const epsilon = 2 ** -20;

const corrected = (t: number): number => (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);

export const RULES: readonly Rule[] = [
  {
    name: 'sgd',
    code: 0,
    slots: 0,
    control: (_, decay) => Float32Array.of(rate, decay),
    reference: () => sgd({ rate }),
  },
  {
    name: 'momentum',
    code: 1,
    slots: 1,
    control: (_, decay) => Float32Array.of(rate, decay, mu, 1, 0),
    reference: () => momentum({ rate, momentum: mu }),
  },
  {
    name: 'Nesterov momentum',
    code: 1,
    slots: 1,
    control: (_, decay) => Float32Array.of(rate, decay, mu, mu, rate),
    reference: () => momentum({ rate, momentum: mu, nesterov: true }),
  },
  {
    name: 'adam',
    code: 2,
    slots: 2,
    control: (t, decay) => Float32Array.of(corrected(t), decay, beta1, 1 - beta1, beta2, 1 - beta2, epsilon),
    reference: () => adam({ rate, beta1, beta2, epsilon }),
  },
];
