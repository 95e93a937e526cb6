/**
 * Models of estimators from the bytes of a file, nothing of which is trusted. They are written by mlp.ts and
 * perceptron/perceptron.ts.
 */
import { anything, boolean, integer, listOf, nullable, number, oneOf, positiveInteger } from '../check.js';
import type { Engine } from '../engine/engines.js';
import type { Label } from '../data/labels.js';
import { encodeLabels } from '../data/labels.js';
import { FormatError } from '../errors.js';
import { asFormatError, parameterName, slotName } from '../io/model-file.js';
import {
  anyNumber,
  readMembers,
  checkNoMoreArrays,
  readModelFile,
  takeArray,
} from '../io/read-model-file.js';
import type { Activation } from '../network/activations.js';
import { ACTIVATIONS } from '../network/activations.js';
import { Network } from '../network/network.js';
import type { Parameter } from '../network/parameters.js';
import { layOut, packInPieces } from '../network/parameters.js';
import { shapesOf } from '../network/plan.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import { networkSpec } from './network-spec.js';
import type { MLPParams } from './options.js';
import type { Model, Optimizer, Progress } from './model.js';
import type { PerceptronParams } from './perceptron/options.js';
import { PERCEPTRON, readPerceptronOptions } from './perceptron/options.js';
import type { Fitted } from './perceptron/training.js';

const count = integer({ min: 0 });
const loose = anything<unknown>();

/** A kind of multi-layer perceptron, by the name that its files hold. */
type MLPName = 'MLPClassifier' | 'MLPRegressor';

type ReadOptions = (owner: string, given: unknown) => MLPParams;

/** True if outputs, their activation and the classes go together. */
const FITS = { MLPClassifier: fitsClassifier, MLPRegressor: fitsRegressor };

/**
 * Read what toBytes of this kind has written. Every array is checked against the network that the options
 * describe before memory is taken for it.
 *
 * @param readOptions of this kind, to train it or only to predict
 * @param engine of the network; asked for when all is read
 * @throws FormatError for what is no file of this kind, names the byte offset or the member
 */
export async function readMLP(
  bytes: Uint8Array,
  name: MLPName,
  readOptions: ReadOptions,
  engine: () => Promise<Engine>,
): Promise<{ params: MLPParams; model: Model }> {
  const { config, arrays } = await readModelFile(bytes, name);
  const schema = { params: loose, network: loose, classes: loose, progress: loose, optimizer: loose };
  const parts = readMembers(name, config, schema);
  const shape = readMembers(`${name}: network`, parts.network, {
    params: loose,
    inputs: positiveInteger,
    outputs: integer({ min: 1, max: 65536 }),
    outActivation: oneOf<Activation>([...ACTIVATIONS]),
  });
  const { inputs, outputs, outActivation } = shape;
  const classes = readClassNames(name, parts.classes);
  if (!FITS[name](outputs, outActivation, classes)) {
    throw new FormatError(
      `${name}: a model file must have outputs that go with its classes, but received ${outputs} ${outActivation} outputs for ${classes.length} classes.`,
    );
  }
  const read = (given: unknown): MLPParams => asFormatError(() => readOptions(name, given));
  const params = read(parts.params);
  const made = read(shape.params);
  const spec = asFormatError(() => networkSpec(made, inputs, { outputs, outActivation }));
  const { rules, shapes } = asFormatError(() => shapesOf(spec));
  const { parameters, length } = layOut(spec, rules, shapes);
  const known = new Set<string>();
  const take = (array: string, { shape: expected }: Parameter): Pieces<Float32Array> => {
    known.add(array);
    return takeArray(name, arrays, array, expected, Float32Array);
  };
  const yielder = new Yielder();
  const values: Float32Array[] = [];
  for (const parameter of parameters) {
    values.push(await runInSlices(take(parameterName(parameter), parameter), yielder));
  }
  const progress = readProgress(name, parts.progress);
  const optimizer = readOptimizer(name, readOptions, parts.optimizer, function* (slot) {
    const block = new Float32Array(length);
    for (const parameter of parameters) {
      yield* packInPieces(block, yield* take(slotName(slot, parameter), parameter), parameter);
    }
    return block;
  });
  progress.optimizer = await runInSlices(optimizer, yielder);
  checkNoMoreArrays(name, arrays, known);
  const network = new Network(spec, await engine());
  await runInSlices(network.weights.setValuesInPieces(values), yielder);
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
  name: MLPName,
  readOptions: ReadOptions,
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
  const read = asFormatError(() => readOptions(name, params));
  if (slots === null) return { params: read, rate, state: numbers };
  const blocks: Float32Array[] = [];
  for (let slot = 0; slot < slots; slot++) blocks.push(yield* readSlot(slot));
  return { params: read, rate, state: { ...numbers, slots: blocks } };
}

function fitsClassifier(outputs: number, outActivation: Activation, { length }: readonly Label[]): boolean {
  if (outActivation === 'softmax') return length > 2 && outputs === length;
  return outActivation === 'sigmoid' && length > 1 && (outputs === length || (length === 2 && outputs === 1));
}

function fitsRegressor(_outputs: number, outActivation: Activation, { length }: readonly Label[]): boolean {
  return length === 0 && (outActivation === 'linear' || outActivation === 'exponential');
}

/** Read what Perceptron.toBytes has written. @throws FormatError for what is no Perceptron */
export async function readPerceptron(
  bytes: Uint8Array,
): Promise<{ params: PerceptronParams; fitted: Fitted }> {
  const { config, arrays } = await readModelFile(bytes, PERCEPTRON);
  const parts = readMembers(PERCEPTRON, config, { params: anything<unknown>(), fitted: anything<unknown>() });
  const params = asFormatError(() => readPerceptronOptions(parts.params));
  const fitted = readMembers(`${PERCEPTRON}: fitted`, parts.fitted, {
    classes: anything<unknown>(),
    features: positiveInteger,
    lossCurve: listOf(anyNumber),
    nIter: integer({ min: 0 }),
    t: integer({ min: 1 }),
  });
  const classes = readClassNames(PERCEPTRON, fitted.classes);
  if (classes.length < 2) {
    throw new FormatError(
      `${PERCEPTRON}: a model file must have at least 2 classes, but received ${classes.length}.`,
    );
  }
  const width = classes.length === 2 ? 1 : classes.length;
  const yielder = new Yielder();
  const take = (name: string, ...of: number[]): Promise<Float64Array> =>
    runInSlices(takeArray(PERCEPTRON, arrays, name, of, Float64Array), yielder);
  const coef = await take('coef', width, fitted.features);
  const intercept = await take('intercept', width);
  checkNoMoreArrays(PERCEPTRON, arrays, new Set(['coef', 'intercept']));
  return { params, fitted: { ...fitted, classes, coef, intercept } };
}

/**
 * The classes of a model file: distinct, sorted, of one type; maybe none.
 *
 * @throws FormatError for anything else
 */
function readClassNames(owner: string, given: unknown): readonly Label[] {
  const name = `${owner}: classes`;
  if (!Array.isArray(given)) {
    throw new FormatError(`${name} of a model file must be a list, but received another type.`);
  }
  if (given.length === 0) return [];
  const { classes } = asFormatError(() => encodeLabels(given as Label[], name));
  if (classes.length === given.length && classes.every((label, i) => label === given[i])) return classes;
  throw new FormatError(`${name} of a model file must be sorted and distinct, but received another order.`);
}
