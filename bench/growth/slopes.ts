/** Finds how steep a curve is on logarithmic axes, and where and why that changes. */
import { readFileSync } from 'node:fs';
import type { Point } from './measure.js';

export interface Knee {
  readonly size: number;
  readonly slopeBefore: number;
  readonly slopeAfter: number;
  readonly reason: string;
}

/** The slope by least squares through the logarithms: time grows with this power of the size. */
export function slopeOf(points: readonly Point[]): number {
  const logs = points.map(({ size, secondsPerEpoch }) => [Math.log(size), Math.log(secondsPerEpoch.min)]);
  const mean = (i: number): number => logs.reduce((sum, pair) => sum + pair[i], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return covariance / logs.reduce((sum, [a]) => sum + (a - x) * (a - x), 0);
}

/**
 * Smallest difference of slopes that counts as a change: smaller ones are within the precision of the clock.
 */
const MIN_CHANGE = 0.25;

export function kneesOf(points: readonly Point[]): Knee[] {
  return points.slice(1, -1).flatMap((point, i) => {
    const slopeBefore = slopeOf([points[i], point]);
    const slopeAfter = slopeOf([point, points[i + 2]]);
    if (Math.abs(slopeAfter - slopeBefore) < MIN_CHANGE) return [];
    const reason = reasonOf(points[i], point, points[i + 2]);
    return { size: point.size, slopeBefore, slopeAfter, reason };
  });
}

interface Cache {
  readonly name: string;
  readonly bytes: number;
}

/** Sizes of the caches of the first processor, on Linux; elsewhere there are none. */
function caches(): Cache[] {
  return [0, 2, 3].flatMap((index) => {
    try {
      const folder = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
      const [level, size] = ['level', 'size'].map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim());
      return { name: `L${level}`, bytes: 1024 * parseInt(size, 10) };
    } catch {
      return [];
    }
  });
}

/**
 * Explains a knee: what exceeds the size of a cache there, or else the cost of a step that is not arithmetic.
 */
function reasonOf(before: Point, at: Point, after: Point): string {
  const kinds = [
    ['parameters and optimizer state', 'stateBytes'],
    ['the activations of a batch', 'batchBytes'],
    ['the rows', 'dataBytes'],
  ] as const;
  const crossed = kinds.flatMap(([words, key]) =>
    caches().flatMap(({ name, bytes }) =>
      before[key] <= bytes && after[key] > bytes ? [`${words} outgrow ${name} (${bytes / 1024} KB)`] : [],
    ),
  );
  const gain = after.gflops / before.gflops;
  if (gain > 1.15)
    return `a step has only ${(at.flopsPerStep / 1e6).toPrecision(2)} MFLOP: what a step costs besides loses weight`;
  if (crossed.length > 0) return crossed.join(', ');
  if (gain >= 0.87) return 'within the scatter of the rate';
  const megabytes = (at.stateBytes / 2 ** 20).toFixed(1);
  return `the rate falls: a step moves ${megabytes} MB of parameters and optimizer state through the outer caches`;
}
