import { defineConfig, mergeConfig } from 'vitest/config';
import suite from './vitest.config.ts';

const { test, ...rest } = suite;
const { projects: _projects, ...options } = test!;

/**
 * npm run test:fast: the tests that need no binaries and train nothing, chosen by `npm run test:time` in a
 * clone that had never been built: 30 s of processor time, for two processes. Not a substitute for `npm
 * test`, which runs all.
 */
export default mergeConfig(defineConfig(rest), {
  test: {
    ...options,
    isolate: false,
    setupFiles: ['tests/helpers/equal-arrays.ts', 'tests/helpers/fresh.ts'],
    include: [
      'tests/architecture',
      'tests/bench/flops.test.ts',
      'tests/check.test.ts',
      'tests/data',
      'tests/engine/kernels.test.ts',
      'tests/engine/revectorizer.test.ts',
      'tests/engine/threads/tuner.test.ts',
      'tests/engine/threads/schedule.test.ts',
      'tests/io/tfevents.test.ts',
      'tests/lazy.test.ts',
      'tests/math',
      'tests/ndarray',
      'tests/network/image-reference.test.ts',
      'tests/network/plan.test.ts',
      'tests/network/reference.test.ts',
      'tests/node/atomic.test.ts',
      'tests/random.test.ts',
      'tests/scripts',
      'tests/search/folds.test.ts',
      'tests/train/callbacks/progress.test.ts',
      'tests/train/lbfgs.test.ts',
      'tests/yielding.test.ts',
    ].map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`)),
    exclude: [
      'tests/architecture/binaries.test.ts',
      'tests/architecture/way.test.ts',
      'tests/data/async.test.ts',
      'tests/data/encoders.test.ts',
      'tests/data/mnist.test.ts',
      'tests/data/rounding.test.ts',
      'tests/data/properties.test.ts',
      'tests/data/scalers.test.ts',
      'tests/data/sizes.test.ts',
    ],
  },
});
