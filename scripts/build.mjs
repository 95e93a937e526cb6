/**
 * npm run build: wasm, then JavaScript and types.
 *   --debug  also the debug binaries, which keep their asserts (build/wasm/*-debug.wasm)
 *   --wasm   stop after the binaries and their embedded copies
 */
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildWasm } from './wasm.mjs';

chdir(fileURLToPath(new URL('..', import.meta.url)));
// Taken out: the AssemblyScript compiler, which runs in this process, reads its arguments too, and has a --wasm of its own.
const flags = new Set(process.argv.splice(2));

try {
  await buildWasm({ debug: flags.has('--debug') });
  if (!flags.has('--wasm')) await (await import('./bundle.mjs')).buildJavaScript();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
