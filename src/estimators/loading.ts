import { anything, boolean, integer, listOf, nullable, number, oneOf, positiveInteger } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { FormatError } from '../errors.js';
import { asFormatError } from '../io/format-errors.js';
import {
  anyNumber,
  readMembers,
  checkNoMoreArrays,
  readModelFile,
  takeArray,
} from '../io/read-model-file.js';
import type { Activation } from '../model/activations.js';
import { ACTIVATIONS } from '../model/activations.js';
import { Network } from '../model/network.js';
import type { Parameter } from '../model/parameters.js';
import { layOut, packInPieces } from '../model/parameters.js';
import { shapesOf } from '../model/plan.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import { readClassNames } from './class-names.js';
import type { MLPKind } from './kinds.js';
import { networkSpec } from './network-spec.js';
import type { MLPParams } from './options.js';
import type { Optimizer, Progress } from './progress.js';
import type { SavedMLP } from './saving.js';
import { nameOf, slotName } from './saving.js';

const count = integer({ min: 0 });
const loose = anything<unknown>();

/**
 * Read what `saveMLP` has written. Every array is checked against the network that the options describe before memory is taken for it.
 *
 * @param engine of the network; asked for when all is read
 * @throws FormatError for what is no file of this kind, names the byte offset or the member
 */
export async function readMLP(
  bytes: Uint8Array,
  kind: MLPKind,
  engine: () => Promise<Engine>,
): Promise<SavedMLP> {
  const { config, arrays } = await readModelFile(bytes, kind.name);
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
  const take = (name: string, { shape: expected }: Parameter): Pieces<Float32Array> => {
    known.add(name);
    return takeArray(kind.name, arrays, name, expected, Float32Array);
  };
  const yielder = new Yielder();
  const values: Float32Array[] = [];
  for (const parameter of parameters) {
    values.push(await runInSlices(take(nameOf(parameter), parameter), yielder));
  }
  const progress = readProgress(kind.name, parts.progress);
  const optimizer = readOptimizer(kind, parts.optimizer, function* (slot) {
    const block = new Float32Array(length);
    for (const parameter of parameters) {
      yield* packInPieces(block, yield* take(slotName(slot, parameter), parameter), parameter);
    }
    return block;
  });
  progress.optimizer = await runInSlices(optimizer, yielder);
  checkNoMoreArrays(kind.name, arrays, known);
  const network = new Network(spec, await engine());
  await runInSlices(network.setParametersInPieces(values), yielder);
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

function* readOptimizer(
  { name, readOptions }: MLPKind,
  given: unknown,
  readSlot: (slot: number) => Pieces<Float32Array>,
): Pieces<Optimizer | undefined> {
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
  const blocks: Float32Array[] = [];
  for (let slot = 0; slot < slots; slot++) blocks.push(yield* readSlot(slot));
  return { params: read, rate, state: { ...numbers, slots: blocks } };
}
