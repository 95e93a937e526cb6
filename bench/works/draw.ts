/** Our time against the peers', per work. */
import { svg } from '../drawing.js';
import type { WorkResult } from './compete.js';

/** Bars of the median seconds per epoch, on a logarithmic scale. @param machine where they were measured, in words */
export function drawWorks(results: readonly WorkResult[], machine: string): string {
  const names = [
    ...new Set(results.flatMap(({ standings }) => standings.map(({ contestant }) => contestant))),
  ];
  const series = names.map((name) => ({
    name,
    type: 'bar' as const,
    data: results.map(({ standings }) => {
      const found = standings.find(({ contestant }) => contestant === name);
      return found ? Number(found.secondsPerEpoch.median.toPrecision(3)) : null;
    }),
  }));
  const option = {
    title: { text: 'Seconds per epoch', subtext: machine.replaceAll('\n', ' · '), left: 'center' },
    legend: { bottom: 0 },
    grid: { top: 70, bottom: 90, left: 60, right: 20 },
    xAxis: { type: 'category' as const, data: results.map(({ work, data }) => `${work}\n${data}`) },
    yAxis: { type: 'log' as const, name: 's' },
    series,
  };
  return svg(option, { width: Math.max(700, 130 * results.length + 100) });
}
