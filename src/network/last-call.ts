import type { NdArray, Rows } from '../ndarray.js';
import type { GatherableRows } from './scale.js';
import { gatherable } from './scale.js';

/**
 * A prediction of a single row into an array that was given for it. The same call again, whatever the row then holds and the
 * weights then are, has nothing new to check and makes no object.
 */
export interface LastCall {
  /** The method. */
  readonly call: string;
  readonly x: NdArray<any>;
  readonly dimensions: readonly number[];
  readonly options: { readonly out?: unknown };
  readonly out: ArrayLike<unknown>;
  /** The length of `out`. */
  readonly length: number;
  readonly rows: GatherableRows;
  /** What the call returned, or what its outputs go to. */
  readonly result: unknown;
  /** The shape of a result that has one. */
  readonly resultShape: readonly number[] | undefined;
}

/** A row of more memory is not kept from the collector. */
const MOST_BYTES = 1048576;

/** The call as it is to be remembered; undefined if the next one could not do with the rows of this one. */
export function remember(
  call: string,
  x: unknown,
  options: { readonly out?: unknown } | undefined,
  given: Rows,
  result: unknown,
): LastCall | undefined {
  if (options?.out === undefined || given.rows !== 1 || !isPlain(x)) return undefined;
  const array = x;
  const names = Object.keys(options);
  if (names.length !== 1 || names[0] !== 'out' || array.data.buffer.byteLength > MOST_BYTES) return undefined;
  const out = options.out as ArrayLike<unknown>;
  const rows = gatherable(given);
  if (rows.data !== array.data || !Array.isArray(array.shape)) return undefined;
  const { shape } = result as Partial<NdArray>;
  const [dimensions, resultShape] = [[...array.shape], shape && [...shape]];
  return { call, x: array, dimensions, options, out, length: out.length, rows, result, resultShape };
}

/** Whether a call is the last one again. */
export function isAgain(
  last: LastCall | undefined,
  call: string,
  x: unknown,
  options: { readonly out?: unknown } | undefined,
): last is LastCall {
  return (
    last !== undefined && last.x === x && last.call === call && last.options === options && isUnchanged(last)
  );
}

/** Whether what was given and returned, which belongs to the caller, is still what it was. */
function isUnchanged({ x, dimensions, options, out, length, rows, result, resultShape }: LastCall): boolean {
  const { data, shape, scale = 1 } = x;
  if (options.out !== out || out.length !== length || data !== rows.data || data.length !== rows.features)
    return false;
  for (const name in options) if (name !== 'out') return false;
  if (scale !== rows.scale || !isPlain(x) || !isSame(shape, dimensions)) return false;
  if (resultShape === undefined) return true;
  return (result as NdArray).data === out && isSame((result as NdArray).shape, resultShape);
}

/** Neither nested nor strided nor compressed. */
function isPlain(x: unknown): x is NdArray {
  return typeof x === 'object' && x !== null && 'data' in x && !('stride' in x || 'indptr' in x);
}

function isSame(shape: unknown, known: readonly number[]): boolean {
  if (!Array.isArray(shape) || shape.length !== known.length) return false;
  for (let i = 0; i < known.length; i++) if (shape[i] !== known[i]) return false;
  return true;
}
