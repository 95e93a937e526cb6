import { exp } from '../../math.js';

const SQRT_TWO_PI = 2.5066282746310002;

/**
 * The value below which a share of sorted values lies, linear between neighbours, as numpy's default.
 *
 * @param share 0 to 1
 */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const part = position - below;
  const gap = sorted[above] - sorted[below];
  return part < 0.5 ? sorted[below] + gap * part : sorted[above] - gap * (1 - part);
}

/**
 * The x below which a standard normal variable lies with probability p, 0 < p < 1.
 *
 * Newton's method on Φ(x) = 1/2 + φ(x) (x + x³ / 3 + x⁵ / (3·5) + …) from x = 0 (G. Marsaglia, "Evaluating the Normal
 * Distribution", Journal of Statistical Software 11, 2004): Φ is concave above 0, so every step for p > 1/2 stays below the
 * solution and the sequence rises to it; p < 1/2 by symmetry.
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
