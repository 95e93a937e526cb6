/**
 * The part that every row tests in, in cross-validation and where TargetEncoder fits across parts. Not for
 * the folds that search/folds.ts makes of them.
 */
import type { RandomState } from '../random.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';

/** The part of every row of an order that is cut into parts of equal size, the first ones a row larger. */
export function equalParts(order: Int32Array, nSplits: number): Int32Array {
  const count = order.length;
  const partOf = new Int32Array(count);
  const larger = count % nSplits;
  let start = 0;
  for (let part = 0; part < nSplits; part++) {
    const end = start + Math.floor(count / nSplits) + (part < larger ? 1 : 0);
    for (; start < end; start++) partOf[order[start]] = part;
  }
  return partOf;
}

/** Class numbers of the rows, renumbered by first appearance. */
export function byFirstAppearance(indices: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return indices.map((index) => {
    const number = numbers.get(index) ?? numbers.size;
    numbers.set(index, number);
    return number;
  });
}

/** The part of every row: within the rows sorted by class, parts take turns. */
export function* stratifiedParts(
  codes: Int32Array,
  counts: readonly number[],
  nSplits: number,
  random: RandomState | undefined,
): Pieces<Int32Array> {
  let start = 0;
  const partsOf = counts.map((count) => {
    const shares = new Int32Array(nSplits);
    for (let i = start; i < start + count; i++) shares[i % nSplits]++;
    start += count;
    const parts: number[] = [];
    shares.forEach((share, part) => {
      for (let i = 0; i < share; i++) parts.push(part);
    });
    random?.shuffle(parts);
    return parts;
  });
  const partOf = new Int32Array(codes.length);
  const next = new Int32Array(counts.length);
  yield* ranges(codes.length, 4, (begin, end) => {
    for (let row = begin; row < end; row++) {
      const code = codes[row];
      partOf[row] = partsOf[code][next[code]++];
    }
  });
  return partOf;
}
