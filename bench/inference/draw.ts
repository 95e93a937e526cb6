/** Our predictions against the peers'. */
import { bars } from '../drawing.js';
import type { InferenceResult } from '../inference.js';

/** @param machine where they were measured, in words */
export function drawInference(results: readonly InferenceResult[], machine: string): string {
  const names = results[0].times.map(({ contestant }) => contestant);
  return bars(
    { title: 'Seconds per prediction (median)', machine },
    results.map(({ net, data, batch }) => `${net}, ${batch} rows\n${data}`),
    names.map((name, i) => ({ name, values: results.map(({ times }) => times[i].seconds.median) })),
  );
}
