/**
 * The data of a call of `fit`: arrays or a stream, split, weighted, checked, and advised on, before the model
 * is touched; then the sources of its batches and its validation. The training itself is in fit-loop.ts.
 */
import { describe } from '../check.js';
import type { ClassWeights } from '../data/weights.js';
import { weighRows } from '../data/weights.js';
import { ValueError } from '../errors.js';
import type { Network } from '../network/network.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { LamellaWarning, warn } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import { adviseOnFeatures, adviseOnTargets, judge } from './advice.js';
import type { Source, Stream } from './batches.js';
import { arraySource, BatchStream, refuseBatches, streamSource } from './batches.js';
import type { Compiled } from './compile.js';
import { finalActivation } from './compile.js';
import type { Prepared, Reader, Sample } from './data.js';
import { prepare, prepareInPieces, readClassWeight } from './data.js';
import { Evaluation } from './evaluation.js';
import type { FitSettings } from './fit-options.js';
import type { Structure } from './structure.js';
import { splitLast, Validation } from './validation.js';

/** A model, as far as the data of `fit` are concerned. */
export interface DataTarget {
  readonly name: string;
  readonly compiled: Compiled;
  /** The structure for rows like these; the model does not keep it yet. */
  readonly structureFor: (x: unknown) => Pieces<Structure>;
  /** Lets the model keep the structure, and gives it weights. */
  readonly begin: (structure: Structure) => Network;
  /** Seed of shuffles, dropout and noise; a callback may restore another one before the first step. */
  readonly seed: () => number;
}

/** Checked data, and the network that is to learn from them. */
export interface FitData {
  readonly network: Network;
  readonly structure: Structure;
  readonly source: Source;
  /** Rows of the first batch of a stream, or the batch size. */
  readonly batchSize: number;
  readonly validation: Validation | undefined;
  /** Closes the streams. */
  readonly close: () => Promise<void>;
}

/** A call of fit, as its data are read. */
interface FitCall {
  readonly target: DataTarget;
  readonly settings: FitSettings;
  /** Name of the method in errors: 'sequential.fit'. */
  readonly owner: string;
  /** Makes a stream that is closed when fit ends. */
  readonly open: (source: Stream, name: string) => BatchStream;
}

interface Data {
  readonly train: Prepared | BatchStream;
  readonly validation: Prepared | BatchStream | undefined;
  readonly reader: Reader;
  readonly batchSize: number;
}

/** Checks all data of a fit, then lets the model begin. Whatever is refused leaves the model as it was. */
export async function prepareFit(
  target: DataTarget,
  settings: FitSettings,
  x: ArrayInput | Stream,
  y: unknown,
): Promise<FitData> {
  const owner = `${target.name}.fit`;
  const streams: BatchStream[] = [];
  const open = (source: Stream, name: string): BatchStream => {
    const stream = new BatchStream(source, `${owner}: ${name}`, settings.signal);
    streams.push(stream);
    return stream;
  };
  const close = async (): Promise<void> => {
    for (const stream of streams) await stream.close();
  };
  const call = { target, settings, owner, open };
  try {
    refuseBatches(owner, x);
    const data = await (typeof x === 'function' ? readStream(call, x, y) : readArrays(call, x, y));
    advise(call, data);
    const { structure } = data.reader;
    const network = target.begin(structure);
    const source = sourceOf(call, data);
    const validation = validationOf(call, data, network);
    return { network, structure, source, validation, close, batchSize: data.batchSize };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readStream(call: FitCall, x: Stream, y: unknown): Promise<Data> {
  const { owner, settings, target, open } = call;
  if (y !== undefined && y !== null) {
    throw new ValueError(
      `${owner}: y comes with the batches where x is a function, but received ${describe(y)}.`,
    );
  }
  for (const option of ['sampleWeight', 'validationSplit'] as const) {
    if (settings[option]) {
      throw new ValueError(`${owner}: ${option} needs arrays, but x is a function that returns batches.`);
    }
  }
  const train = open(x, 'x');
  const [first] = await train.peek();
  const yielder = new Yielder(settings.signal);
  const structure = await runInSlices(target.structureFor(first), yielder);
  const plain = { structure, loss: target.compiled.loss };
  const reader = { ...plain, classWeight: readClassWeight(owner, settings.classWeight, plain) };
  const { rows } = await runInSlices(prepareInPieces(owner, reader, await train.peek()), yielder);
  const validation = await runInSlices(readValidation(call, reader), yielder);
  return { train, reader, batchSize: rows, validation };
}

async function readArrays(call: FitCall, x: ArrayInput, y: unknown): Promise<Data> {
  const { owner, settings, target } = call;
  const yielder = new Yielder(settings.signal);
  const structure = await runInSlices(target.structureFor(x), yielder);
  const reader = { structure, loss: target.compiled.loss };
  const sample: Sample = [x, y as ArrayInput, settings.sampleWeight];
  const all = await runInSlices(prepareInPieces(owner, reader, sample), yielder);
  const share = settings.validationSplit;
  const split = share > 0 ? splitLast(owner, all, share) : undefined;
  const classWeight = readClassWeight(owner, settings.classWeight, reader);
  const train = weighted(split?.train ?? all, classWeight, split === undefined);
  return {
    ...{ train, reader, batchSize: Math.min(settings.batchSize, train.rows) },
    validation: split?.validation ?? (await runInSlices(readValidation(call, reader), yielder)),
  };
}

/**
 * Data with class weights, which count in training only. `whole`: no rows are held out, which may have other
 * classes.
 */
function weighted(prepared: Prepared, classWeight: ClassWeights | undefined, whole: boolean): Prepared {
  const { rows, targets, weights } = prepared.dataset;
  const dataset = { rows, targets, weights: weighRows(weights, classWeight, prepared, whole) };
  return { ...prepared, dataset };
}

function* readValidation(
  { owner, settings, open }: FitCall,
  reader: Reader,
): Pieces<Prepared | BatchStream | undefined> {
  const given = settings.validationData as unknown;
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'function') return open(given as Stream, 'validationData');
  if (Array.isArray(given) && (given.length === 2 || given.length === 3)) {
    return yield* prepareInPieces(
      owner,
      { ...reader, classWeight: undefined },
      given as unknown as Sample,
      'validationData: ',
    );
  }
  throw new ValueError(
    `${owner}: validationData must be [x, y], [x, y, sampleWeight] or a function that returns such batches, but received ${describe(given)}.`,
  );
}

function advise({ settings, target }: FitCall, { train, reader }: Data): void {
  const { structure } = reader;
  const { compiled } = target;
  const { spec, shapes } = structure;
  const { onWarning } = settings;
  const output = judge(compiled.loss, finalActivation(spec.layers), sizeOf(shapes.at(-1)!));
  if (output) warn(new LamellaWarning(output.message, 'LOSS_AND_OUTPUT'), onWarning);
  const features = 'dataset' in train ? adviseOnFeatures(structure, train.dataset.rows as Rows) : undefined;
  if (features !== undefined) warn(new LamellaWarning(features, 'UNSCALED_X'), onWarning);
  const targets = 'dataset' in train ? adviseOnTargets(structure, compiled.loss, train) : undefined;
  if (targets !== undefined) warn(new LamellaWarning(targets, 'UNSCALED_Y'), onWarning);
}

function sourceOf({ owner, settings, target }: FitCall, data: Data): Source {
  const { stepsPerEpoch, shuffle } = settings;
  const { train, reader, batchSize } = data;
  const { compiled, seed } = target;
  if ('dataset' in train) {
    return arraySource(train, { batchSize, shuffle, stepsPerEpoch, seed, steps: () => compiled.state.step });
  }
  return streamSource(train, stepsPerEpoch, (sample) => prepare(owner, reader, sample));
}

function validationOf(call: FitCall, data: Data, network: Network): Validation | undefined {
  const { owner, settings, target } = call;
  const { validation, reader } = data;
  const { name, compiled } = target;
  if (!validation) return undefined;
  const { maxTimeMs } = settings;
  const end = maxTimeMs === undefined ? Infinity : performance.now() + maxTimeMs;
  const batchSize = settings.batchSize;
  const plain = { ...reader, classWeight: undefined };
  return new Validation({
    ...{ data: validation, batchSize, steps: settings.validationSteps, frequency: settings.validationFreq },
    prepared: (sample) => prepare(owner, plain, sample, 'validationData: '),
    evaluation: () => new Evaluation(name, network, reader.structure, compiled, batchSize),
    signal: settings.signal,
    late: () => end !== Infinity && performance.now() >= end,
  });
}
