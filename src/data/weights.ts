import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape, readArray } from '../ndarray.js';

/**
 * One weight per row: finite, >= 0, not all 0.
 *
 * @throws ShapeError for another number of weights than rows, ValueError for other weights
 */
export function readWeights(sampleWeight: unknown, rows: number): ArrayLike<number> {
  const { data, shape, scale = 1 } = readArray(sampleWeight, 'sampleWeight');
  const column = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!column || data.length !== rows) {
    throw new ShapeError(
      `sampleWeight must have one weight for each of the ${rows} rows, but received the shape ${formatShape(shape)}.`,
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
