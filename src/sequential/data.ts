/**
 * Rows, targets and weights as `fit`, `evaluate` and the methods for single batches take them: checked
 * against the model's shapes and its loss, and made into a data set for the kernels, with the targets as the
 * metrics want them beside it.
 */
import { describe } from '../check.js';
import type { ClassWeights } from '../data/weights.js';
import { readClassWeights, readRowWeights, weighRows } from '../data/weights.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Dataset, Targets } from '../network/feed.js';
import type { ResolvedLoss } from '../network/loss-options.js';
import { smoothTargets } from '../network/loss-options.js';
import { lossForm } from '../network/losses.js';
import { kernelRowsInPieces } from '../network/scale.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, NdArray, TypedArray } from '../ndarray.js';
import { arrayInPieces, formatShape } from '../ndarray.js';
import { copied, firstNonFinite, firstWhere, mapped } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { Structure } from './structure.js';
import { readRowsInPieces } from './structure.js';

/** Rows with their targets, as the kernels and as the metrics want them. */
export interface Prepared {
  readonly dataset: Dataset;
  /** The targets as given, (rows, columns); one column of class numbers for sparse cross-entropy. */
  readonly truth: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** A batch or data set as people give it: [x, y] or [x, y, sampleWeight]. */
export type Sample = readonly [x: ArrayInput, y: ArrayInput, sampleWeight?: ArrayInput | null];

/** The parts of a model that decide how data are read. */
export interface Reader {
  readonly structure: Structure;
  readonly loss: ResolvedLoss;
  readonly classWeight?: ClassWeights;
}

/**
 * Checks data and makes them ready to train on or to evaluate. `part` is what errors call them: '',
 * 'validationData: '.
 */
export function* prepareInPieces(
  owner: string,
  reader: Reader,
  [x, y, w]: Sample,
  part = '',
): Pieces<Prepared> {
  const { structure, loss, classWeight } = reader;
  const rows = yield* readRowsInPieces(owner, x, structure.spec.inputShape, `${part}x`);
  const prepared = yield* prepareTargets(y, rows.rows, structure, loss, `${part}y`);
  const weights = readRowWeights(w, rows.rows, `${part}sampleWeight`);
  const { targets, truth, columns } = prepared;
  return {
    dataset: {
      rows: yield* kernelRowsInPieces(rows),
      targets,
      weights: weighRows(weights, classWeight, prepared, false),
    },
    truth,
    columns,
    rows: rows.rows,
  };
}

/** `prepareInPieces` at once. */
export function prepare(owner: string, reader: Reader, sample: Sample, part?: string): Prepared {
  return runAtOnce(prepareInPieces(owner, reader, sample, part));
}

/**
 * Class weights by class number, of the classes that the outputs and the loss tell apart.
 *
 * @throws ValueError for anything but a Map or an object from classes to numbers >= 0
 */
export function readClassWeight(
  owner: string,
  given: unknown,
  { structure, loss }: Reader,
): ClassWeights | undefined {
  const outputs = sizeOf(structure.shapes.at(-1)!);
  const classes = outputs > 1 ? outputs : loss.name === 'binaryCrossentropy' ? 2 : undefined;
  return readClassWeights(owner, given, classes);
}

/** Targets of rows, once for the loss and once for the metrics. */
interface PreparedTargets {
  readonly targets: Targets;
  /** The targets as given, (rows, columns); one column of class numbers for sparse cross-entropy. */
  readonly truth: Float32Array;
  readonly columns: number;
}

/** Targets of a loss, checked. @throws ShapeError, ValueError */
function* prepareTargets(
  y: unknown,
  rows: number,
  { spec, shapes }: Structure,
  loss: ResolvedLoss,
  name = 'y',
): Pieces<PreparedTargets> {
  if (y === undefined || y === null) {
    throw new ValueError(`${name} must be given: an array of targets, one per row of x.`);
  }
  const array = yield* arrayInPieces(asNumbers(y, name), name, Float32Array);
  if (array.shape[0] !== rows) {
    throw new ShapeError(
      `${name} must have as many entries as x has rows, ${rows}, but received ${array.shape[0]} (shape ${formatShape(array.shape)}).`,
    );
  }
  const outputs = sizeOf(shapes.at(-1)!);
  const sparse = loss.name === 'sparseCategoricalCrossentropy';
  const truth = yield* sparse ? readClasses(array, outputs, name) : readValues(array, outputs, loss, name);
  if (!sparse) {
    const values = yield* smoothTargets(yield* forLoss(truth, loss), outputs, loss);
    return { targets: { kind: 'values', data: values }, truth, columns: outputs };
  }
  const targets: Targets = lossForm(spec, loss.spec).labels
    ? { kind: 'labels', data: yield* copied(truth, new Int32Array(truth.length)) }
    : { kind: 'values', data: yield* oneHot(truth, outputs) };
  return { targets, truth, columns: 1 };
}

/** Targets with booleans as 0 and 1. Refuses texts, and says how to make numbers of them. */
function asNumbers(y: unknown, name: string): unknown {
  let first: unknown = y;
  for (let depth = 0; depth < 8 && Array.isArray(first); depth++) first = first[0];
  if (typeof first === 'boolean') return withoutBooleans(y);
  if (typeof first !== 'string') return y;
  const numeric = first.trim() !== '' && Number.isFinite(Number(first));
  const hint = numeric
    ? 'convert the texts with Number, as in y.map(Number)'
    : 'number the classes from 0, as LabelEncoder does, and use sparseCategoricalCrossentropy';
  throw new ValueError(`${name} must hold numbers, but received ${describe(first)} in row 0; ${hint}.`);
}

function withoutBooleans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBooleans);
  return typeof value === 'boolean' ? Number(value) : value;
}

function* readClasses(array: NdArray<TypedArray>, classes: number, name: string): Pieces<Float32Array> {
  const { data, shape, scale = 1 } = array;
  if (classes < 2) {
    throw new ShapeError(
      `sparseCategoricalCrossentropy needs one output per class, but the model has ${classes}; use binaryCrossentropy with one sigmoid unit, or one softmax unit per class.`,
    );
  }
  if (sizeOf(shape) !== shape[0]) {
    throw new ShapeError(
      `${name} must hold one integer class per row for sparseCategoricalCrossentropy, but received the shape ${formatShape(shape)}; for one-hot rows use categoricalCrossentropy.`,
    );
  }
  const wrong = yield* firstWhere(data, (value) => {
    const label = value * scale;
    return !(Number.isInteger(label) && label >= 0 && label < classes);
  });
  if (wrong < 0) return yield* copied(data, new Float32Array(data.length), scale);
  throw new ValueError(
    `${name} must hold integers from 0 to ${classes - 1} for sparseCategoricalCrossentropy with ${classes} outputs, but received ${data[wrong] * scale} in row ${wrong}.`,
  );
}

function* readValues(
  array: NdArray<TypedArray>,
  outputs: number,
  loss: ResolvedLoss,
  name: string,
): Pieces<Float32Array> {
  const { data, shape, scale = 1 } = array;
  if (sizeOf(shape) !== shape[0] * outputs) throw wrongWidth(shape, outputs, loss, name);
  const values =
    scale === 1 && data instanceof Float32Array
      ? data
      : yield* copied(data, new Float32Array(data.length), scale);
  const at = yield* firstNonFinite(values);
  if (at >= 0) {
    throw new ValueError(
      `${name} must hold finite numbers, but received ${values[at]} in row ${Math.floor(at / outputs)}.`,
    );
  }
  yield* checkRange(values, outputs, loss, name);
  return values;
}

function wrongWidth(shape: readonly number[], outputs: number, loss: ResolvedLoss, name: string): ShapeError {
  const received = `but received the shape ${formatShape(shape)}`;
  const flat = sizeOf(shape) === shape[0];
  const one = outputs === 1 ? '(rows) or (rows, 1)' : `(rows, ${outputs})`;
  let hint = '';
  if (loss.name === 'categoricalCrossentropy' && flat) {
    hint = `; for integer classes use sparseCategoricalCrossentropy, or toCategorical(y, ${outputs})`;
  } else if (flat && outputs > 1) {
    hint = '; for one value per row give the last layer 1 unit';
  } else if (outputs === 1) {
    hint = `; for targets of ${sizeOf(shape) / shape[0]} values give the last layer that many units`;
  }
  const what = loss.name === 'categoricalCrossentropy' ? 'be one-hot rows of' : 'have';
  return new ShapeError(`${name} must ${what} the shape ${one} for ${loss.name}, ${received}${hint}.`);
}

/** Cross-entropies compare shares: 0 to 1. */
function* checkRange(
  values: Float32Array,
  outputs: number,
  { name: loss }: ResolvedLoss,
  name: string,
): Pieces<void> {
  if (loss !== 'categoricalCrossentropy' && loss !== 'binaryCrossentropy') return;
  const at = yield* firstWhere(values, (value) => value < 0 || value > 1);
  if (at < 0) return;
  const hint =
    loss === 'categoricalCrossentropy'
      ? 'for integer classes use sparseCategoricalCrossentropy'
      : 'for targets of -1 and 1 use hinge';
  throw new ValueError(
    `${name} must hold values from 0 to 1 for ${loss}, but received ${values[at]} in row ${Math.floor(at / outputs)}; ${hint}.`,
  );
}

/** Hinge losses take 0 and 1 as −1 and 1 (keras/src/losses/losses.py, convert_binary_labels_to_hinge). */
function* forLoss(values: Float32Array, { name }: ResolvedLoss): Pieces<Float32Array> {
  if (name !== 'hinge' && name !== 'squaredHinge') return values;
  if ((yield* firstWhere(values, (value) => value !== 0 && value !== 1)) >= 0) return values;
  return yield* mapped(values, new Float32Array(values.length), (value) => 2 * value - 1);
}

function* oneHot(labels: Float32Array, classes: number): Pieces<Float32Array> {
  const values = new Float32Array(labels.length * classes);
  yield* ranges(labels.length, classes, (begin, end) => {
    for (let row = begin; row < end; row++) values[row * classes + labels[row]] = 1;
  });
  return values;
}
