import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { readArray } from '../ndarray.js';

/** One weight per row: finite, >= 0, not all 0. */
export function readWeights(sampleWeight: ArrayInput, rows: number): ArrayLike<number> {
  const { data, shape, scale = 1 } = readArray(sampleWeight, 'sampleWeight');
  const column = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!column || data.length !== rows) {
    throw new ShapeError(
      `sampleWeight must have one weight for each of the ${rows} rows, but received the shape (${shape.join(', ')}).`,
    );
  }
  const bad = data.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) {
    throw new ValueError(
      `sampleWeight must hold finite weights >= 0, but received ${describe(data[bad])} at index ${bad}.`,
    );
  }
  if (data.every((weight) => weight === 0)) {
    throw new ValueError('sampleWeight must hold at least one weight > 0, but received only zeros.');
  }
  return scale === 1 ? data : Float64Array.from(data, (weight) => weight * scale);
}

/** Share of rows, by weight, in which two lists of positions agree. */
export function accuracy(a: Int32Array, b: Int32Array, weights?: ArrayLike<number>): number {
  let right = 0;
  let total = 0;
  for (let row = 0; row < a.length; row++) {
    const weight = weights ? weights[row] : 1;
    total += weight;
    if (a[row] === b[row]) right += weight;
  }
  return right / total;
}
