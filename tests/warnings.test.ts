import { readdirSync, readFileSync } from 'node:fs';
import { ConvergenceWarning, LamellaWarning, MLPRegressor, Perceptron } from 'lamella';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { warn } from '../src/warnings.js';

const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => void log.mockClear());
afterAll(() => log.mockRestore());

const small = { hiddenLayerSizes: [2], maxIter: 1, randomState: 0 } as const;
const fitUnscaled = (k: number, options: object = {}) =>
  new MLPRegressor({ ...small, ...options }).fit([[1000 + k], [2000 + k], [3000 + k]], [1, 2, 3]);

describe('warnings', () => {
  test('are printed once of a code, whatever their texts', async () => {
    for (let k = 0; k < 20; k++) await fitUnscaled(k);
    expect(log.mock.calls.map(([line]) => line)).toEqual([
      'LamellaWarning: X looks unscaled: expected values of about -3 to 3, but received 3000 at row 2, column 0; scale the features to about unit variance.',
      "ConvergenceWarning: Stochastic Optimizer: Maximum iterations (1) reached and the optimization hasn't converged yet.",
    ]);
    await new Perceptron({ maxIter: 1 }).fit([[1], [2]], [0, 1]);
    expect(log).toHaveBeenCalledTimes(2);
  });

  test('go to onWarning every time, with their codes', async () => {
    const warnings: LamellaWarning[] = [];
    const onWarning = (warning: LamellaWarning): void => void warnings.push(warning);
    for (let k = 0; k < 3; k++) await fitUnscaled(k, { onWarning });
    const each = ['UNSCALED_X', 'CONVERGENCE'];
    expect(warnings.map(({ code }) => code)).toEqual([...each, ...each, ...each]);
    expect(warnings[1]).toBeInstanceOf(ConvergenceWarning);
    expect(warnings.every((warning) => warning instanceof LamellaWarning && warning instanceof Error)).toBe(
      true,
    );
    expect(log).not.toHaveBeenCalled();
  });

  test('of another code are printed all the same', () => {
    warn(new LamellaWarning('A first text.', 'BATCH_SIZE'));
    warn(new LamellaWarning('A second text.', 'BATCH_SIZE'), null);
    expect(log.mock.calls).toEqual([['LamellaWarning: A first text.']]);
  });

  test('reach console.warn from src/warnings.ts alone', () => {
    const root = new URL('../src/', import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const callers = files.filter((name) =>
      readFileSync(new URL(name, root), 'utf8').includes('console.warn('),
    );
    expect(callers).toEqual(['warnings.ts']);
  });
});
