import { readFile } from 'node:fs/promises';
import { parseIdx } from '../data/idx.js';
import { FormatError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';

/** Read a file and parse it; a FormatError names the file. Errors of the file system are passed on as they are. */
async function parseFile<T>(path: string | URL, parse: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await readFile(path);
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(`${String(path)}: ${error.message}`, { cause: error });
  }
}

/**
 * Read an IDX file, compressed or not, as `parseIdx` does.
 *
 * @throws FormatError naming the file and the byte offset
 */
export function readIdx(path: string | URL): Promise<NdArray<TypedArray>> {
  return parseFile(path, parseIdx);
}
