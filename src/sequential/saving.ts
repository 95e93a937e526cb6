import { anything, integer, nullable, number } from '../check.js';
import { ValueError } from '../errors.js';
import { readMembers } from '../io/members.js';
import type { ModelFile } from '../io/model-file.js';
import { checkNoMoreArrays, takeArray, writeModelFile } from '../io/model-file.js';
import { toJson } from '../io/plain.js';
import type { Tensor } from '../io/safetensors/dtypes.js';
import type { Parameter } from '../model/parameters.js';
import type { NdArray } from '../ndarray.js';
import type { TrainingState } from '../train/callbacks/types.js';
import type { CompileOptions } from './compile.js';
import type { ModelJson } from './json.js';

/** The name of the kind in files. */
export const SEQUENTIAL = 'Sequential';

/** What the optimizer has come to. */
type OptimizerProgress = Pick<TrainingState, 'optimizer' | 'learningRate'>;

/** A model whose shapes are known, in parts. */
export interface SequentialParts {
  readonly model: ModelJson;
  readonly parameters: readonly Parameter[];
  /** In the order of the parameters. */
  readonly weights: readonly NdArray[];
  /** How it was compiled, and what the optimizer has come to. */
  readonly compiled?: {
    readonly options: CompileOptions;
    readonly state: OptimizerProgress;
  };
}

/** A model as bytes. What it was compiled with is left out where functions are part of it. */
export function saveSequential({
  model,
  parameters,
  weights,
  compiled,
}: SequentialParts): Uint8Array<ArrayBuffer> {
  const arrays = new Map<string, Tensor>();
  const put = (list: readonly NdArray[], prefix = ''): void => {
    list.forEach(({ data, shape }, i) => {
      arrays.set(`${prefix}${nameOf(parameters[i])}`, { dtype: 'F32', shape, data });
    });
  };
  put(weights);
  const kept = compiled && isPlain(compiled.options) ? compiled : undefined;
  kept?.state.optimizer.slots.forEach((slot, i) => put(slot, slotPrefix(i)));
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

function nameOf({ layer, name }: Parameter): string {
  return `layers.${layer}.${name}`;
}

function slotPrefix(slot: number): string {
  return `optimizer.${slot}.`;
}

/** What was saved of a model but its layers. */
export interface SavedWeights {
  readonly weights: readonly NdArray[];
  readonly compile: CompileOptions | null;
  readonly state: OptimizerProgress | null;
}

const product = number({ min: 0, max: 1 });
const parts = { model: anything<unknown>(), compile: anything<unknown>(), training: anything<unknown>() };

/** The description of the layers in a file. @throws FormatError if there is none */
export function readDescription({ config }: ModelFile): unknown {
  return readMembers(SEQUENTIAL, config, parts).model;
}

/** The rest of a file, checked against the parameters that its layers have. @throws FormatError */
export function readWeights({ config, arrays }: ModelFile, parameters: readonly Parameter[]): SavedWeights {
  const { compile, training } = readMembers(SEQUENTIAL, config, parts);
  const known = new Set<string>();
  const take = (prefix = ''): NdArray[] =>
    parameters.map((parameter) => {
      const name = `${prefix}${nameOf(parameter)}`;
      known.add(name);
      const data = takeArray(SEQUENTIAL, arrays, name, parameter.shape, Float32Array);
      return { data, shape: parameter.shape };
    });
  const weights = take();
  const state = training === null ? null : readState(training, (slot) => take(slotPrefix(slot)));
  checkNoMoreArrays(SEQUENTIAL, arrays, known);
  return { weights, compile: compile as CompileOptions | null, state };
}

function readState(training: unknown, readSlot: (slot: number) => NdArray[]): OptimizerProgress {
  const { slots, learningRate, ...scalars } = readMembers(`${SEQUENTIAL}: training`, training, {
    step: integer({ min: 0 }),
    beta1Power: product,
    beta2Power: product,
    decayPower: product,
    momentumProduct: product,
    slots: integer({ min: 0, max: 3 }),
    learningRate: nullable(number({ min: 0 })),
  });
  const optimizer = { ...scalars, slots: Array.from({ length: slots }, (_, i) => readSlot(i)) };
  return learningRate === null ? { optimizer } : { optimizer, learningRate };
}
