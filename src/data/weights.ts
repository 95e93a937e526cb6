/**
 * Weights of rows and of classes as callers give them: one number per row, or a Map or an object from classes
 * to numbers. Estimators look up their labels in the entries themselves (src/estimators/class-weights.ts);
 * classes that are numbers from 0 are read here.
 */
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

/**
 * One weight per row, finite and >= 0; all may be 0. Undefined if none are given.
 *
 * @param name name of the weights in errors
 * @throws ShapeError for another number of weights than rows, ValueError for other weights
 */
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

/** True for a Map of any realm. */
function isMap(value: unknown): value is Map<unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** True for an object literal, JSON, or an object without a prototype. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Weights by class: a Map holds the labels themselves, the keys of an object are their texts. */
export interface ClassWeightEntries {
  readonly exact: boolean;
  readonly entries: readonly (readonly [key: unknown, weight: number])[];
}

/**
 * The first weight that is no number >= 0, as '-1 for 'a''; undefined if there is none, or if `given` holds
 * no weights.
 */
export function describeBadWeight(given: unknown): string | undefined {
  const bad = entriesOf(given)?.find(([, weight]) => !isWeight(weight));
  return bad && `${describe(bad[1])} for ${describe(bad[0])}`;
}

/**
 * Entries of a Map or an object of weights; undefined for anything else and for weights that are not >= 0.
 */
export function classWeightEntries(given: unknown): ClassWeightEntries | undefined {
  const entries = entriesOf(given);
  if (!entries?.every(([, weight]) => isWeight(weight))) return undefined;
  return { exact: isMap(given), entries: entries as [unknown, number][] };
}

function entriesOf(given: unknown): [unknown, unknown][] | undefined {
  if (isMap(given)) return [...given];
  return isPlainObject(given) ? Object.entries(given) : undefined;
}

function isWeight(weight: unknown): boolean {
  return typeof weight === 'number' && weight >= 0 && weight < Infinity;
}

/** Weight of each class in the loss, by its number; classes that are not named have 1. */
export type ClassWeight = ReadonlyMap<number, number> | Readonly<Record<number, number>>;

/** Weights by class number, with what errors about them say. */
export interface ClassWeights {
  /** Name of the method that they were given to: 'sequential.fit'. */
  readonly owner: string;
  readonly byClass: ReadonlyMap<number, number>;
  /** Classes that the model tells apart; undefined where one output may have any value. */
  readonly classes: number | undefined;
}

/**
 * Class weights by class number; undefined if none are given.
 *
 * @param classes number of classes that the model tells apart; undefined where one output may have any value
 * @throws ValueError for anything but a Map or an object from classes to numbers >= 0
 */
export function readClassWeights(
  owner: string,
  given: unknown,
  classes: number | undefined,
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
 * @param truth the targets, (rows, columns)
 * @param whole true if these are all rows, so that a class without a row does not exist
 * @throws ValueError for such a class, where the outputs do not tell the classes
 */
export function weighRows(
  weights: Float32Array | undefined,
  classWeights: ClassWeights | undefined,
  { truth, columns }: { readonly truth: Float32Array; readonly columns: number },
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
