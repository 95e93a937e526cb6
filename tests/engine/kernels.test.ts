import { describe, expect, test } from 'vitest';
import { call } from '../../src/engine/kernels.js';

const matrix = { offset: 64, stride: 128, columns: 30 };

describe('a call of a kernel', () => {
  test('has its arguments in order, matrices as offset and stride, and truth as 1', () => {
    expect(call('sumRows', 8, 16, 50)).toEqual({ kernel: 'sumRows', args: [8, 16, 50] });
    expect(call('columnSums', 8, matrix, 50, 4, true).args).toEqual([8, 64, 128, 50, 4, 1]);
    expect(call('columnSums', 8, matrix, 50, 4, false).args).toEqual([8, 64, 128, 50, 4, 0]);
  });

  test('compiles with as many arguments as its kernel has, each of its kind', () => {
    // @ts-expect-error: one argument is missing
    call('sumRows', 8, 16);
    // @ts-expect-error: there is one too many
    call('sumRows', 8, 16, 50, 1);
    // @ts-expect-error: delta is a matrix
    call('columnSums', 8, 64, 50, 4, true);
    // @ts-expect-error: the matrix comes second
    call('columnSums', matrix, 8, 50, 4, true);
    // @ts-expect-error: fresh is true or false
    call('columnSums', 8, matrix, 50, 4, 1);
    // @ts-expect-error: there is no such kernel
    call('sumColumns', 8, 16, 50);
  });
});
