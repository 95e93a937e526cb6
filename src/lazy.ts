import { UnsupportedError } from './errors.js';

/**
 * Loads a part of the package when it is first needed: `lazyImport(() => import(…))`. In dist/ all such parts
 * are one chunk (scripts/bundle.mjs), which `init()` loads ahead of time.
 *
 * @throws UnsupportedError if it cannot be loaded
 */
export async function lazyImport<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new UnsupportedError(
      'A part of lamella that is loaded when it is first needed must be within reach, but loading it failed; serve all files of the package, and call await init() while they are.',
      { cause },
    );
  }
}
