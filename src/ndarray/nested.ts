import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { NestedArray, TypedArray, TypedArrayConstructor } from './types.js';
import { checkBuffer, constructorOf, elementCount, formatPlace, isTypedArray, plainTyped } from './types.js';

/** The shape that the first elements of nested arrays announce. */
function announcedShape(nested: NestedArray, name: string): number[] {
  const shape: number[] = [];
  let level: unknown = nested;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    checkBuffer(level, name);
    const length = (level as ArrayLike<unknown>).length;
    shape.push(length);
    if (length === 0 || ArrayBuffer.isView(level)) break;
    level = (level as unknown[])[0];
  }
  return shape;
}

/** The innermost arrays' common type: Float64Array as soon as plain arrays or two types occur. */
function commonType(nested: NestedArray, depth: number): TypedArrayConstructor {
  let common: TypedArrayConstructor | null = null;
  const visit = (level: NestedArray, rest: number): boolean => {
    if (rest > 1) return level.every((inner) => !Array.isArray(inner) || visit(inner, rest - 1));
    return level.every((leaf) => {
      if (!isTypedArray(leaf)) return false;
      common ??= constructorOf(leaf);
      return common === constructorOf(leaf);
    });
  };
  const same = depth >= 1 && visit(nested, depth);
  return same && common ? common : Float64Array;
}

interface Target {
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly name: string;
}

/**
 * Nested arrays, or an array of typed arrays, as one row-major array: of the rows' own type if all are typed arrays of
 * one type, else of `Fallback` (Float64Array unless told otherwise). ShapeError if ragged, ValueError if not numbers.
 */
export function flattenNested(
  nested: NestedArray,
  name: string,
  Fallback: TypedArrayConstructor = Float64Array,
): { data: TypedArray; shape: number[] } {
  const shape = announcedShape(nested, name);
  const Common = commonType(nested, shape.length - 1);
  const length = elementCount(shape, name);
  const target: Target = { data: new (Common === Float64Array ? Fallback : Common)(length), shape, name };
  fill(target, nested, [], 0);
  return { data: target.data, shape };
}

/** Copy one level; returns the position behind it. */
function fill(target: Target, level: unknown, place: readonly number[], position: number): number {
  const depth = place.length;
  checkLevel(target, level, place);
  const length = target.shape[depth];
  if (depth === target.shape.length - 1) {
    if (isTypedArray(level)) target.data.set(plainTyped(level), position);
    else fillNumbers(target, level as readonly unknown[], place, position);
    return position + length;
  }
  const inner = level as readonly unknown[];
  for (let i = 0; i < length; i++) position = fill(target, inner[i], [...place, i], position);
  return position;
}

function fillNumbers(
  target: Target,
  row: readonly unknown[],
  place: readonly number[],
  position: number,
): void {
  const { data, name } = target;
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    if (typeof value === 'number') {
      data[position + i] = value;
      continue;
    }
    const here = formatPlace([...place, i]);
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      throw new ShapeError(
        `${name} must be nested to the same depth everywhere, but received an array at ${here}.`,
      );
    }
    const received = i in row ? describe(value) : 'a hole';
    throw new ValueError(
      `${name} must hold numbers, but received ${received} at ${here}${remedyFor(value)}.`,
    );
  }
}

/** What to do about a value that is a number in disguise, or a row. */
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
