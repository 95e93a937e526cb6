/**
 * npm run build -- --watch: builds, and rebuilds whenever a source changes. Failures are printed and watching
 * continues; Ctrl-C ends it. Changes of the build scripts themselves need a restart.
 */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds to wait for editors that save several files. */
const QUIET_MS = 100;
/** Files that the build itself writes. */
const GENERATED = /(^|[\\/])generated([\\/]|$)/;

/**
 * Calls `build` now and after every change under the paths, never twice at a time, until the signal aborts.
 */
export async function watchAndBuild(paths, build, signal) {
  let changed = true;
  let wake = () => {};
  const note = (path) => {
    if (GENERATED.test(path)) return;
    changed = true;
    wake();
  };
  for (const path of paths) {
    watch(path, { recursive: true, signal }, (_, name) => note(join(path, name ?? '')));
  }
  signal?.addEventListener('abort', () => wake());
  while (!signal?.aborted) {
    if (changed) {
      await sleep(QUIET_MS);
      changed = false;
      await attempt(build);
      console.log(`watching ${paths.join(', ')}`);
    } else {
      await new Promise((resolve) => (wake = resolve));
    }
  }
}

async function attempt(build) {
  try {
    await build();
  } catch (error) {
    console.error(`build: ${error.message}`);
  }
}
