import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';

/** Values that are sorted at once: about 15 ms. */
const RUN = 200000;

/** Floating-point operations that sorting counts as, per value. */
const FLOPS_PER_VALUE = 1000;

/**
 * Numbers in ascending order, −0 before 0, as `Float64Array.prototype.sort` has them: runs are sorted, then merged by
 * twos. There may be no NaN.
 *
 * @param values are overwritten
 */
export function* sortedInPieces(values: Float64Array): Pieces<Float64Array> {
  const { length } = values;
  for (let begin = 0; begin < length; begin += RUN) {
    const run = values.subarray(begin, begin + RUN);
    run.sort();
    yield FLOPS_PER_VALUE * run.length;
  }
  let [source, target] = [values, length > RUN ? new Float64Array(length) : values];
  for (let width = RUN; width < length; width *= 2) {
    for (let begin = 0; begin < length; begin += 2 * width) {
      const middle = Math.min(begin + width, length);
      yield* merged(source, target, begin, middle, Math.min(middle + width, length));
    }
    [source, target] = [target, source];
  }
  return source;
}

/** Merge the sorted runs [begin, middle) and [middle, end). */
function* merged(
  source: Float64Array,
  target: Float64Array,
  begin: number,
  middle: number,
  end: number,
): Pieces<void> {
  let left = begin;
  let right = middle;
  yield* ranges(end - begin, 2, (from, to) => {
    for (let i = begin + from; i < begin + to; i++) {
      const takesLeft = right === end || (left < middle && isBefore(source[left], source[right]));
      target[i] = takesLeft ? source[left++] : source[right++];
    }
  });
}

function isBefore(a: number, b: number): boolean {
  return a < b || (a === b && (a !== 0 || Object.is(a, -0) || Object.is(b, 0)));
}
