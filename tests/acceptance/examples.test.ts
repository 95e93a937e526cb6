import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { print, run, shareAfter } from '../examples/run.js';

const hasFashion = existsSync('/usr/share/datasets/fashion-mnist');

/** tests/examples/examples.test.ts has them on fewer rows. */
describe('on all of its data, the example', () => {
  test('sklearn-mnist draws its losses', async () => {
    const { stdout, stderr } = await run('sklearn-mnist', '--epochs', '2');
    expect(stderr).toContain('Maximum iterations (2) reached');
    expect(stdout).toMatch(/^ {3}1 {2}0\.4263\d {2}█{50}$/m);
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.94);
  });

  test.each([
    ['keras-mnist', ['--units', '64'], 0.94],
    ['keras-cnn', [], 0.97],
    ['lenet', [], 0.95],
  ])('%s learns in an epoch', async (name, options, least) => {
    const stdout = await print(name, '--epochs', '1', ...options);
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(least);
  });

  test('from-scratch shows that weights must not begin alike', async () => {
    const stdout = await print('from-scratch', '--epochs', '1');
    expect(shareAfter('zeros', stdout)).toBeLessThan(0.7);
    expect(shareAfter('Xavier', stdout)).toBeGreaterThan(0.92);
  });

  test.skipIf(!hasFashion)('fashion-mnist names the first ten pieces of clothing', async () => {
    const stdout = await print('fashion-mnist', '--epochs', '1');
    expect(shareAfter('test accuracy', stdout)).toBeGreaterThan(0.8);
    expect(stdout).toContain('\n 0  Ankle boot\n');
  });

  test.skipIf(!hasFashion)('hands-on-fashion names three pieces of clothing', async () => {
    const stdout = await print('hands-on-fashion', '--epochs', '1');
    expect(shareAfter('validation accuracy', stdout)).toBeGreaterThan(0.75);
    expect(stdout).toContain('The first three test rows: Ankle boot, ');
  });
});
