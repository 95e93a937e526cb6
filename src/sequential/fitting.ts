import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import type { Network } from '../network/network.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { sliceRows } from '../ndarray.js';
import type { Targets } from '../train/data.js';
import { LamellaWarning, warn } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import { adviseOnFeatures, adviseOnTargets } from './advice.js';
import type { Compiled } from './compile.js';
import { Evaluation } from './evaluation.js';
import type { FitSettings } from './fit-settings.js';
import { finalActivation } from './output.js';
import { judge } from './output-advice.js';
import type { Prepared, Reader, Sample } from './prepare.js';
import type { ClassWeights } from './row-weights.js';
import { prepare, prepareInPieces } from './prepare.js';
import { readClassWeight, withClassWeight } from './row-weights.js';
import type { Source } from './source.js';
import { arraySource, streamSource } from './source.js';
import type { Stream } from './stream.js';
import { BatchStream, refuseBatches } from './stream.js';
import type { Structure } from './structure.js';
import { Validation } from './validation.js';

/** What a call of fit is about. */
export interface FitCall {
  /** What errors name: 'sequential.fit'. */
  readonly owner: string;
  readonly name: string;
  readonly settings: FitSettings;
  readonly compiled: Compiled;
}

/** What fit asks of its model. */
export interface FitModel {
  /** The structure for rows like these; the model does not keep it yet. */
  readonly structureFor: (x: unknown) => Pieces<Structure>;
  /** Keeps it, and gives it weights. */
  readonly begin: (structure: Structure) => { network: Network; seed: () => number };
}

/** Data, checked, and the network that is to learn from them. */
export interface Gathered {
  readonly network: Network;
  readonly structure: Structure;
  /** Of the model: a callback may restore another before the first step. */
  readonly seed: () => number;
  readonly source: Source;
  readonly batchSize: number;
  readonly validation: Validation | undefined;
  readonly close: () => Promise<void>;
}

interface Data {
  readonly train: Prepared | BatchStream;
  readonly validation: Prepared | BatchStream | undefined;
  readonly reader: Reader;
  readonly structure: Structure;
  readonly batchSize: number;
}

/** A stream that is closed when fit ends, whatever ends it. */
type Open = (source: Stream, name: string) => BatchStream;

/** Check all data of a fit, then let the model begin. Whatever is refused leaves the model as it was. */
export async function gather(
  call: FitCall,
  x: ArrayInput | Stream,
  y: unknown,
  model: FitModel,
): Promise<Gathered> {
  const streams: BatchStream[] = [];
  const open: Open = (source, name) => {
    const stream = new BatchStream(source, `${call.owner}: ${name}`, call.settings.signal);
    streams.push(stream);
    return stream;
  };
  const close = async (): Promise<void> => {
    for (const stream of streams) await stream.close();
  };
  try {
    refuseBatches(call.owner, x);
    const data = await (typeof x === 'function' ? readStream : readArrays)(call, x as never, y, model, open);
    advise(call, data);
    const { network, seed } = model.begin(data.structure);
    const source = sourceOf(call, data, seed);
    const validation = validationOf(call, data, network);
    return { network, seed, source, validation, close, structure: data.structure, batchSize: data.batchSize };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readStream(call: FitCall, x: Stream, y: unknown, model: FitModel, open: Open): Promise<Data> {
  const { owner, settings, compiled } = call;
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
  const structure = await runInSlices(model.structureFor(first), yielder);
  const { loss } = compiled;
  const classWeight = readClassWeight(owner, settings.classWeight, structure, loss);
  const reader = { structure, loss, classWeight };
  const { rows } = await runInSlices(prepareInPieces(owner, reader, await train.peek()), yielder);
  const validation = await runInSlices(readValidation(call, reader, open), yielder);
  return { train, structure, reader, batchSize: rows, validation };
}

async function readArrays(
  call: FitCall,
  x: ArrayInput,
  y: unknown,
  model: FitModel,
  open: Open,
): Promise<Data> {
  const { owner, settings, compiled } = call;
  const yielder = new Yielder(settings.signal);
  const structure = await runInSlices(model.structureFor(x), yielder);
  const reader = { structure, loss: compiled.loss };
  const sample: Sample = [x, y as ArrayInput, settings.sampleWeight];
  const all = await runInSlices(prepareInPieces(owner, reader, sample), yielder);
  const share = settings.validationSplit;
  const split = share > 0 ? splitLast(owner, all, share) : undefined;
  const classWeight = readClassWeight(owner, settings.classWeight, structure, compiled.loss);
  const train = weighted(split?.train ?? all, classWeight, split === undefined);
  return {
    ...{ train, structure, reader, batchSize: Math.min(settings.batchSize, train.rows) },
    validation: split?.validation ?? (await runInSlices(readValidation(call, reader, open), yielder)),
  };
}

/** Class weights count in training only. `whole`: no rows are held out, which may have other classes. */
function weighted(prepared: Prepared, classWeight: ClassWeights | undefined, whole: boolean): Prepared {
  const { dataset } = prepared;
  return {
    ...prepared,
    dataset: { ...dataset, weights: withClassWeight(dataset.weights, classWeight, prepared, whole) },
  };
}

function* readValidation(
  { owner, settings }: FitCall,
  reader: Reader,
  open: Open,
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

function advise({ settings, compiled }: FitCall, { train, structure }: Data): void {
  const { spec, shapes } = structure;
  const { onWarning } = settings;
  const output = judge(compiled.loss, finalActivation(spec.layers), sizeOf(shapes.at(-1)!));
  if (output) warn(new LamellaWarning(output.message, 'LOSS_AND_OUTPUT'), onWarning);
  const features = 'dataset' in train ? adviseOnFeatures(structure, train.dataset.rows as Rows) : undefined;
  if (features !== undefined) warn(new LamellaWarning(features, 'UNSCALED_X'), onWarning);
  const targets = 'dataset' in train ? adviseOnTargets(structure, compiled.loss, train) : undefined;
  if (targets !== undefined) warn(new LamellaWarning(targets, 'UNSCALED_Y'), onWarning);
}

function sourceOf({ owner, settings, compiled }: FitCall, data: Data, seed: () => number): Source {
  const { stepsPerEpoch, shuffle } = settings;
  const { train, reader, batchSize } = data;
  if ('dataset' in train) {
    return arraySource(train, { batchSize, shuffle, stepsPerEpoch, seed, steps: () => compiled.state.step });
  }
  return streamSource(train, stepsPerEpoch, (sample) => prepare(owner, reader, sample));
}

function validationOf(call: FitCall, data: Data, network: Network): Validation | undefined {
  const { owner, name, settings, compiled } = call;
  const { validation, reader, structure } = data;
  if (!validation) return undefined;
  const { maxTimeMs } = settings;
  const end = maxTimeMs === undefined ? Infinity : performance.now() + maxTimeMs;
  const batchSize = settings.batchSize;
  const plain = { ...reader, classWeight: undefined };
  return new Validation({
    ...{ data: validation, batchSize, steps: settings.validationSteps, frequency: settings.validationFreq },
    prepared: (sample) => prepare(owner, plain, sample, 'validationData: '),
    evaluation: () => new Evaluation(name, network, structure, compiled, batchSize),
    signal: settings.signal,
    late: () => end !== Infinity && performance.now() >= end,
  });
}

/** The first rows train, the last validate: floor(rows · (1 − share)) and the rest. No copies. */
function splitLast(
  owner: string,
  prepared: Prepared,
  share: number,
): { train: Prepared; validation: Prepared } {
  const first = Math.floor(prepared.rows * (1 - share));
  if (first === 0 || first === prepared.rows) {
    throw new ValueError(
      `${owner}: validationSplit ${share} must leave at least 1 row on both sides, but of ${prepared.rows} rows ${first} would train and ${prepared.rows - first} validate.`,
    );
  }
  return { train: slice(prepared, 0, first), validation: slice(prepared, first, prepared.rows) };
}

function slice({ dataset, truth, columns }: Prepared, begin: number, end: number): Prepared {
  const { rows, targets, weights } = dataset;
  const count = end - begin;
  const width = targets.data.length / rows.rows;
  return {
    dataset: {
      rows: sliceRows(rows, begin, end),
      targets: { ...targets, data: targets.data.subarray(begin * width, end * width) } as Targets,
      weights: weights?.subarray(begin, end),
    },
    truth: truth.subarray(begin * columns, end * columns),
    columns,
    rows: count,
  };
}
