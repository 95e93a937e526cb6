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

/** A Map of any realm. */
function isMap(value: unknown): value is Map<unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** An object literal, JSON, or an object without a prototype. */
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

/** The first weight that is no number >= 0, as '-1 for 'a''; undefined if there is none, or if `given` holds no weights. */
export function describeBadWeight(given: unknown): string | undefined {
  const bad = entriesOf(given)?.find(([, weight]) => !isWeight(weight));
  return bad && `${describe(bad[1])} for ${describe(bad[0])}`;
}

/** The entries of a Map or an object of weights; undefined for anything else and for weights that are not >= 0. */
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
