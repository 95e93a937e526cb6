/** Prints the results of a work as text, and of all works as one table in Markdown. */
import type { Spread } from '../harness.js';
import { duration, table } from '../terminal.js';
import type { Standing, WorkResult } from './compete.js';

/** GFLOP/s of 128-bit multiply-adds on one thread, by variant. */
export type Peaks = Readonly<Record<string, number>>;

/**
 * The share of the peak that a whole step reaches, from the `flops` of an epoch: on one thread by processor
 * time, which other programs do not disturb.
 */
function shareOfPeak(standing: Standing, flops: number, peaks: Peaks): string {
  const { variant, threads, secondsPerEpoch, cpuSecondsPerEpoch } = standing;
  if (variant === undefined) return '';
  const own = threads === 1 ? cpuSecondsPerEpoch.min : Infinity;
  const seconds = Math.min(secondsPerEpoch.min, own);
  return `${(flops / seconds / 1e7 / peaks[variant] / threads).toFixed(0)} %`;
}

export function standingsTable({ flopsPerEpoch, standings }: WorkResult, peaks: Peaks): string {
  const others = standings[0].contestant;
  const heading = [
    ...['time per epoch', 'median', 'min', 'cpu', `over ${others}`, '', 'cpu over it', ''],
    ...['of peak', 'as dense'],
  ];
  const share = ({ median, min, max }: Spread): string[] => [
    median.toFixed(2),
    `(${min.toFixed(2)} to ${max.toFixed(2)})`,
  ];
  const rows = standings.map((standing) => [
    standing.contestant + (standing.rowsTimed ? ` *${standing.rowsTimed}` : ''),
    duration(standing.secondsPerEpoch.median),
    duration(standing.secondsPerEpoch.min),
    duration(standing.cpuSecondsPerEpoch.median),
    ...share(standing.ratio),
    ...share(standing.cpuRatio),
    shareOfPeak(standing, flopsPerEpoch.useful, peaks),
    shareOfPeak(standing, flopsPerEpoch.dense, peaks),
  ]);
  const scaled = standings.some(({ rowsTimed }) => rowsTimed !== undefined);
  return table(heading, rows) + (scaled ? '\n* only so many rows were timed, and scaled to an epoch' : '');
}

/** Markdown: the median time per epoch of every contestant by work, and the best peer over lamella. */
export function readmeTable(results: readonly WorkResult[]): string {
  const names = [
    ...new Set(results.flatMap(({ standings }) => standings.map(({ contestant }) => contestant))),
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = results.map(({ work, data, standings }) => {
    const cells = names.map((name) => {
      const found = standings.find(({ contestant }) => contestant === name);
      return found ? duration(found.secondsPerEpoch.median) : '';
    });
    const peers = standings.filter(({ variant }) => variant === undefined);
    const best = Math.min(...peers.map(({ ratio }) => ratio.median));
    return [work, data, ...cells, peers.length > 0 ? best.toFixed(2) : ''];
  });
  const heading = ['work', 'data', ...names, 'best peer / first'];
  return [heading, heading.map(() => '---'), ...rows].map(line).join('\n');
}
