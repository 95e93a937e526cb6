/**
 * Files of lamella/node: paths, arrays (readIdx, readNpy, readNpz) and models (readModel, saveModel). Formats
 * are in data/ and io/, safe replacement of files in atomic.ts, data sets in mnist.ts.
 */
import { fileURLToPath } from 'node:url';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Rule } from '../check.js';
import { checkValue, refused, checkOptions, printable, describe, readBytes } from '../check.js';
import { DEFAULT_MAX_BYTES, maxBytesRule, newBytes } from '../budget.js';
import type { ReadOptions } from '../data/idx.js';
import { readIdxBytes } from '../data/idx.js';
import type { NpyArray } from '../data/npy.js';
import { readNpyBytes } from '../data/npy.js';
import { readNpzBytes } from '../data/npz.js';
import { FormatError, ValueError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import type { LoadOptions } from '../io/model-file.js';
import { readLoadOptions } from '../io/model-file.js';
import type { AnyModel, AnyTableModel } from '../model-files/load.js';
import { loadModel } from '../model-files/load.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { writeAtomically } from './atomic.js';

/** A path in the file system: a string without NUL, or a file: URL. */
export const pathRule: Rule<string> = {
  expected: 'a path or a file: URL',
  accept: (value) => {
    const path = isUrl(value) ? pathOf(value) : value;
    return typeof path === 'string' && path !== '' && !path.includes('\0') ? path : refused;
  },
};

/** True for a URL of any realm. */
function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol } = value as Partial<URL>;
  return typeof href === 'string' && typeof protocol === 'string';
}

/**
 * The path of a file: URL; undefined for others, and for those that no path has: with %2F, or of another
 * host.
 */
function pathOf({ href }: URL): string | undefined {
  try {
    return fileURLToPath(href);
  } catch {
    return undefined;
  }
}

/** A path or file: URL from a caller, as a path. @throws ValueError for anything else */
export function readPath(owner: string, path: unknown): string {
  return checkValue(owner, 'path', path, pathRule);
}

/** The longest path that a message repeats. */
const MAX_PATH = 1024;

/** A path in a message. */
export const shown = (path: string): string => printable(path, MAX_PATH);

/** Bytes of the first buffer for a file of unknown size: a pipe, a device. */
const UNKNOWN_SIZE = 65536;
/** Bytes of one read, at most: more than 2^31 - 1 are refused. */
const MAX_READ = 1073741824;

/**
 * All bytes of a file, no more than `maxBytes`: pipes and devices, which have no size, are read no further
 * either.
 *
 * @throws FormatError naming the file if it has more; errors of the file system as they are
 */
export async function readBytesOf(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLong(path, maxBytes, `has ${size}`);
    // One byte more than there should be, which finds out about the end.
    let bytes = newBytes((size || UNKNOWN_SIZE) + 1, `The bytes of ${shown(path)}`, 'read a smaller file');
    let length = 0;
    for (;;) {
      const count = await readInto(handle, bytes, length);
      length += count;
      if (count === 0) return bytes.subarray(0, length);
      if (length > maxBytes) throw tooLong(path, maxBytes, 'has more');
      if (length < bytes.length) continue;
      const longer = new Uint8Array(Math.min(2 * bytes.length, maxBytes + 1));
      longer.set(bytes);
      bytes = longer;
    }
  } finally {
    await handle.close();
  }
}

async function readInto(handle: FileHandle, bytes: Uint8Array, from: number): Promise<number> {
  const { bytesRead } = await handle.read(bytes, from, Math.min(bytes.length - from, MAX_READ), null);
  return bytesRead;
}

function tooLong(path: string, maxBytes: number, found: string): FormatError {
  return new FormatError(
    `${shown(path)}: the file must have at most ${maxBytes} bytes, as many as reading may allocate, but ${found}; give another maxBytes.`,
  );
}

/** The result of `work`, whose FormatErrors then name the file. */
export async function namingFile<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(`${shown(path)}: ${error.message}`, { cause: error });
  }
}

/** What `read` makes of a file; the file and its result may take `maxBytes` together. */
async function readWithin<T>(
  owner: string,
  path: unknown,
  options: ReadOptions | undefined,
  read: (bytes: Uint8Array, maxBytes: number) => T,
): Promise<T> {
  const { maxBytes = DEFAULT_MAX_BYTES } = checkOptions(owner, options, { maxBytes: maxBytesRule });
  const file = readPath(owner, path);
  const bytes = await readBytesOf(file, maxBytes);
  return namingFile(file, () => read(bytes, maxBytes - bytes.length));
}

/**
 * Read an IDX file, compressed or not, as `parseIdx` does.
 *
 * @param options.maxBytes the most bytes that the file and the array may take together; default 2^30
 * @throws ValueError for what is no path; FormatError naming the file and the byte offset; errors of the file
 *   system as they are
 */
export async function readIdx(path: string | URL, options?: ReadOptions): Promise<NdArray<TypedArray>> {
  return readWithin('readIdx', path, options, readIdxBytes);
}

/**
 * Read a .npy file of NumPy, as `parseNpy` does.
 *
 * @param options.maxBytes the most bytes that the file and the array may take together; default 2^30
 * @throws ValueError for what is no path; FormatError naming the file and the byte offset; errors of the file
 *   system as they are
 */
export async function readNpy<A extends NpyArray = NdArray<any>>(
  path: string | URL,
  options?: ReadOptions,
): Promise<A> {
  return readWithin('readNpy', path, options, (bytes, maxBytes) => readNpyBytes(bytes, maxBytes).array as A);
}

/**
 * Read a .npz archive of NumPy, as `parseNpz` does.
 *
 * @param options.maxBytes the most bytes that the file and the arrays may take together; default 2^30
 * @returns a plain object with the arrays by their names
 * @throws ValueError for what is no path; FormatError naming the file and the array; errors of the file
 *   system as they are
 */
export async function readNpz<A extends Readonly<Record<string, NpyArray>> = Record<string, NdArray<any>>>(
  path: string | URL,
  options?: ReadOptions,
): Promise<A> {
  return readWithin('readNpz', path, options, (bytes, maxBytes) => readNpzBytes(bytes, maxBytes) as A);
}

/**
 * Save a model to a file. Either the new file is there as a whole, on the disk, or the old one is left as it
 * was: the bytes go to a temporary file in the same folder, which then takes the other's place. Missing
 * folders are made.
 *
 * @param model an estimator, pipeline or model of tables that has been trained, or a Sequential model
 * @throws ValueError for what is no model or no path; errors of the file system as they are
 */
export async function saveModel(model: { toBytes(): Uint8Array }, path: string | URL): Promise<void> {
  if (typeof model?.toBytes !== 'function') {
    throw new ValueError(
      `saveModel: model must be a trained model, which has toBytes, but received ${describe(model)}.`,
    );
  }
  const file = readPath('saveModel', path);
  await writeAtomically(file, readBytes(model.toBytes(), 'saveModel: toBytes of model must return a file'));
}

/**
 * Read a model that `saveModel` has written.
 *
 * @param options.maxBytes the most bytes that the file may have, default 2^30; for a moment reading takes
 *   four times as many
 * @throws ValueError for what is no path; FormatError naming the file, as `loadModel`; errors of the file
 *   system as they are
 */
export async function readModel<M extends AnyModel | AnyTableModel | Pipeline = AnyModel>(
  path: string | URL,
  options?: LoadOptions,
): Promise<M> {
  const { maxBytes } = readLoadOptions('readModel', options);
  const file = readPath('readModel', path);
  const bytes = await readBytesOf(file, maxBytes);
  return namingFile(file, () => loadModel<M>(bytes, { maxBytes }));
}
