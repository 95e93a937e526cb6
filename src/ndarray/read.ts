/**
 * Any accepted form of an array as an NdArray, without a copy where that is possible. Not for rows of
 * features as networks take them (rows.ts).
 */
import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { NdArray, NestedArray, StridedArray, TypedArray, TypedArrayConstructor } from './types.js';
import {
  allocate,
  checkBuffer,
  constructorOf,
  elementCount,
  formatShape,
  isCsr,
  isList,
  isTypedArray,
  MAX_BYTES,
  MAX_RANK,
  plainTyped,
  readShape,
} from './types.js';
import { checkCsr, densify } from './csr.js';
import { nestedInPieces } from './nested.js';

/** True for an object like those of the `ndarray` package. */
function isStrided(value: unknown): value is StridedArray {
  return (
    typeof value === 'object' && value !== null && 'data' in value && 'stride' in value && 'shape' in value
  );
}

/**
 * An array of the `ndarray` package as one row-major array of its own type: a view where it is contiguous
 * already, else a copy. Every element must lie inside `data`.
 */
function* contiguous(source: StridedArray, name: string): Pieces<{ data: TypedArray; shape: number[] }> {
  const { data: given, offset = 0 } = source;
  checkBuffer(given, name);
  if (!isTypedArray(given) && !Array.isArray(given)) {
    throw new ValueError(
      `${name} must have a typed array or an array as data, but received ${describe(given)}.`,
    );
  }
  const data = isTypedArray(given) ? plainTyped(given) : given;
  const shape = readShape(source.shape, name);
  const length = elementCount(shape, name);
  const stride = readStrides(source.stride, offset, shape, name);
  checkExtent(data.length, { shape, stride, offset }, length, name);
  if (isTypedArray(data) && isRowMajor(shape, stride)) {
    return { data: data.subarray(offset, offset + length), shape };
  }
  const Type = isTypedArray(data) ? constructorOf(data) : Float64Array;
  const result = allocate(Type, shape, name, length > data.length ? MAX_BYTES : Infinity);
  const index = shape.map(() => 0);
  let position = offset;
  yield* ranges(length, 4, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const value: unknown = data[position];
      if (typeof value !== 'number') {
        throw new ValueError(
          `${name} must hold numbers, but received ${describe(value)} at data[${position}].`,
        );
      }
      result[i] = value;
      position = advance(index, shape, stride, position);
    }
  });
  return { data: result, shape };
}

/** Count `index` up by one, last dimension first; returns the new position in the data. */
function advance(
  index: number[],
  shape: readonly number[],
  stride: readonly number[],
  position: number,
): number {
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d]++;
    position += stride[d];
    if (index[d] < shape[d]) return position;
    position -= stride[d] * shape[d];
    index[d] = 0;
  }
  return position;
}

function isRowMajor(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && stride[d] !== expected) return false;
    expected *= shape[d];
  }
  return true;
}

type Layout = Pick<StridedArray, 'shape' | 'stride' | 'offset'>;

function readStrides(stride: unknown, offset: unknown, shape: readonly number[], name: string): number[] {
  if (!isList(stride)) {
    throw new ShapeError(`${name} must have an array as its stride, but received ${describe(stride)}.`);
  }
  checkBuffer(stride, name);
  const strides = Array.from((stride as readonly number[]).slice(0, MAX_RANK + 1));
  if (strides.length === shape.length && [...strides, offset].every(Number.isSafeInteger)) return strides;
  throw new ShapeError(
    `${name} must have one whole-numbered stride per dimension of ${formatShape(shape)}, but received the strides ${formatShape(strides)} and offset ${describe(offset)}.`,
  );
}

function checkExtent(
  available: number,
  { shape, stride, offset }: Layout,
  length: number,
  name: string,
): void {
  let low = offset;
  let high = offset;
  shape.forEach((size, d) => {
    const reach = (size - 1) * stride[d];
    if (reach < 0) low += reach;
    else high += reach;
  });
  if (length > 0 && (low < 0 || high >= available)) {
    throw new ShapeError(
      `${name} must lie inside its ${available} data, but its shape, strides and offset reach from ${low} to ${high}.`,
    );
  }
}

/**
 * Any accepted form as an NdArray; `name` is what errors call it, `Plain` the type that plain numbers get.
 */
export function* arrayInPieces(
  input: unknown,
  name: string,
  Plain: TypedArrayConstructor = Float64Array,
): Pieces<NdArray<TypedArray>> {
  const ready = readyArray(input, name);
  if (ready) return ready;
  if (Array.isArray(input)) return yield* nestedInPieces(input as NestedArray, name, Plain);
  if (isCsr(input)) {
    const csr = yield* checkCsr(input, name);
    const Dense = Plain === Float32Array ? Float32Array : Float64Array;
    return { data: yield* densify<Float32Array | Float64Array>(csr, Dense, name), shape: [...csr.shape] };
  }
  if (isStrided(input)) return yield* contiguous(input, name);
  throw new ValueError(
    `${name} must be an array of numbers (nested arrays, typed arrays, an NdArray or CSR rows), but received ${describe(input)}${hintFor(input)}.`,
  );
}

/** Typed arrays and NdArrays, which need no reading, as an NdArray; undefined for other forms. */
export function readyArray(input: unknown, name: string): NdArray<TypedArray> | undefined {
  checkBuffer(input, name);
  if (isTypedArray(input)) return { data: plainTyped(input), shape: [input.length] };
  if (typeof input !== 'object' || input === null || !('data' in input && 'shape' in input)) return undefined;
  return isCsr(input) || isStrided(input) ? undefined : checkNdArray(input as NdArray<TypedArray>, name);
}

/** Advice, for an error, how to convert an array of another library. */
function hintFor(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  if ('dataSync' in input && 'shape' in input) {
    return '; for a tensor of TensorFlow.js give ndarray(t.dataSync(), t.shape)';
  }
  return 'values' in input && 'columns' in input ? '; for a data frame give ndarray(df.values)' : '';
}

/** `arrayInPieces`, at once. */
export function readArray(input: unknown, name: string, Plain?: TypedArrayConstructor): NdArray<TypedArray> {
  return readyArray(input, name) ?? runAtOnce(arrayInPieces(input, name, Plain));
}

/** An NdArray whose data, shape and scale fit together, as a fresh object around the same data. */
export function checkNdArray(array: NdArray<TypedArray>, name: string): NdArray<TypedArray> {
  if (typeof array !== 'object' || array === null) {
    throw new ValueError(`${name} must be an NdArray, { data, shape }, but received ${describe(array)}.`);
  }
  const { data: given, shape, scale } = array;
  checkBuffer(given, name);
  if (!isTypedArray(given)) {
    throw new ValueError(
      `${name} must have a typed array as its data, but received ${describe(given)}${hintFor(array)}.`,
    );
  }
  const sizes = readShape(shape, name);
  const data = plainTyped(given);
  const length = elementCount(sizes, name);
  if (length !== data.length) {
    throw new ShapeError(
      `${name} must have ${length} data for its shape ${formatShape(sizes)}, but received ${data.length}.`,
    );
  }
  if (scale !== undefined && !Number.isFinite(scale)) {
    throw new ValueError(`${name} must have a finite number as its scale, but received ${describe(scale)}.`);
  }
  return scale === undefined ? { data, shape: sizes } : { data, shape: sizes, scale };
}
