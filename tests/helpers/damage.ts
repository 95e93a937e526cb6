import { LamellaError } from '../../src/errors.js';

/** A file that is not what it was, and what was done to it. */
export type Damage = readonly [what: string, bytes: Uint8Array];

/** Bits that are changed in each byte: single ones, and all. */
const BITS = [1, 2, 4, 8, 16, 32, 64, 128, 255];

/**
 * A file with bits of one byte changed, one byte after the other, and cut off before it; every step-th of
 * these.
 */
export function* damages(bytes: Uint8Array, step = 1): Generator<Damage> {
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (count++ % step === 0) yield [`the first ${at} bytes`, bytes.slice(0, at)];
    for (const bits of BITS) {
      if (count++ % step !== 0) continue;
      const changed = bytes.slice();
      changed[at] ^= bits;
      yield [`byte ${at} with the bits ${bits} changed`, changed];
    }
  }
}

/**
 * Read a damaged file. @returns what went wrong: another error than a LamellaError, a message without end or
 * with control characters, much memory or time; and another result than `expected`, if that is given
 */
export async function faultOfReading(
  [what, bytes]: Damage,
  read: (bytes: Uint8Array) => unknown,
  expected?: string,
): Promise<string | undefined> {
  const [memory, { user }] = [process.memoryUsage().arrayBuffers, process.cpuUsage()];
  try {
    const result = await read(bytes);
    if (expected !== undefined && JSON.stringify(result) !== expected) return `${what}: another result`;
  } catch (error) {
    if (!(error instanceof LamellaError)) return `${what}: ${String((error as Error)?.stack ?? error)}`;
    // eslint-disable-next-line no-control-regex
    if (error.message.length > 2000 || /[\u0000-\u001f\u007f-\u009f]/.test(error.message))
      return `${what}: ${JSON.stringify(error.message)}`;
  }
  const taken = process.memoryUsage().arrayBuffers - memory;
  if (taken > 50e6) return `${what}: ${taken} bytes`;
  const milliseconds = (process.cpuUsage().user - user) / 1000;
  return milliseconds > 1500 ? `${what}: ${milliseconds} ms` : undefined;
}
