import { UnsupportedError } from './errors.js';

/**
 * A part of the package that is loaded when it is first needed: `later(() => import(…))`. In dist/ all such parts
 * are one chunk (scripts/bundle.mjs); `init()` loads it ahead of time.
 *
 * @throws UnsupportedError if it cannot be loaded
 */
export async function later<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new UnsupportedError(
      'A part of lamella that is loaded when it is first needed must be within reach, but loading it failed; serve all files of the package, and call await init() while they are.',
      { cause },
    );
  }
}
