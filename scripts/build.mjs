/**
 * npm run build: wasm, then JavaScript and types.
 *   --debug  also the debug binaries, which keep their asserts (build/wasm/*-debug.wasm)
 *   --wasm   stop after the binaries and their embedded copies
 *   --bench  only what `npm run bench` runs: `base` and `relaxed`, bundled for Node.js
 */
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildTrainingWasm, buildWasm } from './wasm.mjs';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const flags = new Set(process.argv.slice(2));

async function main() {
  if (flags.has('--bench')) {
    await buildTrainingWasm();
    return (await import('./bundle.mjs')).buildTrainingJavaScript();
  }
  await buildWasm({ debug: flags.has('--debug') });
  if (!flags.has('--wasm')) await (await import('./bundle.mjs')).buildJavaScript();
}

try {
  await main();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
