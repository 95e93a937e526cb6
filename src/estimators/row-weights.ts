import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { readWeights } from './accuracy.js';

/** The weight of every row in float32; undefined without any. @throws ShapeError, ValueError */
export function rowWeights(sampleWeight: ArrayInput | undefined, rows: number): Float32Array | undefined {
  if (sampleWeight === undefined) return undefined;
  const weights = Float32Array.from(readWeights(sampleWeight, rows));
  if (weights.every((weight) => weight === 0) || weights.some((weight) => weight === Infinity)) {
    throw new ValueError(
      'sampleWeight must hold weights within the range of float32 (1e-45 to 3.4e38), but received others.',
    );
  }
  return weights;
}
