import type { Histogram } from '../../io/tfevents.js';

const BUCKETS = 30;

/** How values are distributed, over 30 buckets of one width from the least to the greatest. */
export function histogram(values: ArrayLike<number>): Histogram {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  const width = (max - min) / BUCKETS;
  const limits = Array.from({ length: BUCKETS }, (_, i) => (i === BUCKETS - 1 ? max : min + (i + 1) * width));
  const counts = new Array<number>(BUCKETS).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bucket = width > 0 ? Math.min(BUCKETS - 1, Math.floor((values[i] - min) / width)) : BUCKETS - 1;
    counts[bucket] += 1;
  }
  return { min, max, count: values.length, sum, sumOfSquares, limits, counts };
}
