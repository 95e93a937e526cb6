import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('src', import.meta.url));
const major = Number(process.versions.node.split('.')[0]);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lamella$/, replacement: `${src}/index.ts` },
      { find: /^lamella\/([a-z]+)$/, replacement: `${src}/$1.ts` },
    ],
  },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'tests/acceptance/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Node 20 has relaxed SIMD behind a flag; later versions refuse the flag.
    execArgv: major < 21 ? ['--experimental-wasm-relaxed-simd'] : [],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
