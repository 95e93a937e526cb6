import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { readArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import type { PreparedTargets } from './targets.js';

/** Weight of each class in the loss, by its number; classes that are not named have 1. */
export type ClassWeight = ReadonlyMap<number, number> | Readonly<Record<number, number>>;

/** Weights as given, one per row. @throws ShapeError, ValueError */
export function readRowWeights(
  given: unknown,
  rows: number,
  name = 'sampleWeight',
): Float32Array | undefined {
  if (given === undefined || given === null) return undefined;
  const { data, shape, scale = 1 } = readArray(given, name, Float32Array);
  if (data.length !== rows || shape[0] !== rows) {
    throw new ShapeError(
      `${name} must have one weight per row, ${rows}, but received the shape ${formatShape(shape)}.`,
    );
  }
  const weights = Float32Array.from(data as ArrayLike<number>, (value) => value * scale);
  const bad = weights.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad < 0) return weights;
  throw new ValueError(`${name} must hold numbers >= 0, but received ${data[bad]} in row ${bad}.`);
}

/** Class weights by class number. @throws ValueError */
export function readClassWeight(given: unknown): ReadonlyMap<number, number> | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new ValueError(
      `fit: classWeight must be an object or a Map from class numbers to weights, but received ${describe(given)}.`,
    );
  }
  const entries: [unknown, unknown][] = given instanceof Map ? [...given] : Object.entries(given);
  return new Map(
    entries.map(([key, weight]) => {
      const label = typeof key === 'string' && key !== '' ? Number(key) : key;
      if (!Number.isInteger(label) || (label as number) < 0) {
        throw new ValueError(
          `fit: classWeight must name classes by integers >= 0, but received ${describe(key)}.`,
        );
      }
      if (typeof weight !== 'number' || !(weight >= 0 && weight < Infinity)) {
        throw new ValueError(
          `fit: classWeight must hold numbers >= 0, but received ${describe(weight)} for class ${String(key)}.`,
        );
      }
      return [label as number, weight];
    }),
  );
}

/** Row weights times the weights of the rows' classes: the largest of several columns, or the number in one. */
export function withClassWeight(
  weights: Float32Array | undefined,
  classWeight: ReadonlyMap<number, number> | undefined,
  { truth, columns }: Pick<PreparedTargets, 'truth' | 'columns'>,
): Float32Array | undefined {
  if (!classWeight) return weights;
  const rows = truth.length / columns;
  const result = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const label = columns === 1 ? truth[row] : largest(truth, row * columns, columns);
    result[row] = (weights?.[row] ?? 1) * (classWeight.get(label) ?? 1);
  }
  return result;
}

function largest(values: Float32Array, begin: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i++) if (values[begin + i] > values[begin + best]) best = i;
  return best;
}
