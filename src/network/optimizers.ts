// What training needs of an optimizer: its update rule, the slots that the rule keeps, its scalars at every
// step, and the state that a checkpoint holds. Formulas stand in scripts/kernels/rules.mjs, options in
// optimizer-options.ts, apart from here because lamella/predict does without them.
import type { RuleScalars } from '../engine/generated/abi.js';
import { RULE_SLOTS, RuleCode } from '../engine/generated/abi.js';

/** Clipping and decay that every optimizer takes. At most one kind of clipping is in force. */
export interface OptimizerCommon {
  /** Limit of the norm of each parameter's gradient, > 0. Default: none. */
  readonly clipNorm?: number;
  /** Limit of the norm of all gradients together, > 0. Default: none. */
  readonly globalClipNorm?: number;
  /** Limit of the magnitude of each value of a gradient, > 0. Default: none. */
  readonly clipValue?: number;
  /**
   * Decoupled weight decay, >= 0: w ← w · (1 − learningRate · weightDecay) before each update. Default 0;
   * adamw: .004.
   */
  readonly weightDecay?: number;
}

interface Betas {
  readonly beta1: number;
  readonly beta2: number;
}

export type OptimizerSpec = OptimizerCommon &
  (
    | { readonly kind: 'sgd'; readonly momentum: number; readonly nesterov: boolean }
    | ({ readonly kind: 'adam'; readonly epsilon: number; readonly amsgrad?: boolean } & Betas)
    | ({ readonly kind: 'adamax' | 'nadam'; readonly epsilon: number } & Betas)
    | ({ readonly kind: 'lion' } & Betas)
    | {
        readonly kind: 'rmsprop';
        readonly rho: number;
        readonly momentum: number;
        readonly epsilon: number;
        readonly centered: boolean;
      }
    | { readonly kind: 'adagrad'; readonly initialAccumulator: number; readonly epsilon: number }
    | { readonly kind: 'adadelta'; readonly rho: number; readonly epsilon: number }
  );

export interface UpdateRule {
  readonly code: number;
  readonly slots: number;
}

export function updateRule(optimizer: OptimizerSpec): UpdateRule {
  const name = ruleOf(optimizer);
  return { code: RuleCode[name], slots: RULE_SLOTS[name] };
}

function ruleOf(optimizer: OptimizerSpec): RuleCode {
  if (optimizer.kind === 'sgd') return optimizer.momentum > 0 ? 'momentum' : 'sgd';
  if (optimizer.kind === 'adam') return optimizer.amsgrad ? 'amsgrad' : 'adam';
  if (optimizer.kind === 'rmsprop') return optimizer.centered ? 'centered' : 'rmsprop';
  return optimizer.kind;
}

/** The value that slots start with. */
export function initialSlot(optimizer: OptimizerSpec): number {
  return optimizer.kind === 'adagrad' ? optimizer.initialAccumulator : 0;
}

/** Running products that bias corrections need, instead of powers. Plain data, fit for a checkpoint. */
export interface OptimizerState {
  /** Steps taken. */
  step: number;
  beta1Power: number;
  beta2Power: number;
  /** Nadam: .96^t and Π u. */
  decayPower: number;
  momentumProduct: number;
  /** Slots in the layout of the parameter block; undefined before the first step. */
  slots?: Float32Array[];
}

export function newOptimizerState(): OptimizerState {
  return { step: 0, beta1Power: 1, beta2Power: 1, decayPower: 1, momentumProduct: 1 };
}

/**
 * Advances the state by a step, and returns the scalars of the rule at this learning rate
 * (scripts/kernels/rules.mjs). Decay, the second, is 0: it is the parameter's own.
 */
export function nextScalars(optimizer: OptimizerSpec, state: OptimizerState, rate: number): Float32Array {
  state.step += 1;
  if ('beta1' in optimizer) {
    state.beta1Power *= optimizer.beta1;
    state.beta2Power *= optimizer.beta2;
  }
  return Float32Array.from(scalarsOf(optimizer, state, rate));
}

function scalarsOf(optimizer: OptimizerSpec, state: OptimizerState, rate: number): RuleScalars[RuleCode] {
  switch (optimizer.kind) {
    case 'sgd': {
      const { momentum, nesterov } = optimizer;
      if (momentum === 0) return [rate, 0] satisfies RuleScalars['sgd'];
      const factors = nesterov ? ([momentum, rate] as const) : ([1, 0] as const);
      return [rate, 0, momentum, ...factors] satisfies RuleScalars['momentum'];
    }
    case 'adam': {
      const corrected = (rate * Math.sqrt(1 - state.beta2Power)) / (1 - state.beta1Power);
      return [corrected, 0, ...shares(optimizer), optimizer.epsilon] satisfies RuleScalars[
        'adam' | 'amsgrad'];
    }
    case 'adamax': {
      const corrected = rate / (1 - state.beta1Power);
      return [corrected, 0, ...shares(optimizer), optimizer.epsilon] satisfies RuleScalars['adamax'];
    }
    case 'nadam': {
      const moments = [...shares(optimizer), optimizer.epsilon] as const;
      return [rate, 0, ...moments, ...nextNadam(optimizer.beta1, state)] satisfies RuleScalars['nadam'];
    }
    case 'rmsprop': {
      const { rho, momentum, epsilon } = optimizer;
      return [rate, 0, rho, 1 - rho, momentum, epsilon] satisfies RuleScalars['rmsprop' | 'centered'];
    }
    case 'adagrad':
      return [rate, 0, optimizer.epsilon] satisfies RuleScalars['adagrad'];
    case 'adadelta':
      return [rate, 0, optimizer.rho, 1 - optimizer.rho, optimizer.epsilon] satisfies RuleScalars['adadelta'];
    case 'lion':
      return [rate, 0, ...shares(optimizer)] satisfies RuleScalars['lion'];
  }
}

/** beta1, 1 − beta1, beta2, 1 − beta2 */
function shares({ beta1, beta2 }: Betas): [number, number, number, number] {
  return [beta1, 1 - beta1, beta2, 1 - beta2];
}

/**
 * Factors of the mean and of the gradient, and the correction: u_t = beta1 (1 − .5 · .96^t)
 * (keras/src/optimizers/nadam.py).
 */
function nextNadam(beta1: number, state: OptimizerState): [number, number, number] {
  state.decayPower *= 0.96;
  const now = beta1 * (1 - 0.5 * state.decayPower);
  const next = beta1 * (1 - 0.5 * state.decayPower * 0.96);
  state.momentumProduct *= now;
  const product = state.momentumProduct;
  return [next / (1 - product * next), (1 - now) / (1 - product), 1 / (1 - state.beta2Power)];
}
