/** Draws the peers' times as multiples of lamella's, by work. */
import { bars } from '../drawing.js';
import { duration } from '../terminal.js';
import type { WorkResult } from './compete.js';

/** @param machine the machine that was measured, in words */
export function drawWorks(results: readonly WorkResult[], machine: string): string {
  const ours = results.filter(({ standings }) => standings[0]?.variant !== undefined);
  const own = ours[0]?.standings[0].contestant;
  const names = new Set(ours.flatMap(({ standings }) => standings.map(({ contestant }) => contestant)));
  names.delete(own);
  return bars(
    { title: `Time over that of ${own}: above 1 is slower (medians)`, machine },
    ours.map(
      ({ work, data, standings }) => `${work}\n${data}\n${duration(standings[0].secondsPerEpoch.median)}`,
    ),
    [...names].map((name) => ({
      name,
      values: ours.map(
        ({ standings }) => standings.find(({ contestant }) => contestant === name)?.ratio.median,
      ),
    })),
  );
}
