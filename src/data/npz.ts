import { DEFAULT_MAX_BYTES, maxBytesRule } from '../budget.js';
import { checkOptions, quote, readBytes } from '../check.js';
import { FormatError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { ReadOptions } from './idx.js';
import type { NpyArray } from './npy.js';
import { readNpyBytes } from './npy.js';
import { readZip, unzip } from './zip.js';

/**
 * Read a .npz archive, which `numpy.savez` and `numpy.savez_compressed` write: a zip archive of .npy files.
 *
 * @param bytes the whole file
 * @param options.maxBytes the most bytes that reading may allocate; default 2^30
 * @returns a plain object with the arrays, each as `parseNpy` reads it, by the names given to `savez`
 * @throws ValueError for anything but bytes; FormatError, naming the array where it is one: no archive,
 *   members that are no .npy files, a name twice, encrypted or damaged data, wrong checksums and sizes, more
 *   than `maxBytes`, and whatever `parseNpy` refuses
 */
export function parseNpz<A extends Readonly<Record<string, NpyArray>> = Record<string, NdArray<any>>>(
  bytes: Uint8Array,
  options?: ReadOptions,
): A {
  const file = readBytes(bytes, 'parseNpz: bytes must be those of a file');
  const { maxBytes = DEFAULT_MAX_BYTES } = checkOptions('parseNpz', options, { maxBytes: maxBytesRule });
  return readNpzBytes(file, maxBytes) as A;
}

/** The arrays of a .npz archive, allocating at most `maxBytes` bytes. @throws FormatError as parseNpz */
export function readNpzBytes(file: Uint8Array, maxBytes: number): Record<string, NpyArray> {
  let room = maxBytes;
  const arrays = Array.from(readZip(file).values(), (member): [string, NpyArray] => {
    const { name, size, deflated } = member;
    if (!name.endsWith('.npy')) {
      throw new FormatError(`npz: the members must be .npy files, but one is ${quote(name)}.`);
    }
    // What is inflated is dropped once its array is made.
    const inflated = deflated ? size : 0;
    if (inflated > room) {
      throw new FormatError(
        `npz: ${quote(name)} takes ${size} bytes, but reading may allocate ${room} more at most; give another maxBytes.`,
      );
    }
    try {
      const { array, bytes } = readNpyBytes(unzip(member), room - inflated);
      room -= bytes;
      return [name.slice(0, -'.npy'.length), array];
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(`${quote(name)}: ${error.message}`, { cause: error });
    }
  });
  // Own properties, whatever their names.
  return Object.fromEntries(arrays);
}
