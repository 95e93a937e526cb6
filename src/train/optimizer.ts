import type { OptimizerSpec } from '../model/spec.js';

/** Positions of an update rule's scalars in its control block (assembly/update.ts). */
export const CONTROL = { learningRate: 0, decay: 1 } as const;

/** Running products that Adam's bias correction needs; kept between calls of fit where an estimator goes on. */
export interface OptimizerState {
  beta1Power: number;
  beta2Power: number;
  /** Optimizer slots in panel layout, one block per slot; undefined before the first step. */
  slots?: Float32Array[];
}

export function newOptimizerState(): OptimizerState {
  return { beta1Power: 1, beta2Power: 1 };
}

/** The scalars that stay the same from step to step, as they lie in a control block. */
export function fixedControl(optimizer: OptimizerSpec): number[] {
  if (optimizer.kind === 'adam') {
    const { beta1, beta2, epsilon } = optimizer;
    return [0, 0, beta1, 1 - beta1, beta2, 1 - beta2, epsilon];
  }
  return [0, 0, optimizer.momentum, 1, 0];
}

/**
 * Writes what changes with the learning rate, for the next step: Adam's lr · √(1 − β2^t) / (1 − β1^t) with running
 * products for the powers, Nesterov's two factors.
 */
export function nextStep(
  control: Float32Array,
  optimizer: OptimizerSpec,
  state: OptimizerState,
  rate: number,
): void {
  if (optimizer.kind === 'adam') {
    state.beta1Power *= optimizer.beta1;
    state.beta2Power *= optimizer.beta2;
    control[CONTROL.learningRate] = (rate * Math.sqrt(1 - state.beta2Power)) / (1 - state.beta1Power);
    return;
  }
  control[CONTROL.learningRate] = rate;
  if (optimizer.nesterov) {
    control[3] = optimizer.momentum;
    control[4] = rate;
  }
}
