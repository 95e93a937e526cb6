import type { ArrayInput, Rows } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import type { Model } from './model.js';

/** Outputs of a model's network for rows: (rows, outputs); into what `outFor` gives for a number of rows. */
export function outputsOf(
  { network }: Model,
  x: ArrayInput,
  outFor?: (rows: number) => Float32Array | undefined,
): { values: Float32Array; rows: Rows } {
  const rows = toRows(x, { flatten: true, expectedFeatures: network.spec.inputShape[0], unchecked: true });
  return { values: network.forward(rows, outFor?.(rows.rows)), rows };
}
