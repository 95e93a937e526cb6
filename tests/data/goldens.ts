import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { NdArray } from '../../src/ndarray.js';

/** A table or matrix of the goldens. */
export interface Matrix {
  readonly shape: number[];
  readonly data: number[];
}

/** A JSON file of tests/goldens; its script tells what it holds. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../goldens/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** A golden table as an NdArray of float64. */
export function table({ shape, data }: Matrix): NdArray<Float64Array> {
  return { data: Float64Array.from(data), shape };
}

/**
 * Fails unless all values agree to 1e-12 of the larger of 1, the expected value and `size`; null stands for
 * NaN.
 */
export function expectNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number | null>,
  what: string,
  size = 1,
): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] ?? NaN;
    if (Object.is(actual[i], wanted)) continue;
    const error = Math.abs(actual[i] - wanted) / Math.max(size, Math.abs(wanted));
    if (!(error < 1e-12)) expect.fail(`${what}: ${actual[i]} at ${i}, expected ${wanted}`);
  }
}
