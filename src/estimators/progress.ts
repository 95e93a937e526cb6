import type { OptimizerState } from '../model/optimizers.js';
import { newOptimizerState } from '../model/optimizers.js';
import type { MLPParams } from './options.js';
import type { StoppingState } from './stopping.js';
import { newStoppingState } from './stopping.js';

/** An optimizer with its schedule, in the middle of training. partialFit goes on with it. */
export interface Optimizer {
  /** The options as they stood when it was made. */
  readonly params: MLPParams;
  readonly state: OptimizerState;
  /** Learning rate in force. */
  rate: number;
}

/** What training has come to; survives from call to call with warmStart and partialFit. */
export interface Progress {
  readonly lossCurve: number[];
  readonly validationScores: number[];
  readonly stopping: StoppingState;
  /** Undefined before the first call, and after a divergence, which the optimizer's memory shares. */
  optimizer?: Optimizer;
  nIter: number;
  /** Rows seen in all. */
  t: number;
  /** Whether the last call held rows out. */
  validated: boolean;
}

export function newOptimizer(params: MLPParams): Optimizer {
  return { params, state: newOptimizerState(), rate: params.learningRateInit };
}

export function newProgress(): Progress {
  return {
    lossCurve: [],
    validationScores: [],
    stopping: newStoppingState(),
    nIter: 0,
    t: 0,
    validated: false,
  };
}
