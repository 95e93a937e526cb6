/**
 * The memo of the last prediction of a single row into an array of the caller. The same call again, whatever
 * values the row and the weights then have, needs no checks and allocates nothing. Not a cache of results:
 * they are computed every time.
 */
import type { NdArray, Rows } from '../ndarray.js';
import type { KernelRows } from './scale.js';
import { toKernelRows } from './scale.js';

/** A prediction of a single row into an array that the caller gave. */
export interface PredictionMemo {
  /** Name of the method. */
  readonly call: string;
  readonly x: NdArray<any>;
  readonly dimensions: readonly number[];
  readonly options: { readonly out?: unknown };
  readonly out: ArrayLike<unknown>;
  /** The length of `out`. */
  readonly length: number;
  readonly rows: KernelRows;
  /** The call's result, or the array that its outputs go to. */
  readonly result: unknown;
  /** Shape of the result, if it has one. */
  readonly resultShape: readonly number[] | undefined;
}

/** A row in a larger buffer is not memoized: the memo would keep the buffer from the garbage collector. */
const MAX_BYTES = 1048576;

/** Makes the memo of a call; undefined if a repeated call could not use the rows of this one. */
export function memoize(
  call: string,
  x: unknown,
  options: { readonly out?: unknown } | undefined,
  given: Rows,
  result: unknown,
): PredictionMemo | undefined {
  if (options?.out === undefined || given.rows !== 1 || !isPlain(x)) return undefined;
  const array = x;
  const names = Object.keys(options);
  if (names.length !== 1 || names[0] !== 'out' || array.data.buffer.byteLength > MAX_BYTES) return undefined;
  const out = options.out as ArrayLike<unknown>;
  const rows = toKernelRows(given);
  if (rows.data !== array.data || !Array.isArray(array.shape)) return undefined;
  const { shape } = result as Partial<NdArray>;
  const [dimensions, resultShape] = [[...array.shape], shape && [...shape]];
  return { call, x: array, dimensions, options, out, length: out.length, rows, result, resultShape };
}

/**
 * True if a call repeats the memoized one: same method, same objects, none of them changed but for the
 * values.
 */
export function isRepeated(
  memo: PredictionMemo | undefined,
  call: string,
  x: unknown,
  options: { readonly out?: unknown } | undefined,
): memo is PredictionMemo {
  return (
    memo !== undefined && memo.x === x && memo.call === call && memo.options === options && isUnchanged(memo)
  );
}

/** True if the objects that were given and returned, which belong to the caller, are as they were. */
function isUnchanged({
  x,
  dimensions,
  options,
  out,
  length,
  rows,
  result,
  resultShape,
}: PredictionMemo): boolean {
  const { data, shape, scale = 1 } = x;
  if (options.out !== out || out.length !== length || data !== rows.data || data.length !== rows.features)
    return false;
  for (const name in options) if (name !== 'out') return false;
  if (scale !== rows.scale || !isPlain(x) || !isSame(shape, dimensions)) return false;
  if (resultShape === undefined) return true;
  return (result as NdArray).data === out && isSame((result as NdArray).shape, resultShape);
}

/** True for a dense NdArray: neither nested nor strided nor CSR. */
function isPlain(x: unknown): x is NdArray {
  return typeof x === 'object' && x !== null && 'data' in x && !('stride' in x || 'indptr' in x);
}

function isSame(shape: unknown, known: readonly number[]): boolean {
  if (!Array.isArray(shape) || shape.length !== known.length) return false;
  for (let i = 0; i < known.length; i++) if (shape[i] !== known[i]) return false;
  return true;
}
