import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('src', import.meta.url));
const major = Number(process.versions.node.split('.')[0]);

/** Tests that mock a module, or measure the memory of their process. */
const isolated = [
  'tests/engine/threads/unloadable.test.ts',
  'tests/engine/wide.test.ts',
  'tests/sequential/memory.test.ts',
  'tests/train/memory.test.ts',
  'tests/train/sliced.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lamella$/, replacement: `${src}/index.ts` },
      { find: /^lamella\/([a-z]+)$/, replacement: `${src}/$1.ts` },
    ],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Node 20 has relaxed SIMD behind a flag; later versions refuse the flag.
    execArgv: major < 21 ? ['--experimental-wasm-relaxed-simd'] : [],
    // Only what never ends may reach them, however busy the machine is.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    reporters: ['default'],
    setupFiles: ['tests/helpers/equal-arrays.ts'],
    projects: [
      {
        extends: true,
        test: {
          // A process for every file takes half a second of processor time: here two run them all.
          name: 'shared',
          isolate: false,
          setupFiles: ['tests/helpers/fresh.ts'],
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'tests/acceptance/**', ...isolated],
        },
      },
      { extends: true, test: { name: 'isolated', include: isolated } },
    ],
  },
});
