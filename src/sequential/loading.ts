/**
 * Reading of the files that `saveSequential` has written, checked against the layers that they describe.
 * Loaded when it is first needed, by lamella/predict too.
 */
import { anything, integer, nullable, number } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { readMembers, checkNoMoreArrays, readModelFile, takeArray } from '../io/read-model-file.js';
import type { ModelFile } from '../io/model-file.js';
import { parameterName, slotName } from '../io/model-file.js';
import type { Parameter } from '../network/parameters.js';
import type { NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import type { CompileOptions } from './compile.js';
import { readDescribed, SEQUENTIAL } from './json.js';
import { SequentialPredictor } from './predictor.js';
import type { OptimizerProgress } from './saving.js';

/** The parts of a file that `saveSequential` wrote. @throws FormatError for other files and damaged ones */
export function readSequential(bytes: Uint8Array): Promise<ModelFile> {
  return readModelFile(bytes, SEQUENTIAL);
}

/**
 * The model in the bytes of a file, to predict with.
 *
 * @throws FormatError for anything else, and for damaged files
 */
export async function readPredictor(
  bytes: Uint8Array,
  engine: () => Promise<Engine>,
): Promise<SequentialPredictor> {
  const file = await readSequential(bytes);
  const model = readDescribed(readDescription(file), (options) => new SequentialPredictor(options));
  await model.restoreWeights((parameters) => readWeights(file, parameters), engine);
  return model;
}

/** The parts of a saved model besides its layers. */
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
export function* readWeights(
  { config, arrays }: ModelFile,
  parameters: readonly Parameter[],
): Pieces<SavedWeights> {
  const { compile, training } = readMembers(SEQUENTIAL, config, parts);
  const known = new Set<string>();
  const take = function* (nameOf: (parameter: Parameter) => string): Pieces<NdArray[]> {
    const all: NdArray[] = [];
    for (const parameter of parameters) {
      const name = nameOf(parameter);
      known.add(name);
      const data = yield* takeArray(SEQUENTIAL, arrays, name, parameter.shape, Float32Array);
      all.push({ data, shape: parameter.shape });
    }
    return all;
  };
  const weights = yield* take(parameterName);
  const state =
    training === null ? null : yield* readState(training, (slot) => take((each) => slotName(slot, each)));
  checkNoMoreArrays(SEQUENTIAL, arrays, known);
  return { weights, compile: compile as CompileOptions | null, state };
}

function* readState(
  training: unknown,
  readSlot: (slot: number) => Pieces<NdArray[]>,
): Pieces<OptimizerProgress> {
  const { slots, learningRate, ...scalars } = readMembers(`${SEQUENTIAL}: training`, training, {
    step: integer({ min: 0 }),
    beta1Power: product,
    beta2Power: product,
    decayPower: product,
    momentumProduct: product,
    slots: integer({ min: 0, max: 3 }),
    learningRate: nullable(number({ min: 0 })),
  });
  const read: NdArray[][] = [];
  for (let slot = 0; slot < slots; slot++) read.push(yield* readSlot(slot));
  const optimizer = { ...scalars, slots: read };
  return learningRate === null ? { optimizer } : { optimizer, learningRate };
}
