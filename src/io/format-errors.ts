import { FormatError, LamellaError } from '../errors.js';
import type { Pieces } from '../yielding.js';

/** What `work` returns; what it refuses about the content of a file is an error of the file. */
export function asFormatError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw formatError(error);
  }
}

/** `asFormatError` of work in pieces. */
export function* formatErrorsInPieces<T>(work: Pieces<T>): Pieces<T> {
  try {
    return yield* work;
  } catch (error) {
    throw formatError(error);
  }
}

function formatError(error: unknown): unknown {
  if (error instanceof FormatError || !(error instanceof LamellaError)) return error;
  return new FormatError(`A model file must hold a sound model: ${error.message}`, { cause: error });
}
