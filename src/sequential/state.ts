import { ShapeError } from '../errors.js';
import type { Network } from '../model/network.js';
import type { OptimizerState } from '../model/optimizers.js';
import { initialSlot, updateRule } from '../model/optimizers.js';
import type { Parameter } from '../model/parameters.js';
import { pack, unpack } from '../model/parameters.js';
import { sizeOf } from '../model/spec.js';
import type { NdArray } from '../ndarray.js';
import type { TrainingState } from '../train/callbacks/types.js';
import type { Compiled } from './compile.js';

/** The optimizer's part of a state: its slots as arrays of the weights' shapes. */
export function optimizerState({ state }: Compiled, { parameters }: Network): TrainingState['optimizer'] {
  const { step, beta1Power, beta2Power, decayPower, momentumProduct, slots = [] } = state;
  const arrays = slots.map((slot) =>
    parameters.map((parameter) => ({ data: unpack(slot, parameter), shape: parameter.shape })),
  );
  return { step, beta1Power, beta2Power, decayPower, momentumProduct, slots: arrays };
}

/** A state as the optimizer works on it. @throws ShapeError if it is another model's or another optimizer's */
export function restoredOptimizer(
  owner: string,
  compiled: Compiled,
  network: Network,
  { slots, ...scalars }: TrainingState['optimizer'],
): OptimizerState {
  const { parameters } = network;
  const { kind } = compiled.optimizer.spec;
  const expected = updateRule(compiled.optimizer.spec).slots;
  if (slots.length > 0 && slots.length !== expected) {
    throw new ShapeError(
      `${owner}: the state of ${kind} must have ${expected} arrays per weight, but received that of another optimizer, with ${slots.length}.`,
    );
  }
  const length = network.packed.length;
  const blocks = slots.map((arrays) => {
    if (arrays.length !== parameters.length) {
      throw new ShapeError(
        `${owner}: an optimizer's slot must have ${parameters.length} arrays, one per weight, but received ${arrays.length}.`,
      );
    }
    const block = new Float32Array(length).fill(initialSlot(compiled.optimizer.spec));
    parameters.forEach((parameter, i) => pack(block, slotValues(owner, arrays[i], parameter), parameter));
    return block;
  });
  return { ...scalars, ...(blocks.length > 0 && { slots: blocks }) };
}

function slotValues(owner: string, { data }: NdArray, { shape, name }: Parameter): Float32Array {
  if (data.length === sizeOf(shape)) return data;
  throw new ShapeError(
    `${owner}: the optimizer's slot of ${name} must have ${sizeOf(shape)} values, but received ${data.length}.`,
  );
}
