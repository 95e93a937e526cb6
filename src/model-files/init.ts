import type { InitOptions } from '../engine/engine.js';
import { init as initEngine } from '../engine/engine.js';
import { lazyImport } from '../lazy.js';

/**
 * Choose and compile the engine, and load what trains. Optional: `fit` and `loadModel` do what they need of
 * it. Afterwards nothing is fetched any more, but for threads and the variant `wide`. May be called again;
 * models that exist keep the variant they were built with.
 *
 * @throws UnsupportedError if the runtime lacks what was asked for, or does not allow WebAssembly to be
 *   compiled
 */
export function init(options: InitOptions = {}): Promise<void> {
  return initAll(options);
}

/** `init`, which may use `switchOn` to set the flag of V8 that `wide` needs. */
export async function initAll(options: InitOptions, switchOn?: (flag: string) => void): Promise<void> {
  await initEngine(options, switchOn);
  await lazyImport(() => import('../train/fit.js'));
}
