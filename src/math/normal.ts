import { exp } from '../math.js';

const SQRT_TWO_PI = 2.5066282746310002;

/**
 * The x below which a standard normal variable lies with probability p, 0 < p < 1.
 *
 * Newton's method on Φ(x) = 1/2 + φ(x) (x + x³ / 3 + x⁵ / (3·5) + …) from x = 0 (G. Marsaglia, "Evaluating
 * the Normal Distribution", Journal of Statistical Software 11, 2004): Φ is concave above 0, so every step
 * for p > 1/2 stays below the solution and the sequence rises to it; p < 1/2 by symmetry.
 */
export function normalQuantile(p: number): number {
  if (p < 0.5) return -normalQuantile(1 - p);
  let x = 0;
  for (;;) {
    const next = x + (p - 0.5) * SQRT_TWO_PI * exp(0.5 * x * x) - oddSeries(x);
    if (!(next > x)) return x;
    x = next;
  }
}

/** x + x³ / 3 + x⁵ / (3·5) + …, from the inside of x (1 + x² / 3 (1 + x² / 5 (1 + …))). */
function oddSeries(x: number): number {
  const square = x * x;
  let sum = 1;
  for (let n = 2 * Math.ceil(square) + 61; n > 1; n -= 2) sum = 1 + (square / n) * sum;
  return x * sum;
}

/** Beyond this both tails are less than half a unit in the last place of 1. */
const FAR = 8.5;

/**
 * The probability that a standard normal variable is at most x, to about 2e-16: Φ(x) as above, by its series.
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > FAR) return x > 0 ? 1 : 0;
  return 0.5 + (oddSeries(x) * exp(-0.5 * x * x)) / SQRT_TWO_PI;
}
