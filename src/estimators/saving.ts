import { anything, boolean, integer, listOf, nullable, number, oneOf, positiveInteger } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { FormatError } from '../errors.js';
import { anyNumber, asFormatError, readMembers } from '../io/members.js';
import { checkNoMoreArrays, readModelFile, takeArray, writeModelFile } from '../io/model-file.js';
import type { Tensor } from '../io/safetensors/dtypes.js';
import type { Activation } from '../model/activations.js';
import { ACTIVATIONS } from '../model/activations.js';
import { Network } from '../model/network.js';
import type { Parameter } from '../model/parameters.js';
import { layOut, pack, unpack } from '../model/parameters.js';
import { shapesOf } from '../model/plan.js';
import { readClassNames } from './class-names.js';
import type { MLPKind } from './kinds.js';
import type { Model } from './model.js';
import { networkSpec } from './network-spec.js';
import type { MLPParams } from './options.js';
import type { Optimizer, Progress } from './progress.js';

/** A multi-layer perceptron as it was saved. */
export interface SavedMLP {
  readonly params: MLPParams;
  readonly model: Model;
}

/**
 * A trained perceptron as bytes: options, network, progress, and the optimizer's state unless training is under way, when
 * it is incomplete.
 */
export function saveMLP(
  kind: string,
  { params, model }: SavedMLP,
  training: boolean,
): Uint8Array<ArrayBuffer> {
  const { network, progress, outputs, outActivation, classes } = model;
  const { optimizer, ...rest } = progress;
  const arrays = new Map<string, Tensor>();
  const values = network.getParameters();
  network.parameters.forEach((parameter, i) => {
    arrays.set(nameOf(parameter), { dtype: 'F32', shape: parameter.shape, data: values[i] });
  });
  const config = {
    params: savedParams(params),
    network: { params: dryParams(model.params), inputs: network.spec.inputShape[0], outputs, outActivation },
    classes,
    progress: rest,
    optimizer: optimizer && !training ? saveOptimizer(optimizer, network.parameters, arrays) : null,
  };
  return writeModelFile({ kind, config, arrays });
}

/** Everything but functions, which no file can hold. */
function savedParams({ onWarning: _onWarning, ...params }: MLPParams): object {
  return params;
}

/** Options of the past, which draw nothing any more. */
function dryParams(params: MLPParams): object {
  return { ...savedParams(params), randomState: null };
}

function nameOf({ layer, name }: Parameter): string {
  return `layers.${layer}.${name}`;
}

function slotName(slot: number, parameter: Parameter): string {
  return `optimizer.${slot}.${nameOf(parameter)}`;
}

function saveOptimizer(
  { params, rate, state }: Optimizer,
  parameters: readonly Parameter[],
  arrays: Map<string, Tensor>,
): object {
  const { slots, ...numbers } = state;
  slots?.forEach((block, slot) => {
    for (const parameter of parameters) {
      const data = unpack(block, parameter);
      arrays.set(slotName(slot, parameter), { dtype: 'F32', shape: parameter.shape, data });
    }
  });
  return { params: dryParams(params), rate, state: numbers, slots: slots?.length ?? null };
}

const count = integer({ min: 0 });
const loose = anything<unknown>();

/**
 * Read such bytes. Every array is checked against the network that the options describe before memory is taken for it.
 *
 * @param engine of the network; asked for when all is read
 * @throws FormatError for what is no file of this kind, names the byte offset or the member
 */
export async function readMLP(
  bytes: Uint8Array,
  kind: MLPKind,
  engine: () => Promise<Engine>,
): Promise<SavedMLP> {
  const { config, arrays } = readModelFile(bytes, kind.name);
  const schema = { params: loose, network: loose, classes: loose, progress: loose, optimizer: loose };
  const parts = readMembers(kind.name, config, schema);
  const shape = readMembers(`${kind.name}: network`, parts.network, {
    params: loose,
    inputs: positiveInteger,
    outputs: integer({ min: 1, max: 65536 }),
    outActivation: oneOf<Activation>([...ACTIVATIONS]),
  });
  const { inputs, outputs, outActivation } = shape;
  const classes = readClassNames(kind.name, parts.classes);
  if (!kind.fits(outputs, outActivation, classes)) {
    throw new FormatError(
      `${kind.name}: a model file must have outputs that go with its classes, but received ${outputs} ${outActivation} outputs for ${classes.length} classes.`,
    );
  }
  const read = (given: unknown): MLPParams => asFormatError(() => kind.readOptions(given));
  const params = read(parts.params);
  const made = read(shape.params);
  const spec = asFormatError(() => networkSpec(made, inputs, { outputs, outActivation }));
  const { rules, shapes } = asFormatError(() => shapesOf(spec));
  const { parameters, length } = layOut(spec, rules, shapes);
  const known = new Set<string>();
  const take = (name: string, { shape: expected }: Parameter): Float32Array => {
    known.add(name);
    return takeArray(kind.name, arrays, name, expected, Float32Array);
  };
  const values = parameters.map((parameter) => take(nameOf(parameter), parameter));
  const progress = readProgress(kind.name, parts.progress);
  progress.optimizer = readOptimizer(kind, parts.optimizer, (slot) => {
    const block = new Float32Array(length);
    for (const parameter of parameters) {
      pack(block, take(slotName(slot, parameter), parameter), parameter);
    }
    return block;
  });
  checkNoMoreArrays(kind.name, arrays, known);
  const network = new Network(spec, await engine());
  network.setParameters(values);
  network.warmUp();
  return { params, model: { network, params: made, progress, outputs, outActivation, classes } };
}

function readProgress(owner: string, given: unknown): Progress {
  const { stopping, ...progress } = readMembers(`${owner}: progress`, given, {
    lossCurve: listOf(anyNumber),
    validationScores: listOf(anyNumber),
    validationLossCurve: listOf(anyNumber),
    stopping: loose,
    loss: anyNumber,
    nIter: count,
    t: count,
    validated: boolean,
    watched: boolean,
  });
  const schema = { bestLoss: anyNumber, bestScore: anyNumber, misses: count };
  return { ...progress, stopping: readMembers(`${owner}: stopping`, stopping, schema) };
}

function readOptimizer(
  { name, readOptions }: MLPKind,
  given: unknown,
  readSlot: (slot: number) => Float32Array,
): Optimizer | undefined {
  if (given === null) return undefined;
  const { params, rate, state, slots } = readMembers(`${name}: optimizer`, given, {
    params: loose,
    rate: number({ min: 0 }),
    state: loose,
    slots: nullable(integer({ min: 0, max: 3 })),
  });
  const product = number({ min: 0, max: 1 });
  const numbers = readMembers(`${name}: optimizer state`, state, {
    step: count,
    beta1Power: product,
    beta2Power: product,
    decayPower: product,
    momentumProduct: product,
  });
  const read = asFormatError(() => readOptions(params));
  if (slots === null) return { params: read, rate, state: numbers };
  return {
    params: read,
    rate,
    state: { ...numbers, slots: Array.from({ length: slots }, (_, i) => readSlot(i)) },
  };
}
