/**
 * Nested arrays of numbers as one row-major array: shapes, ragged rows, and what is no number. Other forms
 * of input are read by read.ts, which calls this.
 */
import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { NestedArray, TypedArray, TypedArrayConstructor } from './types.js';
import {
  allocate,
  checkBuffer,
  constructorOf,
  elementCount,
  formatPlace,
  isTypedArray,
  MAX_RANK,
  plainTyped,
} from './types.js';

/** The shape that the first elements of nested arrays announce. */
function announcedShape(nested: NestedArray, name: string): number[] {
  const shape: number[] = [];
  const above: unknown[] = [];
  let level: unknown = nested;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    checkBuffer(level, name);
    if (above.length === MAX_RANK) throw tooDeep(above, name);
    above.push(level);
    const length = (level as ArrayLike<unknown>).length;
    shape.push(length);
    if (length === 0 || ArrayBuffer.isView(level)) break;
    level = (level as unknown[])[0];
  }
  return shape;
}

function tooDeep(levels: readonly unknown[], name: string): ShapeError {
  const received = new Set(levels).size < levels.length ? 'an array that contains itself' : 'more';
  return new ShapeError(`${name} must have at most ${MAX_RANK} dimensions, but received ${received}.`);
}

/** The innermost arrays' common type: Float64Array as soon as plain arrays or two types occur. */
function* commonType(nested: NestedArray, shape: readonly number[]): Pieces<TypedArrayConstructor> {
  const depth = shape.length - 1;
  let first: NestedArray[number] = nested;
  for (let d = 0; d < depth; d++) first = (first as NestedArray)[0];
  if (!isTypedArray(first)) return Float64Array;
  let common: TypedArrayConstructor | null = null;
  const visit = (level: NestedArray[number], rest: number): boolean => {
    if (rest > 0) {
      return !Array.isArray(level) || (level as NestedArray).every((inner) => visit(inner, rest - 1));
    }
    if (!isTypedArray(level)) return false;
    common ??= constructorOf(level);
    return common === constructorOf(level);
  };
  let same = true;
  const leaves = shape.slice(1, depth).reduce((product, size) => product * size, 1);
  yield* ranges(nested.length, 4 * leaves, (begin, end) => {
    for (let i = begin; same && i < end; i++) same = visit(nested[i], depth - 1);
  });
  return same && common ? common : Float64Array;
}

interface Target {
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly name: string;
}

/**
 * Nested arrays, or an array of typed arrays, as one row-major array: of the rows' own type if all are typed
 * arrays of one type, else of `Fallback` (Float64Array unless told otherwise). ShapeError if ragged,
 * ValueError if not numbers.
 */
export function* nestedInPieces(
  nested: NestedArray,
  name: string,
  Fallback: TypedArrayConstructor = Float64Array,
): Pieces<{ data: TypedArray; shape: number[] }> {
  const shape = announcedShape(nested, name);
  const Common = yield* commonType(nested, shape);
  const length = elementCount(shape, name);
  const Type = Common === Float64Array ? Fallback : Common;
  const target: Target = { data: allocate(Type, shape, name), shape, name };
  const each = length / Math.max(1, shape[0]);
  yield* ranges(shape[0], each, (begin, end) => {
    if (shape.length === 1) fillNumbers(target, nested, [], 0, begin, end);
    else for (let i = begin; i < end; i++) fill(target, nested[i], [i], i * each);
  });
  return { data: target.data, shape };
}

/** Copy one level; returns the position behind it. */
function fill(target: Target, level: unknown, place: readonly number[], position: number): number {
  const depth = place.length;
  checkLevel(target, level, place);
  const length = target.shape[depth];
  if (depth === target.shape.length - 1) {
    if (isTypedArray(level)) target.data.set(plainTyped(level), position);
    else fillNumbers(target, level as readonly unknown[], place, position, 0, length);
    return position + length;
  }
  const inner = level as readonly unknown[];
  for (let i = 0; i < length; i++) position = fill(target, inner[i], [...place, i], position);
  return position;
}

/** Copy the numbers [begin, end) of a row. */
function fillNumbers(
  { data, name }: Target,
  row: readonly unknown[],
  place: readonly number[],
  position: number,
  begin: number,
  end: number,
): void {
  const bad = copyNumbers(data, position, row, begin, end);
  if (bad === end) return;
  const value = row[bad];
  const here = formatPlace([...place, bad]);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new ShapeError(
      `${name} must be nested to the same depth everywhere, but received an array at ${here}.`,
    );
  }
  const received = bad in row ? describe(value) : 'a hole';
  throw new ValueError(`${name} must hold numbers, but received ${received} at ${here}${remedyFor(value)}.`);
}

/**
 * Copy numbers: target[position + i] = row[i] for i in [begin, end), rounded to the type of `target`.
 *
 * @returns the index of the first value that is no number; `end` without one
 */
export function copyNumbers(
  target: TypedArray,
  position: number,
  row: readonly unknown[],
  begin: number,
  end: number,
): number {
  let i = begin;
  // Four at a time: half as many cycles a value.
  for (; i + 4 <= end; i += 4) {
    const a = row[i];
    const b = row[i + 1];
    const c = row[i + 2];
    const d = row[i + 3];
    if (typeof a !== 'number' || typeof b !== 'number' || typeof c !== 'number' || typeof d !== 'number')
      break;
    target[position + i] = a;
    target[position + i + 1] = b;
    target[position + i + 2] = c;
    target[position + i + 3] = d;
  }
  for (; i < end; i++) {
    const value = row[i];
    if (typeof value !== 'number') return i;
    target[position + i] = value;
  }
  return end;
}

/** Advice, for an error, about a value that is a number in another form, or a row. */
function remedyFor(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) {
    return '; convert it with Number(...)';
  }
  const object = typeof value === 'object' && value !== null;
  return object ? '; give every row as an array of its features' : '';
}

function checkLevel({ shape, name }: Target, level: unknown, place: readonly number[]): void {
  const depth = place.length;
  const last = depth === shape.length - 1;
  checkBuffer(level, name);
  const here = depth === 1 ? `row ${place[0]}` : `index [${place.join(', ')}]`;
  if (!Array.isArray(level) && !(last && isTypedArray(level))) {
    if (isTypedArray(level)) {
      throw new ShapeError(
        `${name} must be nested to the same depth everywhere, but received numbers at ${here}.`,
      );
    }
    throw new ShapeError(`${name} must have an array at ${here}, but received ${describe(level)}.`);
  }
  const length = (level as ArrayLike<unknown>).length;
  if (length === shape[depth]) return;
  const first = depth === 1 ? 'row 0' : `index [${place.map(() => 0).join(', ')}]`;
  throw new ShapeError(
    `${name} must have rows of equal length, but ${first} has ${shape[depth]} values and ${here} has ${length}.`,
  );
}
