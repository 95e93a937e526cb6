import { describe } from '../check.js';
import { classWeightEntries, describeBadWeight } from '../data/weights.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ResolvedLoss } from '../network/options/losses.js';
import { sizeOf } from '../network/spec.js';
import { formatShape, readArray } from '../ndarray.js';
import type { Structure } from './structure.js';
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

/** Class weights as given, for the owner of errors. */
export interface ClassWeights {
  readonly owner: string;
  readonly byClass: ReadonlyMap<number, number>;
  /** Classes that the model tells apart; undefined where one output may have any value. */
  readonly classes: number | undefined;
}

/**
 * Class weights by class number.
 *
 * @param structure of the model, and its loss: they say which classes there are
 * @throws ValueError for anything but a Map or an object from classes to numbers >= 0
 */
export function readClassWeight(
  owner: string,
  given: unknown,
  { shapes }: Structure,
  { name: loss }: ResolvedLoss,
): ClassWeights | undefined {
  if (given === undefined || given === null) return undefined;
  const bad = describeBadWeight(given);
  if (bad !== undefined) {
    throw new ValueError(`${owner}: classWeight must hold numbers >= 0, but received ${bad}.`);
  }
  const read = classWeightEntries(given);
  if (!read) {
    throw new ValueError(
      `${owner}: classWeight must be an object or a Map from class numbers to weights, but received ${describe(given)}.`,
    );
  }
  const outputs = sizeOf(shapes.at(-1)!);
  const classes = outputs > 1 ? outputs : loss === 'binaryCrossentropy' ? 2 : undefined;
  const byClass = new Map<number, number>();
  for (const [key, weight] of read.entries) {
    const label = read.exact ? key : Number(key);
    const text = read.exact || String(label) === key;
    if (!text || !Number.isSafeInteger(label) || (label as number) < 0) {
      throw new ValueError(
        `${owner}: classWeight must name classes by integers >= 0, but received ${describe(key)}.`,
      );
    }
    if (classes !== undefined && (label as number) >= classes) throw noClass(owner, label, classes);
    byClass.set(label as number, weight);
  }
  return { owner, byClass, classes };
}

function noClass(owner: string, label: unknown, classes: number): ValueError {
  return new ValueError(
    `${owner}: classWeight must name the classes 0 to ${classes - 1}, but received a weight for ${describe(label)}.`,
  );
}

/**
 * Row weights times the weights of the rows' classes: the largest of several columns, or the number in one.
 *
 * @param whole whether these are all rows, so that a class without one does not exist
 * @throws ValueError for such a class, where the outputs do not tell the classes
 */
export function withClassWeight(
  weights: Float32Array | undefined,
  classWeights: ClassWeights | undefined,
  { truth, columns }: Pick<PreparedTargets, 'truth' | 'columns'>,
  whole: boolean,
): Float32Array | undefined {
  if (!classWeights) return weights;
  const { owner, byClass, classes } = classWeights;
  const rows = truth.length / columns;
  const result = new Float32Array(rows);
  const met = new Set<number>();
  for (let row = 0; row < rows; row++) {
    const label = columns === 1 ? truth[row] : largest(truth, row * columns, columns);
    const weight = byClass.get(label);
    if (weight !== undefined) met.add(label);
    result[row] = (weights?.[row] ?? 1) * (weight ?? 1);
  }
  const unmet = whole && classes === undefined && [...byClass.keys()].find((label) => !met.has(label));
  if (typeof unmet !== 'number') return result;
  throw new ValueError(
    `${owner}: classWeight must name classes that occur in y, but received a weight for ${unmet}.`,
  );
}

function largest(values: Float32Array, begin: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i++) if (values[begin + i] > values[begin + best]) best = i;
  return best;
}
