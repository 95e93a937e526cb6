import { ValueError } from '../errors.js';
import type { Network } from '../model/network.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { allFinite, rowsInPieces, toRows } from '../ndarray.js';
import type { RowsOptions } from '../ndarray/rows.js';
import type { Pieces } from '../yielding.js';
import type { Model } from './model.js';

/** Outputs of a model's network, (rows, outputs), and the rows that they belong to. */
export interface Outputs {
  readonly values: Float32Array;
  readonly rows: Rows;
}

/** The array to fill for a number of rows; undefined: a new one. */
type OutFor = (rows: number) => Float32Array | undefined;

/** Outputs for rows, into what `outFor` gives. */
export function outputsOf(model: Model, x: ArrayInput, outFor?: OutFor): Outputs {
  const rows = toRows(x, rowsOptions(model));
  return { values: finiteOutputs(model.network, rows, outFor?.(rows.rows)), rows };
}

/** `outputsOf` in pieces. */
export function* outputsInPieces(model: Model, x: ArrayInput, outFor?: OutFor): Pieces<Outputs> {
  const rows = yield* rowsInPieces(x, rowsOptions(model));
  const { network } = model;
  const values = yield* network.forwardInPieces(rows, outFor?.(rows.rows));
  refuseOverflow(values, network.outputShape[0], rows);
  return { values, rows };
}

function rowsOptions({ network }: Model): RowsOptions {
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
