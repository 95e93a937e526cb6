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

/** Larger files are not copied before they are read: that alone would hold the event loop too long. */
const MAX_KEPT_BYTES = 16777216;

/**
 * The bytes of a model file for whoever reads them later: a copy, since they belong to the caller. Of more than 16 MiB they
 * are the caller's own; those that change before they have been read do not match the checksum of the file.
 *
 * @throws ValueError for anything but bytes
 */
export function keptBytes(bytes: unknown): Uint8Array {
  const given = readBytes(bytes, MODEL_BYTES);
  return given.length > MAX_KEPT_BYTES ? given : new Uint8Array(given);
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
