/**
 * What outputs of a network mean to estimators: values, labels, and the arrays that callers give to be
 * filled. Not for targets (targets.ts); the network computes the outputs themselves.
 */
import { describe, typedArrayKind } from '../check.js';
import type { Label } from '../data/labels.js';
import { ValueError, ShapeError } from '../errors.js';
import type { Activation } from '../network/activations.js';
import type { Network } from '../network/network.js';
import type { ArrayInput, Rows, NdArray, TypedArray } from '../ndarray.js';
import { allFinite, rowsInPieces, toRows, isTypedArray } from '../ndarray.js';
import type { RowsOptions } from '../ndarray/rows.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';

/** Outputs of a model's network, (rows, outputs), and the rows that they belong to. */
export interface Outputs {
  readonly values: Float32Array;
  readonly rows: Rows;
}

/** A model as far as it computes outputs. */
interface Predictive {
  readonly network: Network;
}

/** The array to fill for a number of rows; undefined: a new one. */
type OutFor = (rows: number) => Float32Array | undefined;

/** Outputs for rows, into what `outFor` gives. */
export function outputsOf(model: Predictive, x: ArrayInput, outFor?: OutFor): Outputs {
  const rows = toRows(x, rowsOptions(model));
  return { values: finiteOutputs(model.network, rows, outFor?.(rows.rows)), rows };
}

/** `outputsOf` in pieces. */
export function* outputsInPieces(model: Predictive, x: ArrayInput, outFor?: OutFor): Pieces<Outputs> {
  const rows = yield* rowsInPieces(x, rowsOptions(model));
  const { network } = model;
  const values = yield* network.forwardInPieces(rows, outFor?.(rows.rows));
  refuseOverflow(values, network.outputShape[0], rows);
  return { values, rows };
}

function rowsOptions({ network }: Predictive): RowsOptions {
  return { flatten: true, expectedFeatures: network.spec.inputShape[0], unchecked: true };
}

/**
 * Outputs of a network for rows, row-major, into `out` or a new array.
 *
 * @throws ValueError as `refuseOverflow` does
 */
export function finiteOutputs(
  network: Network,
  rows: Rows,
  out?: Float32Array,
  name?: string,
  numbers?: ArrayLike<number>,
): Float32Array {
  const values = network.forward(rows, out);
  refuseOverflow(values, network.outputShape[0], rows, name, numbers);
  return values;
}

/**
 * Refuses rows whose outputs, `width` each, are not finite, since float32 does not hold the sums of their
 * products.
 *
 * @param numbers of the rows in the data that were given, where they are others than 0, 1, 2, …
 * @throws ValueError with the first such row and its largest value
 */
export function refuseOverflow(
  outputs: Float32Array,
  width: number,
  rows: Rows,
  name = 'X',
  numbers?: ArrayLike<number>,
): void {
  if (allFinite(outputs, 0, rows.rows * width)) return;
  const row = Math.floor(outputs.findIndex((value) => value - value !== 0) / width);
  const read = rows.nested ? toRows(rows.nested, { flatten: true }) : rows;
  throw overflow(read, row, numbers?.[row] ?? row, name);
}

function overflow(
  { data, features, scale, sparse }: Rows,
  row: number,
  number: number,
  name: string,
): ValueError {
  const begin = sparse ? sparse.starts[row] : row * features;
  const end = sparse ? sparse.starts[row + 1] : begin + features;
  let largest = begin;
  for (let at = begin; at < end; at++) if (Math.abs(data[at]) > Math.abs(data[largest])) largest = at;
  const column = sparse ? sparse.columns[largest] : largest - begin;
  const value = Number((data[largest] * scale).toPrecision(7));
  return new ValueError(
    `${name} must hold values of a size that the network can compute with, but received ${value} at row ${number}, column ${column}, where its outputs are not finite; remove the row, or scale the features.`,
  );
}

/** The output layer of a model, or the one that targets ask for. */
interface OutputLayer {
  readonly outputs: number;
  readonly outActivation: Activation;
}

/** True if a classifier gives every row any number of labels. */
export function isMultilabel({ outActivation, outputs }: OutputLayer): boolean {
  return outActivation === 'sigmoid' && outputs > 1;
}

/**
 * Positions of the classes of all rows from the outputs of a network: the first of the largest probabilities,
 * or p > 0.5 for a single unit.
 */
export function* decide(outputs: Float32Array, rows: number): Pieces<Int32Array> {
  const width = outputs.length / rows;
  const codes = new Int32Array(rows);
  yield* ranges(rows, width, (begin, end) => {
    for (let row = begin; row < end; row++) codes[row] = decideRow(outputs, row * width, width);
  });
  return codes;
}

/** The code of one row, whose `width` outputs begin at `start`. */
export function decideRow(outputs: Float32Array, start: number, width: number): number {
  if (width === 1) return outputs[start] > 0.5 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < width; j++) if (outputs[start + j] > outputs[start + best]) best = j;
  return best;
}

/** The labels of every row from the outputs of a network: those whose probability is above ½. */
export function decideEach(outputs: Float32Array): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(outputs.length);
  for (let i = 0; i < outputs.length; i++) labels[i] = outputs[i] > 0.5 ? 1 : 0;
  return labels;
}

/** Where predicted labels may be written: a plain array, or a typed array for numeric labels. */
export type LabelSequence = Label[] | TypedArray;

/** ShapeError unless an array to fill has exactly the length that is needed for a shape. */
export function checkOut(length: number, needed: number, shape: string): void {
  if (length === needed) return;
  throw new ShapeError(`out must have ${needed} elements for the shape ${shape}, but received ${length}.`);
}

/**
 * @throws ShapeError for another length than one element per row, ValueError if `out` cannot hold the labels
 */
function checkLabelsOut(out: LabelSequence, rows: number, classes: readonly Label[]): void {
  if (!Array.isArray(out) && !isTypedArray(out)) {
    throw new ValueError(`out must be an array or a typed array, but received ${describe(out)}.`);
  }
  checkOut(out.length, rows, `(${rows})`);
  if (isTypedArray(out)) {
    const kept = new (out.constructor as new (length: number) => TypedArray)(1);
    for (const label of classes) {
      kept[0] = label as number;
      if (kept[0] === label) continue;
      throw new ValueError(
        `out must be able to hold the labels ${describe(classes)}, but received ${describe(out)}, which cannot hold ${describe(label)}.`,
      );
    }
  }
}

/**
 * Where the labels of some rows go: `out`, or a new array, to be filled in order.
 *
 * @throws ShapeError, ValueError if `out` cannot take them
 */
export function labelSequence(
  out: LabelSequence | undefined,
  rows: number,
  classes: readonly Label[],
): LabelSequence {
  if (out === undefined) return [];
  checkLabelsOut(out, rows, classes);
  return out;
}

/** Write the label of a row. @throws ValueError if that element of `out` cannot be written */
export function writeLabel(out: LabelSequence, row: number, label: Label): void {
  try {
    (out as Label[])[row] = label;
  } catch (error) {
    const writable = Object.getOwnPropertyDescriptor(out, row)?.writable ?? Object.isExtensible(out);
    throw writable ? error : new ValueError('out must be writable, but received a frozen array.');
  }
}

/**
 * Rows of 0 and 1 as an NdArray (rows, labels), in `out` where there is one. @throws ShapeError, ValueError
 */
export function labelRows(
  data: Uint8Array<ArrayBuffer>,
  rows: number,
  out: LabelSequence | undefined,
): NdArray<Uint8Array> {
  const shape = [rows, data.length / rows];
  if (out === undefined) return { data, shape };
  if (typedArrayKind(out) !== 'Uint8Array') {
    throw new ValueError(
      `out must be a Uint8Array for several labels per row, but received ${describe(out)}.`,
    );
  }
  checkOut(out.length, data.length, `(${shape.join(', ')})`);
  const rowsOut = out as Uint8Array;
  rowsOut.set(data);
  return { data: rowsOut, shape };
}
