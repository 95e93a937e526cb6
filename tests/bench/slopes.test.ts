import { describe, expect, it } from 'vitest';
import type { Point } from '../../bench/growth/measure.js';
import { kneesOf, slopeOf } from '../../bench/growth/slopes.js';
import { spread } from '../../bench/harness.js';

/** A curve through times, with steps of so many operations and nothing to keep in a cache. */
function curve(times: readonly (readonly [number, number])[], flops: (size: number) => number): Point[] {
  return times.map(([size, seconds]) => ({
    ...{ size, secondsPerEpoch: spread([seconds]), gflops: flops(size) / seconds / 1e9 },
    ...{ flopsPerStep: flops(size), stateBytes: 0, batchBytes: 0, dataBytes: 0 },
  }));
}

const sizes = [1, 2, 4, 8, 16];

describe('slopes on logarithmic axes', () => {
  it('are the exponent of the growth', () => {
    const squares = curve(
      sizes.map((size) => [size, 3 * size * size]),
      (size) => size,
    );
    expect(slopeOf(squares)).toBeCloseTo(2, 12);
    expect(kneesOf(squares)).toEqual([]);
  });

  it('change where a constant stops to matter, which is told', () => {
    const flat = curve(
      [
        [1, 10],
        [2, 10],
        [4, 40],
        [8, 80],
      ] as const,
      (size) => size,
    );
    const [first] = kneesOf(flat);
    expect(first.size).toBe(2);
    expect(first.slopeBefore).toBeCloseTo(0, 12);
    expect(first.slopeAfter).toBeCloseTo(2, 12);
  });
});
