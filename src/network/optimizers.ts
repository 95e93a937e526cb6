import { RuleCode } from '../engine/generated/abi.js';

/** Clipping and decay that every optimizer takes. At most one kind of clipping is in force. */
export interface OptimizerCommon {
  /** Most of the norm of each parameter's gradient. */
  readonly clipNorm?: number;
  /** Most of the norm of all gradients together. */
  readonly globalClipNorm?: number;
  /** Most of the magnitude of each value of a gradient. */
  readonly clipValue?: number;
  /** Decoupled: weights ← weights · (1 − learningRate · weightDecay) before each update. */
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

/** The slots that each update rule keeps. */
const SLOTS: Readonly<Record<RuleCode, number>> = {
  sgd: 0,
  momentum: 1,
  adam: 2,
  amsgrad: 3,
  adamax: 2,
  nadam: 2,
  rmsprop: 2,
  centered: 3,
  adagrad: 1,
  adadelta: 2,
  lion: 1,
};

export interface UpdateRule {
  readonly code: number;
  readonly slots: number;
}

export function updateRule(optimizer: OptimizerSpec): UpdateRule {
  const name = ruleOf(optimizer);
  return { code: RuleCode[name], slots: SLOTS[name] };
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

/** Floats of the scalars that a rule reads: assembly/update.ts names them. */
const SCALARS = 10;

/** Advance the state by a step; the rule's scalars at this learning rate (position 1, decay, is the parameter's own). */
export function nextScalars(optimizer: OptimizerSpec, state: OptimizerState, rate: number): Float32Array {
  const scalars = new Float32Array(SCALARS);
  scalars[0] = rate;
  state.step += 1;
  if ('beta1' in optimizer) {
    state.beta1Power *= optimizer.beta1;
    state.beta2Power *= optimizer.beta2;
    const { beta1, beta2 } = optimizer;
    scalars.set([beta1, 1 - beta1, beta2, 1 - beta2], 2);
  }
  if ('epsilon' in optimizer) scalars[6] = optimizer.epsilon;
  switch (optimizer.kind) {
    case 'sgd':
      scalars.set(
        optimizer.nesterov ? [optimizer.momentum, optimizer.momentum, rate] : [optimizer.momentum, 1, 0],
        2,
      );
      break;
    case 'adam':
      scalars[0] = (rate * Math.sqrt(1 - state.beta2Power)) / (1 - state.beta1Power);
      break;
    case 'adamax':
      scalars[0] = rate / (1 - state.beta1Power);
      break;
    case 'nadam':
      setNadam(scalars, optimizer.beta1, state);
      break;
    case 'rmsprop':
      scalars.set([optimizer.rho, 1 - optimizer.rho, optimizer.momentum], 2);
      break;
    case 'adadelta':
      scalars.set([optimizer.rho, 1 - optimizer.rho], 2);
      break;
  }
  return scalars;
}

/** u_t = beta1 (1 − .5 · .96^t) (keras/src/optimizers/nadam.py). */
function setNadam(scalars: Float32Array, beta1: number, state: OptimizerState): void {
  state.decayPower *= 0.96;
  const now = beta1 * (1 - 0.5 * state.decayPower);
  const next = beta1 * (1 - 0.5 * state.decayPower * 0.96);
  state.momentumProduct *= now;
  const product = state.momentumProduct;
  scalars.set([next / (1 - product * next), (1 - now) / (1 - product), 1 / (1 - state.beta2Power)], 7);
}
