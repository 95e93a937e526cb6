import { expect } from 'vitest';

const EPSILON = 2 ** -24;

export interface Closeness {
  /** Terms of the sum behind every value: its rounding error grows with their square root. Default 1. */
  readonly terms?: number;
  /** Size of a typical sum; smaller ones, in which terms cancelled, may carry its error. Default 0. */
  readonly size?: number;
  /** Errors allowed, in 2^-24 · √terms of the value or of a typical one. Default 5. */
  readonly units?: number;
}

function rootMeanSquare(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt(squares / Math.max(1, values.length));
}

/** Size of a typical sum of `terms` products of values like those in a and b, whose signs vary. */
export function typicalSum(terms: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(terms) * rootMeanSquare(a) * rootMeanSquare(b);
}

/** The largest error in units of 2^-24 · √terms of the expected value or, if larger, of the typical one. */
function largestError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { terms = 1, size = 0 }: Closeness = {},
): number {
  const typical = Math.max(size, rootMeanSquare(expected), 2 ** -126);
  const unit = EPSILON * Math.sqrt(Math.max(1, terms));
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / (unit * Math.max(Math.abs(expected[i]), typical));
    if (Number.isNaN(error)) return Infinity;
    if (error > largest) largest = error;
  }
  return largest;
}

/** Fails unless every value is within rounding of the expected one. `what` says which case failed. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  closeness: Closeness = {},
): void {
  const { units = 5 } = closeness;
  if (actual.length !== expected.length) {
    expect.fail(`${what}: ${actual.length} values, expected ${expected.length}`);
  }
  const error = largestError(actual, expected, closeness);
  if (!(error <= units)) expect.fail(`${what}: error of ${error.toFixed(2)} units, at most ${units} allowed`);
}

/** Fails unless no value is further than `most` from the expected one. */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  most: number,
  what: string,
): void {
  if (actual.length !== expected.length)
    expect.fail(`${what}: ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < actual.length; i++) {
    if (!(Math.abs(actual[i] - expected[i]) <= most))
      expect.fail(`${what}: ${actual[i]} at ${i}, expected ${expected[i]} to ${most}`);
  }
}

/** Fails unless both hold the same bits; two NaN are the same whatever their payload, 0 and −0 are not. */
export function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  if (actual.length !== expected.length)
    expect.fail(`${what}: ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      expect.fail(`${what}: ${actual[i]} at ${i}, expected ${expected[i]} to the bit`);
  }
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);
const LARGEST = 2 ** 128;

/** Distance of a float32 from the exact value, in units in the last place of the latter. */
export function ulps(actual: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(actual) ? 0 : Infinity;
  if (Math.abs(actual) === Infinity) actual = Math.sign(actual) * LARGEST;
  if (Math.abs(exact) >= LARGEST) exact = Math.sign(exact) * LARGEST;
  float[0] = exact;
  const exponent = Math.min(254, Math.max(1, (bits[0] >>> 23) & 255));
  return Math.abs(actual - exact) / 2 ** (exponent - 150);
}
