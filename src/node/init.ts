import { setFlagsFromString } from 'node:v8';
import type { InitOptions } from '../engine/engine.js';
import { initAll } from '../model-files/init.js';

/**
 * `init` of `lamella`, but `{ variant: 'wide' }` also sets V8's flag `--experimental-wasm-revectorize`, for
 * the whole process, if it was started without it. No other variant sets any flag.
 *
 * @throws UnsupportedError if the runtime lacks what was asked for
 */
export async function init(options: InitOptions = {}): Promise<void> {
  await initAll(options, setFlagsFromString);
}
