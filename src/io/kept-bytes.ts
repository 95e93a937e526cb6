import { readBytes } from '../check.js';

/** What a model file is given as, for errors. */
export const MODEL_BYTES = 'A model must be given as the bytes of its file';

/** A copy of the bytes of a model file, which belong to the caller, for whoever reads them later. @throws ValueError for anything else */
export function keptBytes(bytes: unknown): Uint8Array {
  return new Uint8Array(readBytes(bytes, MODEL_BYTES));
}
