import { ValueError } from '../errors.js';
import { parameterName, slotName, toJson, writeModelFile } from '../io/model-file.js';
import type { Tensor } from '../io/safetensors.js';
import type { Parameter } from '../network/parameters.js';
import type { NdArray } from '../ndarray.js';
import type { TrainingState } from '../train/callbacks/types.js';
import type { CompileOptions } from './compile.js';
import type { ModelJson } from './json.js';

/** The name of the kind in files. */
export const SEQUENTIAL = 'Sequential';

/** What the optimizer has come to. */
export type OptimizerProgress = Pick<TrainingState, 'optimizer' | 'learningRate'>;

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
