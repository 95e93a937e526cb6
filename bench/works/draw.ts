/** Our time against the peers', per work. */
import { bars } from '../drawing.js';
import type { WorkResult } from './compete.js';

/** @param machine where they were measured, in words */
export function drawWorks(results: readonly WorkResult[], machine: string): string {
  const names = [
    ...new Set(results.flatMap(({ standings }) => standings.map(({ contestant }) => contestant))),
  ];
  return bars(
    { title: 'Seconds per epoch (median)', machine },
    results.map(({ work, data }) => `${work}\n${data}`),
    names.map((name) => ({
      name,
      values: results.map(
        ({ standings }) => standings.find(({ contestant }) => contestant === name)?.secondsPerEpoch.median,
      ),
    })),
  );
}
