/**
 * Scores in falling order, and the rows of a class that score at least as high as each of them: what curves
 * and areas under them are made of. Not for the curves (curves.ts).
 */
import { ascending } from '../../random.js';

/** Number of scores up to which sorting by comparison is faster. */
const COMPARISON_THRESHOLD = 600;

/** Bits of a digit when scores are sorted by digits. */
const DIGIT = 11;

/** Row numbers by score, the highest first; equal scores in the order of the rows. There may be no NaN. */
export function descending(scores: Float64Array): Int32Array {
  const rows = scores.length;
  let order: Int32Array = ascending(rows);
  if (rows <= COMPARISON_THRESHOLD) return order.sort((a, b) => scores[b] - scores[a] || a - b);
  const [low, high] = fallingKeys(scores);
  let next: Int32Array = new Int32Array(rows);
  // Digit by digit from the last one: each pass keeps the order of the pass before among equal digits.
  for (const keys of [low, high]) {
    for (let shift = 0; shift < 32; shift += DIGIT) {
      if (sortByDigit(keys, shift, order, next)) [order, next] = [next, order];
    }
  }
  return order;
}

/**
 * Unsigned numbers of 64 bits, in two halves, that ascend where scores fall: the bits of the score, all of
 * them inverted but for the sign, which is inverted for numbers below 0 only.
 */
function fallingKeys(scores: Float64Array): [low: Uint32Array, high: Uint32Array] {
  const [low, high] = [new Uint32Array(scores.length), new Uint32Array(scores.length)];
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  for (let i = 0; i < scores.length; i++) {
    value[0] = scores[i] + 0; // −0 becomes 0.
    const negative = words[1] >>> 31;
    low[i] = negative ? words[0] : ~words[0];
    high[i] = negative ? words[1] : ~words[1] & 0x7fffffff;
  }
  return [low, high];
}

/** Sort rows into `next` by one digit of their keys; false, without a change, if all have the same digit. */
function sortByDigit(keys: Uint32Array, shift: number, order: Int32Array, next: Int32Array): boolean {
  const ends = new Int32Array(1 << DIGIT);
  const mask = ends.length - 1;
  for (let i = 0; i < keys.length; i++) ends[(keys[i] >>> shift) & mask]++;
  if (ends[(keys[0] >>> shift) & mask] === keys.length) return false;
  let start = 0;
  for (let digit = 0; digit <= mask; digit++) {
    const count = ends[digit];
    ends[digit] = start;
    start += count;
  }
  for (let i = 0; i < order.length; i++) next[ends[(keys[order[i]] >>> shift) & mask]++] = order[i];
  return true;
}

/** Weights of the rows that score at least `thresholds[i]`: of the class in `tps`, of others in `fps`. */
export interface Thresholds {
  /** The distinct scores, the highest first. */
  readonly thresholds: Float64Array;
  readonly tps: Float64Array;
  readonly fps: Float64Array;
}

/**
 * Count the rows of a class and the others by score. Rows of weight 0 do not count, and their scores are no
 * thresholds.
 *
 * @param positive 1 for the rows of the class, 0 for others
 */
export function countByThreshold(
  positive: ArrayLike<number>,
  scores: Float64Array,
  weights: ArrayLike<number>,
): Thresholds {
  const order = descending(scores);
  const [thresholds, tps, fps] = [0, 0, 0].map(() => new Float64Array(order.length));
  let [count, own, others] = [0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    const weight = weights[row];
    if (weight === 0) continue;
    if (positive[row]) own += weight;
    else others += weight;
    if (count === 0 || scores[row] !== thresholds[count - 1]) count++;
    thresholds[count - 1] = scores[row];
    tps[count - 1] = own;
    fps[count - 1] = others;
  }
  return {
    thresholds: thresholds.subarray(0, count),
    tps: tps.subarray(0, count),
    fps: fps.subarray(0, count),
  };
}
