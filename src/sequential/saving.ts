/**
 * Saving a Sequential: the bytes of its file, and the state from which training continues, written and read.
 * Not for reading files (loading.ts, loaded when it is first needed).
 */
import type { Schema } from '../check.js';
import { anything, checkValue, describe, integer, number } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { parameterName, slotName, toJson, writeModelFile } from '../io/model-file.js';
import type { Tensor } from '../io/safetensors.js';
import type { Network } from '../network/network.js';
import type { OptimizerState } from '../network/optimizers.js';
import { initialSlot, updateRule } from '../network/optimizers.js';
import type { Parameter } from '../network/parameters.js';
import { packInPieces, unpack } from '../network/parameters.js';
import { sizeOf } from '../network/spec.js';
import type { NdArray } from '../ndarray.js';
import { allFinite } from '../ndarray.js';
import { checkNdArray } from '../ndarray/read.js';
import type { TrainingState } from '../train/callbacks/types.js';
import type { Pieces } from '../yielding.js';
import type { Compiled, CompileOptions } from './compile.js';
import type { ModelJson } from './json.js';
import { SEQUENTIAL } from './json.js';

/** The optimizer's part of a training state, and the learning rate unless a schedule gives it. */
export type OptimizerProgress = Pick<TrainingState, 'optimizer' | 'learningRate'>;

/** A model whose shapes are known, in parts. */
export interface SequentialParts {
  readonly model: ModelJson;
  readonly parameters: readonly Parameter[];
  /** Weights in the order of the parameters. */
  readonly weights: readonly NdArray[];
  /** Options of `compile`, and the state of the optimizer. */
  readonly compiled?: {
    readonly options: CompileOptions;
    readonly state: OptimizerProgress;
  };
}

/** A model as bytes of a file. The options of `compile` are left out if functions are part of them. */
export function saveSequential({
  model,
  parameters,
  weights,
  compiled,
}: SequentialParts): Uint8Array<ArrayBuffer> {
  const arrays = new Map<string, Tensor>();
  const put = (list: readonly NdArray[], nameOf: (parameter: Parameter) => string): void => {
    list.forEach(({ data, shape }, i) => arrays.set(nameOf(parameters[i]), { dtype: 'F32', shape, data }));
  };
  put(weights, parameterName);
  const kept = compiled && isPlain(compiled.options) ? compiled : undefined;
  kept?.state.optimizer.slots.forEach((slot, i) => put(slot, (each) => slotName(i, each)));
  const config = { model, compile: kept?.options ?? null, training: kept ? trainingOf(kept.state) : null };
  return writeModelFile({ kind: SEQUENTIAL, config, arrays });
}

function trainingOf({ optimizer, learningRate }: OptimizerProgress): object {
  return { ...optimizer, slots: optimizer.slots.length, learningRate: learningRate ?? null };
}

function isPlain(options: CompileOptions): boolean {
  try {
    toJson(options, 'compile');
    return true;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/**
 * The state of the optimizer, slots as arrays of the weights' shapes, and the learning rate unless scheduled.
 */
export function optimizerProgress(
  { state, optimizer, learningRate }: Compiled,
  { parameters }: Network,
): OptimizerProgress {
  const { step, beta1Power, beta2Power, decayPower, momentumProduct, slots = [] } = state;
  const arrays = slots.map((slot) =>
    parameters.map((parameter) => ({ data: unpack(slot, parameter), shape: parameter.shape })),
  );
  const given = typeof optimizer.learningRate === 'number' && { learningRate };
  return {
    optimizer: { step, beta1Power, beta2Power, decayPower, momentumProduct, slots: arrays },
    ...given,
  };
}

const count = integer({ min: 0 });

const scalars = {
  ...{ step: count, beta1Power: number(), beta2Power: number(), decayPower: number() },
  momentumProduct: number(),
};

/** Members of a state but its arrays, with their rules. */
const rules = {
  epoch: count,
  seed: integer({ min: 0, max: 0xffffffff }),
  optimizer: anything<Record<string, unknown>>(),
  history: anything<Record<string, unknown>>(),
};

/**
 * Checks a state that the caller gave, perhaps from a file: nothing in it is trusted. Weights are left to
 * setWeights, slots to `restoredOptimizer`.
 *
 * @throws ValueError for missing members, and for anything else than numbers
 */
export function readTrainingState(owner: string, given: unknown): TrainingState {
  const what = `${owner}: setTrainingState: state`;
  const state = readObject(what, given);
  checkMembers(what, state, rules);
  if (state.learningRate !== undefined)
    checkValue(what, 'learningRate', state.learningRate, number({ min: 0 }));
  checkMembers(`${what}.optimizer`, readObject(`${what}.optimizer`, state.optimizer), scalars);
  for (const [name, values] of Object.entries(readObject(`${what}.history`, state.history))) {
    if (Array.isArray(values) && Array.from<unknown>(values).every((each) => typeof each === 'number'))
      continue;
    throw new ValueError(
      `${what}.history must hold arrays of numbers, but received ${describe(values)} as ${describe(name)}.`,
    );
  }
  return state as unknown as TrainingState;
}

function readObject(what: string, given: unknown): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw new ValueError(
    `${what} must be an object, as getTrainingState gives it, but received ${describe(given)}.`,
  );
}

function checkMembers(what: string, given: Record<string, unknown>, members: Schema): void {
  for (const [name, rule] of Object.entries(members)) checkValue(what, name, given[name], rule);
}

/** A state as the optimizer uses it. @throws ShapeError if it is another model's or another optimizer's */
export function* restoredOptimizer(
  owner: string,
  compiled: Compiled,
  network: Network,
  { slots, ...scalars }: TrainingState['optimizer'],
): Pieces<OptimizerState> {
  const { parameters } = network;
  const { kind } = compiled.optimizer.spec;
  const expected = updateRule(compiled.optimizer.spec).slots;
  if (!Array.isArray(slots)) {
    throw new ValueError(
      `${owner}: the optimizer's slots must be an array, but received ${describe(slots)}.`,
    );
  }
  if (slots.length > 0 && slots.length !== expected) {
    throw new ShapeError(
      `${owner}: the state of ${kind} must have ${expected} arrays per weight, but received that of another optimizer, with ${slots.length}.`,
    );
  }
  const length = network.weights.length;
  const blocks: Float32Array[] = [];
  for (const arrays of Array.from(slots as readonly (readonly NdArray[])[])) {
    if (!Array.isArray(arrays) || arrays.length !== parameters.length) {
      const received = Array.isArray(arrays) ? arrays.length : describe(arrays);
      throw new ShapeError(
        `${owner}: an optimizer's slot must have ${parameters.length} arrays, one per weight, but received ${received}.`,
      );
    }
    const block = new Float32Array(length).fill(initialSlot(compiled.optimizer.spec));
    for (const [i, parameter] of parameters.entries()) {
      yield* packInPieces(block, slotValues(owner, arrays[i] as unknown, parameter), parameter);
    }
    blocks.push(block);
  }
  return { ...scalars, ...(blocks.length > 0 && { slots: blocks }) };
}

function slotValues(owner: string, given: unknown, { shape, name }: Parameter): Float32Array {
  const what = `${owner}: the optimizer's slot of ${name}`;
  const { data } = checkNdArray(given as NdArray, what);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(`${what} must have ${sizeOf(shape)} values, but received ${data.length}.`);
  }
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  if (allFinite(values)) return values;
  throw new ValueError(
    `${what} must hold finite numbers, but received ${values.find((each) => !Number.isFinite(each))}.`,
  );
}
