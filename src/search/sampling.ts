import type { RandomState } from '../random.js';
import { ascending } from '../random.js';

/**
 * Different integers from 0 to `size` − 1: scikit-learn's `sample_without_replacement` (sklearn/utils/_random.pyx), seed for
 * seed. From 1 to 99 percent of all integers are the beginning of a permutation; fewer are drawn one by one, those that
 * have been drawn before anew; more are chosen by a reservoir (algorithm R).
 *
 * @param size at most 2^53
 * @param count at most `size`
 */
export function sampleWithoutReplacement(size: number, count: number, random: RandomState): number[] {
  const ratio = count / size;
  if (ratio > 0.01 && ratio < 0.99) return Array.from(random.permutation(size).subarray(0, count));
  return ratio < 0.2 ? trackedSample(size, count, random) : reservoirSample(size, count, random);
}

function trackedSample(size: number, count: number, random: RandomState): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(integerBelow(size, random));
  return [...chosen];
}

function reservoirSample(size: number, count: number, random: RandomState): number[] {
  const sample = Array.from(ascending(count));
  for (let i = count; i < size; i++) {
    const at = random.bounded(i);
    if (at < count) sample[at] = i;
  }
  return sample;
}

/** numpy's `randint(limit)`: above 2^32 of two words, the high one first, masked and drawn anew while they are too large. */
function integerBelow(limit: number, random: RandomState): number {
  const most = limit - 1;
  if (most < 4294967296) return random.bounded(most);
  const mask = 0xffffffff >>> Math.clz32(Math.floor(most / 4294967296));
  for (;;) {
    const high = (random.u32() & mask) >>> 0;
    const value = high * 4294967296 + random.u32();
    if (value <= most) return value;
  }
}
