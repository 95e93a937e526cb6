/**
 * Rows of features as the engine takes them: float32 or 8 bits, checked for shape and finite values; parts
 * of such rows. CSR rows are read in csr.ts, other arrays in read.ts.
 */
import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import { sparseRows } from './csr.js';
import { arrayInPieces, readyArray } from './read.js';
import type { Given, NdArray, Rows, TypedArray } from './types.js';
import { formatPlace, formatShape, isCsr } from './types.js';
import { copied, firstNonFinite } from './values.js';

export interface RowsOptions {
  /** Name of the array in errors. Default 'X'. */
  readonly name?: string;
  /** The number of features a network was made for. */
  readonly expectedFeatures?: number;
  /** Report images (rank 3 and 4) as (rows, features). Default false: keep their shape. */
  readonly flatten?: boolean;
  /**
   * Leave two things to the caller: to check float32 values as they are copied, and call `refuseNonFinite` if
   * one is not finite; and to read rows that are plain arrays (`nested`). Default false.
   */
  readonly unchecked?: boolean;
}

/**
 * Any accepted form as rows of float32 or 8-bit values.
 *
 * Uint8Array and Uint8ClampedArray stay as they are, with their scale; Float32Array without scale is passed
 * through without a copy; CSR rows stay sparse; everything else is rounded once, fround(data[i] * scale) with
 * the product in float64.
 *
 * @throws ShapeError for rank 0, 1 or above 4, no rows, no features, or another width than expected
 * @throws ValueError for what is not a number, NaN, infinities, and values beyond float32's range, naming row
 *   and column
 */
export function* rowsInPieces(input: unknown, options: RowsOptions = {}): Pieces<Rows> {
  const { name = 'X', expectedFeatures, unchecked = false } = options;
  if (isCsr(input)) {
    const rows = yield* sparseRows(input, name);
    checkRank(rows.shape, name);
    checkFeatures(rows.features, expectedFeatures, rows.shape, name);
    return rows;
  }
  if (unchecked && isPlainRows(input, expectedFeatures)) return unread(input, name);
  const array = yield* arrayInPieces(input, name, Float32Array);
  const ready = readyRows(array, input, options);
  if (ready) return ready;
  const data = yield* roundOnce(array);
  const { features, shape } = sizesOf(array, options);
  const rows = { data, rows: shape[0], features, scale: 1, shape };
  if (unchecked) return { ...rows, unchecked: { input, name } };
  if ((yield* firstNonFinite(data)) >= 0) throw yield* refusal({ input, name });
  return rows;
}

/** `rowsInPieces`, at once. */
export function toRows(input: unknown, options: RowsOptions = {}): Rows {
  const array = readyArray(input, options.name ?? 'X');
  const ready = array && readyRows(array, input, options);
  return ready ?? runAtOnce(rowsInPieces(input, options));
}

/** Rows of an array whose values can be taken as they are: bytes, and float32 that is checked later. */
function readyRows(array: NdArray<TypedArray>, input: unknown, options: RowsOptions): Rows | undefined {
  const { data, scale = 1 } = array;
  const { features, shape } = sizesOf(array, options);
  const rows = shape[0];
  if (data instanceof Uint8Array) return { data, rows, features, scale, shape };
  if (data instanceof Uint8ClampedArray) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return { data: bytes, rows, features, scale, shape };
  }
  if (!(data instanceof Float32Array) || scale !== 1 || !options.unchecked) return undefined;
  const unchecked = { input, name: options.name ?? 'X' };
  return { data, rows, features, scale, shape, unchecked };
}

/** @throws ShapeError unless an array has rows, of as many features as are expected */
function sizesOf(
  { data, shape }: NdArray<TypedArray>,
  { name = 'X', expectedFeatures, flatten }: RowsOptions,
): { features: number; shape: readonly number[] } {
  checkRank(shape, name);
  const [rows] = shape;
  const features = data.length / rows;
  checkFeatures(features, expectedFeatures, shape, name);
  return { features, shape: flatten ? [rows, features] : shape };
}

/** Fewer rows are read at once. */
const MIN_UNREAD_ROWS = 100;

/** True if many rows are, as far as the first one shows, plain arrays of numbers. */
function isPlainRows(input: unknown, features: number | undefined): input is readonly (readonly number[])[] {
  if (!Array.isArray(input) || input.length < MIN_UNREAD_ROWS) return false;
  const first: unknown = input[0];
  if (!Array.isArray(first) || typeof first[0] !== 'number') return false;
  return features === undefined || first.length === features;
}

/**
 * Rows to be read where they are used: without a copy of all of them, predicting takes about half the time.
 */
function unread(nested: readonly (readonly number[])[], name: string): Rows {
  const [rows, features] = [nested.length, nested[0].length];
  const data = new Float32Array(0);
  const unchecked = { input: nested, name };
  return { data, rows, features, scale: 1, shape: [rows, features], nested, unchecked };
}

function checkFeatures(
  features: number,
  expected: number | undefined,
  shape: readonly number[],
  name: string,
): void {
  if (expected === undefined || features === expected) return;
  throw new ShapeError(
    `${name} must have ${expected} features, as the network was made for, but received ${features} (shape ${formatShape(shape)}).`,
  );
}

/** ShapeError unless a shape is one of rows: rank 2 to 4, nothing empty. */
export function checkRank(shape: readonly number[], name: string): void {
  const rank = shape.length;
  if (rank === 0)
    throw new ShapeError(`${name} must be a 2-d array (rows, features), but received a single number.`);
  if (shape.includes(0)) {
    throw new ShapeError(
      `${name} must have at least 1 row and 1 feature, but received an empty array of shape ${formatShape(shape)}.`,
    );
  }
  if (rank === 1) {
    throw new ShapeError(
      `${name}: Expected a 2-d array, got a 1-d array of length ${shape[0]}; use [[...]] or ndarray(data, [${shape[0]}, 1]) for one feature, ndarray(data, [1, ${shape[0]}]) for one row.`,
    );
  }
  if (rank > 4) {
    throw new ShapeError(
      `${name} must have 2 to 4 dimensions, but received the shape ${formatShape(shape)}.`,
    );
  }
}

function* roundOnce({ data, scale = 1 }: NdArray<TypedArray>): Pieces<Float32Array> {
  if (scale === 1 && data instanceof Float32Array) return data;
  return yield* copied(data, new Float32Array(data.length), scale);
}

/** Name the first value that is not finite as float32, as the caller gave it. */
export function refuseNonFinite(given: Given): never {
  throw runAtOnce(refusal(given));
}

function* refusal({ input, name }: Given): Pieces<ValueError> {
  const array = yield* arrayInPieces(input, name, Float32Array);
  const at = yield* firstNonFinite(yield* roundOnce(array));
  const place = formatPlace(placeOf(at, array.shape));
  // Plain numbers were rounded while they were read: read them again to show what was given.
  const original = yield* arrayInPieces(input, name);
  const value = original.data[at] * (original.scale ?? 1);
  if (Number.isFinite(value)) {
    return new ValueError(
      `${name} must be within float32's range (±3.4028235e38), but received ${value} at ${place}.`,
    );
  }
  return new ValueError(`${name} must hold finite numbers, but received ${describe(value)} at ${place}.`);
}

function placeOf(position: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    place.unshift(position % shape[d]);
    position = Math.floor(position / shape[d]);
  }
  return place;
}

/** The rows [begin, end). Their data are views. */
export function sliceRows<R extends Rows>(rows: R, begin: number, end: number): R {
  const { data, features, shape, sparse } = rows as Rows;
  const part = { ...rows, rows: end - begin, shape: [end - begin, ...shape.slice(1)] };
  if (!sparse) return { ...part, data: data.subarray(begin * features, end * features) };
  const { starts, columns } = sparse;
  const [from, to] = [starts[begin], starts[end]];
  const moved = starts.subarray(begin, end + 1).map((start) => start - from);
  return {
    ...part,
    data: data.subarray(from, to),
    sparse: { starts: moved, columns: columns.subarray(from, to) },
  };
}

/** A copy of some rows, flattened. */
export function* takeRows(rows: Rows, indices: Int32Array): Pieces<Rows> {
  const { data, features, sparse } = rows;
  const part = { ...rows, rows: indices.length, shape: [indices.length, features] };
  const from = (row: number): number => (sparse ? sparse.starts[row] : row * features);
  const starts = new Int32Array(sparse ? indices.length + 1 : 0);
  let length = 0;
  indices.forEach((row, i) => {
    length += from(row + 1) - from(row);
    if (sparse) starts[i + 1] = length;
  });
  const copy = data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const columns = new Int32Array(sparse ? length : 0);
  let to = 0;
  yield* ranges(indices.length, length / Math.max(1, indices.length), (begin, end) => {
    for (const row of indices.subarray(begin, end)) {
      copy.set(data.subarray(from(row), from(row + 1)), to);
      if (sparse) columns.set(sparse.columns.subarray(from(row), from(row + 1)), to);
      to += from(row + 1) - from(row);
    }
  });
  return { ...part, data: copy, ...(sparse && { sparse: { starts, columns } }) };
}
