/** How steep a curve is on logarithmic axes, where that changes, and why. */
import { readFileSync } from 'node:fs';
import type { Point } from './measure.js';

export interface Knee {
  readonly size: number;
  readonly slopeBefore: number;
  readonly slopeAfter: number;
  readonly reason: string;
}

/** Least squares through the logarithms: time grows as size to the power of this. */
export function slopeOf(points: readonly Point[]): number {
  const logs = points.map(({ size, secondsPerEpoch }) => [Math.log(size), Math.log(secondsPerEpoch.min)]);
  const mean = (i: number): number => logs.reduce((sum, pair) => sum + pair[i], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return covariance / logs.reduce((sum, [a]) => sum + (a - x) * (a - x), 0);
}

/** Slopes that differ by less are one line, as far as the clock can tell. */
const LEAST_CHANGE = 0.25;

export function kneesOf(points: readonly Point[]): Knee[] {
  return points.slice(1, -1).flatMap((point, i) => {
    const slopeBefore = slopeOf([points[i], point]);
    const slopeAfter = slopeOf([point, points[i + 2]]);
    if (Math.abs(slopeAfter - slopeBefore) < LEAST_CHANGE) return [];
    const reason = reasonOf(points[i], point, points[i + 2]);
    return { size: point.size, slopeBefore, slopeAfter, reason };
  });
}

interface Cache {
  readonly name: string;
  readonly bytes: number;
}

/** Of the first processor, as Linux tells; none elsewhere. */
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

/** What crosses the size of a cache around a knee; else the cost of a step that is not arithmetic. */
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
