import { RecordWord } from '../../src/engine/generated/abi.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { initialSlot, newOptimizerState, nextScalars, updateRule } from '../../src/network/optimizers.js';
import type { ReferenceOptimizer } from './reference.js';
import * as reference from './reference.js';

/** An update rule as the kernels know it, and the same in float64. */
export interface Rule {
  readonly name: string;
  readonly spec: OptimizerSpec;
  readonly slots: number;
  readonly initialSlot: number;
  /**
   * The record of a parameter in step t, counted from 1 (assembly/update.ts). `decay` is the L2 coefficient;
   * `offsets` are those of the weights and the slots.
   */
  readonly record: (t: number, decay: number, offsets: readonly number[]) => Float32Array<ArrayBuffer>;
  readonly reference: () => ReferenceOptimizer;
}

// All exact in float32, so that kernel and reference start from the same numbers.
const rate = 2 ** -5;
const betas = { beta1: 0.875, beta2: 1 - 2 ** -7 };
const epsilon = 2 ** -20;
const rho = 0.875;
const momentum = 0.875;

function rule(name: string, spec: OptimizerSpec, made: () => ReferenceOptimizer): Rule {
  const { code, slots } = updateRule(spec);
  return {
    name,
    spec,
    slots,
    initialSlot: initialSlot(spec),
    record(t, decay, [weights, ...slots]) {
      const state = newOptimizerState();
      let scalars = nextScalars(spec, state, rate);
      for (let i = 1; i < t; i++) scalars = nextScalars(spec, state, rate);
      const record = new Float32Array(RecordWord.end);
      const words = new Int32Array(record.buffer);
      words[RecordWord.rule] = code;
      slots.forEach((slot, i) => (words[RecordWord.slot0 + i] = slot - weights));
      record.set(scalars, RecordWord.scalars);
      record[RecordWord.scalars + 1] = decay;
      return record;
    },
    reference: made,
  };
}

export const RULES: readonly Rule[] = [
  rule('sgd', { kind: 'sgd', momentum: 0, nesterov: false }, () => reference.sgd({ rate })),
  rule('momentum', { kind: 'sgd', momentum, nesterov: false }, () => reference.momentum({ rate, momentum })),
  rule('Nesterov momentum', { kind: 'sgd', momentum, nesterov: true }, () =>
    reference.momentum({ rate, momentum, nesterov: true }),
  ),
  rule('adam', { kind: 'adam', ...betas, epsilon }, () => reference.adam({ rate, ...betas, epsilon })),
  rule('amsgrad', { kind: 'adam', ...betas, epsilon, amsgrad: true }, () =>
    reference.adam({ rate, ...betas, epsilon, amsgrad: true }),
  ),
  rule('adamax', { kind: 'adamax', ...betas, epsilon }, () => reference.adamax({ rate, ...betas, epsilon })),
  rule('nadam', { kind: 'nadam', ...betas, epsilon }, () => reference.nadam({ rate, ...betas, epsilon })),
  rule('rmsprop', { kind: 'rmsprop', rho, momentum, epsilon, centered: false }, () =>
    reference.rmsprop({ rate, rho, momentum, epsilon, centered: false }),
  ),
  rule('centered rmsprop', { kind: 'rmsprop', rho, momentum: 0, epsilon: 0.125, centered: true }, () =>
    reference.rmsprop({ rate, rho, momentum: 0, epsilon: 0.125, centered: true }),
  ),
  rule('adagrad', { kind: 'adagrad', initialAccumulator: 0.125, epsilon }, () =>
    reference.adagrad({ rate, initialAccumulator: 0.125, epsilon }),
  ),
  rule('adadelta', { kind: 'adadelta', rho, epsilon: 2 ** -8 }, () =>
    reference.adadelta({ rate, rho, epsilon: 2 ** -8 }),
  ),
  rule('lion', { kind: 'lion', ...betas }, () => reference.lion({ rate, ...betas })),
];
