import { UnsupportedError } from './errors.js';

/** Bytes that one WebAssembly memory can have: what a model, its batch and its optimizer may take. */
export const MAX_ARENA_BYTES = 4294967296;

/** 'needs 5 MiB', for errors. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1048576)} MiB`;
}

/**
 * An array of zeros, of a length that comes from the shapes of layers or rows.
 *
 * @param what what the array holds, for the error: 'Predictions of shape (3, 10)'
 * @param remedy what to do about it: 'predict fewer rows at a time'
 * @throws UnsupportedError if there is no memory for so many
 */
export function newFloats(length: number, what: string, remedy: string): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new UnsupportedError(
      `${what} need ${mebibytes(4 * length)} of memory, but this runtime gives less; ${remedy}.`,
      { cause },
    );
  }
}
