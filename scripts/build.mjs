/**
 * npm run build: wasm, then JavaScript and types.
 *   --debug  also the debug binaries, which keep their asserts (build/wasm/*-debug.wasm)
 *   --wasm   stop after the binaries and their embedded copies
 *   --abi    no binaries: only the kernels' source and what TypeScript knows of them, for types and tests
 *   --watch  again after every change, until Ctrl-C
 *   --bench  only what `npm run bench` runs: `base` and `relaxed`, bundled for Node.js
 */
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildTrainingWasm, buildWasm, generate } from './wasm.mjs';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const flags = new Set(process.argv.slice(2));

/** Inputs of the build, besides its own scripts. */
const SOURCES = ['src', 'assembly', 'scripts/kernels', 'asconfig.json', 'tsconfig.build.json'];

async function build() {
  if (flags.has('--abi')) return generate();
  if (flags.has('--bench')) {
    await buildTrainingWasm();
    return (await import('./bundle.mjs')).buildTrainingJavaScript();
  }
  await buildWasm({ debug: flags.has('--debug') });
  if (!flags.has('--wasm')) await (await import('./bundle.mjs')).buildJavaScript();
}

try {
  if (flags.has('--watch')) await (await import('./watch.mjs')).watchAndBuild(SOURCES, build);
  else await build();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
