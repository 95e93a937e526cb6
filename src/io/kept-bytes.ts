import { DEFAULT_MAX_BYTES, maxBytesRule } from '../budget.js';
import { checkOptions, readBytes } from '../check.js';
import { FormatError } from '../errors.js';

/** What a model file is given as, for errors. */
export const MODEL_BYTES = 'A model must be given as the bytes of its file';

/** How much of a model file is read. */
export interface LoadOptions {
  /** The most bytes that the file may have, an integer >= 1; for a moment reading takes four times as many. Default 2^30. */
  readonly maxBytes?: number;
}

/** The options of `loadModel` or `readModel`, filled in. @throws ValueError */
export function readLoadOptions(owner: string, options: unknown): Required<LoadOptions> {
  return { maxBytes: DEFAULT_MAX_BYTES, ...checkOptions(owner, options, { maxBytes: maxBytesRule }) };
}

/** A copy of the bytes of a model file, which belong to the caller, for whoever reads them later. @throws ValueError for anything else */
export function keptBytes(bytes: unknown): Uint8Array {
  return new Uint8Array(readBytes(bytes, MODEL_BYTES));
}

/**
 * `keptBytes`, of no more than `maxBytes` bytes.
 *
 * @throws ValueError for anything but bytes, and for unfit options; FormatError for more bytes
 */
export function keptWithin(bytes: unknown, options: unknown): Uint8Array {
  const { maxBytes } = readLoadOptions('loadModel', options);
  const { length } = readBytes(bytes, MODEL_BYTES);
  if (length <= maxBytes) return keptBytes(bytes);
  throw new FormatError(
    `A model file must have at most ${maxBytes} bytes, but has ${length}; give another maxBytes.`,
  );
}
