import { defineConfig, mergeConfig } from 'vitest/config';
import suite from './vitest.config.ts';

const { test, ...rest } = suite;

/**
 * Trains on real data sets for minutes: one file at a time, on the machine's whole memory bandwidth. Goes
 * through all sizes and variants of the kernels, of which `npm test` takes some.
 */
export default mergeConfig(defineConfig(rest), {
  test: {
    pool: test?.pool,
    execArgv: test?.execArgv,
    include: [
      'tests/{acceptance,assembly,network}/**/*.test.ts',
      'tests/estimators/{divergence,goldens,sequences}.test.ts',
      'tests/sequential/penalties.test.ts',
    ],
    env: { LAMELLA_TESTS: 'every combination' },
    fileParallelism: false,
    passWithNoTests: true,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
});
