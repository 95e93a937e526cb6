import type { Rule } from './check.js';
import { positiveInteger } from './check.js';
import { UnsupportedError, ValueError } from './errors.js';

/** Bytes that one WebAssembly memory can have: what a model, its batch and its optimizer may take. */
export const MAX_ARENA_BYTES = 4294967296;

/** 'needs 5 MiB', for errors. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1048576)} MiB`;
}

/** The option `maxBytes` of whatever reads a file, and what it is unless it is given. */
export const maxBytesRule: Rule<number> = positiveInteger;
export const DEFAULT_MAX_BYTES = 1073741824;

/**
 * An array of zeros, of a length that comes from the shapes of layers or rows.
 *
 * @param what what the array holds, for the error: 'Predictions of shape (3, 10)'
 * @param remedy what to do about it: 'predict fewer rows at a time'
 * @throws UnsupportedError if there is no memory for so many
 */
export function newFloats(length: number, what: string, remedy: string): Float32Array<ArrayBuffer> {
  return allocate(() => new Float32Array(length), 4 * length, what, remedy);
}

/** Bytes, all of them 0. @throws as newFloats */
export function newBytes(length: number, what: string, remedy: string): Uint8Array<ArrayBuffer> {
  return allocate(() => new Uint8Array(length), length, what, remedy);
}

function allocate<T>(make: () => T, bytes: number, what: string, remedy: string): T {
  try {
    return make();
  } catch (cause) {
    throw new UnsupportedError(
      `${what} need ${mebibytes(bytes)} of memory, but this runtime gives less; ${remedy}.`,
      { cause },
    );
  }
}

/**
 * A table of float64 zeros, of a size that comes from counts of rows, classes or categories.
 *
 * @param what what the table holds, for the error: 'confusionMatrix: a matrix of 3 labels'
 * @param remedy what to do about it: 'name the labels that matter'
 * @param maxBytes how large it may be
 * @throws ValueError, before memory is taken, if it would be larger, and if there is no memory for so many
 */
export function newTable(
  [rows, columns]: readonly [number, number],
  what: string,
  remedy: string,
  maxBytes = MAX_ARENA_BYTES,
): Float64Array<ArrayBuffer> {
  const bytes = 8 * rows * columns;
  if (bytes <= maxBytes) {
    try {
      return new Float64Array(rows * columns);
    } catch {
      // The runtime gives less.
    }
  }
  throw new ValueError(
    `${what} needs ${mebibytes(bytes)} of memory, but at most ${mebibytes(maxBytes)} may be used, or less where the runtime gives less; ${remedy}.`,
  );
}
