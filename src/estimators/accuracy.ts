export { readWeights } from '../data/weights.js';

/** Share of rows, by weight, in which two lists of positions agree. */
export function accuracy(a: Int32Array, b: Int32Array, weights?: ArrayLike<number>): number {
  let right = 0;
  let total = 0;
  for (let row = 0; row < a.length; row++) {
    const weight = weights ? weights[row] : 1;
    total += weight;
    if (a[row] === b[row]) right += weight;
  }
  return right / total;
}
