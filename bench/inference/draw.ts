/** Draws the peers' time of a prediction as multiples of lamella's. */
import { bars } from '../drawing.js';
import type { InferenceResult } from '../inference.js';
import { duration } from '../terminal.js';

/** @param machine the machine that was measured, in words */
export function drawInference(results: readonly InferenceResult[], machine: string): string {
  const [own, ...others] = results[0].times.map(({ contestant }) => contestant);
  return bars(
    { title: `Time over that of ${own}: above 1 is slower (medians)`, machine },
    results.map(
      ({ net, data, batch, times }) => `${net}, ${batch} × ${data}\n${duration(times[0].seconds.median)}`,
    ),
    others.map((name, i) => ({ name, values: results.map(({ times }) => times[i + 1].ratio.median) })),
  );
}
