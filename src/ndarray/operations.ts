/**
 * Functions of arrays that return new ones: columns, chosen rows, transposed and joined arrays, and where the
 * maxima are. Not for arithmetic, nor for views of the same memory, which ndarray.ts makes.
 */
import { checkValue, describe, integer, listOf } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { readArray } from './read.js';
import type { ArrayInput, NdArray, StridedArray, TypedArray } from './types.js';
import { allocate, constructorOf, formatShape, readList } from './types.js';
import { runAtOnce } from '../yielding.js';
import { copied } from './values.js';

/** An array from a caller. @throws ShapeError if it has fewer dimensions than `rank` */
export function readRanked(x: unknown, owner: string, rank: number): NdArray<TypedArray> {
  const array = readArray(x, `${owner}: x`);
  if (array.shape.length >= rank) return array;
  throw new ShapeError(
    `${owner}: x must have rank ${rank} or more, but received the shape ${formatShape(array.shape)}.`,
  );
}

/** The product of the sizes of some dimensions. */
const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** An axis from a caller, counted from the first one. */
function readAxis(owner: string, axis: unknown, rank: number): number {
  const given = checkValue(owner, 'axis', axis, integer({ min: -rank, max: rank - 1 }));
  return given < 0 ? given + rank : given;
}

/** Elements from one value to the next along each axis. */
const stridesOf = (shape: readonly number[]): number[] => shape.map((_, d) => product(shape.slice(d + 1)));

/** A copy of some of an array's values, told by strides. */
function gather<T extends TypedArray>(
  array: NdArray<TypedArray>,
  layout: Omit<StridedArray, 'data'>,
  owner: string,
): NdArray<T> {
  const { data, shape } = readArray({ data: array.data, ...layout }, owner);
  if (data.buffer !== array.data.buffer) return { ...array, data: data as T, shape };
  const copy = allocate(constructorOf(data), shape, owner);
  copy.set(data);
  return { ...array, data: copy as T, shape };
}

/**
 * Returns column `j`, x[:, j], as a copy: shape (rows) of a matrix, (rows, channels) of rows of pixels.
 *
 * @param x an array of rank 2 or more
 * @param j an integer, 0 to columns - 1
 * @throws ValueError if there is no such column; ShapeError for rank 0 and 1
 */
export function column<T extends TypedArray>(x: NdArray<T>, j: number): NdArray<T> {
  const array = readRanked(x, 'column', 2);
  const [rows, columns, ...rest] = array.shape;
  const [step, width, ...inner] = stridesOf(array.shape);
  const offset = width * checkValue('column', 'j', j, integer({ min: 0, max: columns - 1 }));
  return gather(array, { shape: [rows, ...rest], stride: [step, ...inner], offset }, 'column');
}

/**
 * Returns the rows with the given numbers, in the given order, as a copy: numpy's `x[indices]`.
 *
 * @param x an array of rank 1 or more
 * @param indices integers, 0 to rows - 1; a row may be taken more than once
 * @throws ValueError if there is no such row; ShapeError for rank 0
 */
export function take<T extends TypedArray>(x: NdArray<T>, indices: ArrayLike<number>): NdArray<T> {
  const array = readRanked(x, 'take', 1);
  const { data } = array;
  const [rows, ...rest] = array.shape;
  const list = readList(indices, 'take: indices') as ArrayLike<number> | undefined;
  if (list === undefined) {
    throw new ValueError(`take: indices must be an array of row numbers, but received ${describe(indices)}.`);
  }
  const shape = [list.length, ...rest];
  const width = product(rest);
  const target = allocate(constructorOf(data), shape, 'take');
  for (let k = 0; k < list.length; k++) {
    const i = list[k];
    if (!(Number.isInteger(i) && i >= 0 && i < rows)) {
      throw new ValueError(
        `take: indices must be integers from 0 to ${rows - 1}, but received ${describe(i)} at index ${k}.`,
      );
    }
    if (width === 1) target[k] = data[i];
    else target.set(data.subarray(i * width, (i + 1) * width), k * width);
  }
  return { ...array, data: target as T, shape };
}

/**
 * Returns the array with its axes in another order, as a copy, row-major: axis k of the result is axis
 * `axes[k]` of `x`. Images (rows, channels, height, width) become (rows, height, width, channels) by
 * `transpose(x, [0, 2, 3, 1])`.
 *
 * @param axes the number of every axis once, negative ones counted from the end; default: all in reverse
 * @throws ValueError for other axes
 */
export function transpose<T extends TypedArray>(x: NdArray<T>, axes?: readonly number[]): NdArray<T> {
  const array = readRanked(x, 'transpose', 0);
  const { shape } = array;
  const rank = shape.length;
  const given = axes ?? shape.map((_, d) => rank - 1 - d);
  const rule = listOf(integer({ min: -rank, max: rank - 1 }), 0, rank);
  const order = checkValue('transpose', 'axes', given, rule).map((axis) => (axis < 0 ? axis + rank : axis));
  if (new Set(order).size < rank) {
    throw new ValueError(
      `transpose: axes must be the numbers of all ${rank} axes, but received ${describe(axes)}.`,
    );
  }
  const strides = stridesOf(shape);
  const layout = { shape: order.map((d) => shape[d]), stride: order.map((d) => strides[d]), offset: 0 };
  return gather(array, layout, 'transpose');
}

/** Types whose values float32 holds exactly. */
const WITHIN_FLOAT32: readonly unknown[] = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Float32Array],
];

/**
 * Returns arrays joined along an axis, as a copy. Arrays of one type and scale give an array of that type and
 * scale. Of others the values, `data[i] * scale`, are joined: as a Float32Array where float32 holds the
 * elements of all types exactly (8 and 16 bits, float32), else as a Float64Array.
 *
 * @param arrays at least one; their shapes may differ in the size of that axis only
 * @param axis an integer, negative ones counted from the end; default 0, by rows
 * @throws ShapeError for shapes that do not fit, ValueError for an axis that is not there
 */
export function concatenate<T extends TypedArray>(arrays: readonly NdArray<T>[], axis?: number): NdArray<T>;
export function concatenate(
  arrays: readonly NdArray<TypedArray>[],
  axis?: number,
): NdArray<Float32Array | Float64Array>;
export function concatenate(arrays: readonly NdArray<TypedArray>[], axis = 0): NdArray<TypedArray> {
  if (!Array.isArray(arrays) || arrays.length === 0) {
    throw new ValueError(`concatenate: arrays must be a list of arrays, but received ${describe(arrays)}.`);
  }
  const parts = Array.from(arrays, (array, k) => readArray(array, `concatenate: arrays[${k}]`));
  const [{ shape: first, scale }] = parts;
  const at = readAxis('concatenate', axis, first.length);
  for (const [k, { shape }] of parts.entries()) {
    if (shape.length === first.length && shape.every((size, d) => d === at || size === first[d])) continue;
    throw new ShapeError(
      `concatenate: arrays[${k}] must have the shape ${formatShape(first)} of arrays[0], but for axis ${at}, but received ${formatShape(shape)}.`,
    );
  }
  const types = new Set(parts.map(({ data }) => constructorOf(data)));
  const same = types.size === 1 && parts.every((part) => part.scale === scale);
  const floats = [...types].every((type) => WITHIN_FLOAT32.includes(type)) ? Float32Array : Float64Array;
  const shape = first.map((size, d) =>
    d === at ? parts.reduce((sum, part) => sum + part.shape[d], 0) : size,
  );
  const target = allocate(same ? [...types][0] : floats, shape, 'concatenate');
  let to = 0;
  for (let outer = 0; outer < product(first.slice(0, at)); outer++) {
    for (const part of parts) {
      const block = product(part.shape.slice(at));
      const source = part.data.subarray(outer * block, (outer + 1) * block);
      runAtOnce(copied(source, target.subarray(to, to + block), same ? 1 : part.scale));
      to += block;
    }
  }
  return same ? { ...parts[0], data: target, shape } : { data: target, shape };
}

/**
 * Returns the position of the largest value along an axis, the first of equals: numpy's `argmax`. NaN counts
 * as larger than any number.
 *
 * @param x the array: labels are `argMax(model.predict(x))`
 * @param axis an integer, negative ones counted from the end; default -1, the last
 * @returns one position for each place along the other axes, row-major; a number, not an array, for rank 1
 * @throws ShapeError for rank 0, or if the axis has no values; ValueError for an axis that is not there
 */
export function argMax(x: TypedArray | readonly number[], axis?: number): number;
export function argMax<R extends Int32Array | number = Int32Array>(x: ArrayInput, axis?: number): R;
export function argMax(x: ArrayInput, axis = -1): Int32Array | number {
  const { data, shape, scale = 1 } = readRanked(x, 'argMax', 1);
  const at = readAxis('argMax', axis, shape.length);
  const size = shape[at];
  if (size === 0) {
    throw new ShapeError(`argMax: axis ${at} must have values, but x has the shape ${formatShape(shape)}.`);
  }
  const inner = product(shape.slice(at + 1));
  const positions = allocate(Int32Array, [...shape.slice(0, at), inner], 'argMax');
  for (let p = 0; p < positions.length; p++) {
    const start = Math.floor(p / inner) * size * inner + (p % inner);
    let best = data[start] * scale;
    for (let k = 1; k < size && best === best; k++) {
      const value = data[start + k * inner] * scale;
      if (value <= best) continue;
      best = value;
      positions[p] = k;
    }
  }
  return shape.length === 1 ? positions[0] : positions;
}
