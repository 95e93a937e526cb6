import { ShapeError, ValueError } from '../errors.js';

/** The typed arrays that hold numbers. BigInt arrays do not. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

export type TypedArrayConstructor = new (length: number) => TypedArray;

/** Row-major n-dimensional array. value(i) = data[i] * (scale ?? 1), so 8-bit images stay 8-bit in memory. */
export interface NdArray<T extends TypedArray = Float32Array> {
  readonly data: T;
  readonly shape: readonly number[];
  readonly scale?: number;
}

/** Nested arrays of numbers of any depth; the innermost may be typed arrays. */
export type NestedArray = readonly (number | TypedArray | NestedArray)[];

/** Compressed sparse rows: row r holds data[indptr[r] .. indptr[r + 1]) in the columns indices[...]. */
export interface CsrRows {
  readonly data: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly indptr: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** An array of the `ndarray` package: element (i, j, ...) is data[offset + i * stride[0] + j * stride[1] + ...]. */
export interface StridedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

/**
 * Anything accepted where data goes in: an NdArray, nested number arrays, a typed array or an array of typed arrays
 * (Node Buffers count as Uint8Array), CSR rows, or an array of the `ndarray` package.
 */
export type ArrayInput = NdArray<TypedArray> | NestedArray | TypedArray | CsrRows | StridedArray;

/** True for arrays of numbers in a buffer: not for DataView, not for BigInt arrays. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !isBigIntArray(value);
}

function isBigIntArray(value: unknown): value is BigInt64Array | BigUint64Array {
  return value instanceof BigInt64Array || value instanceof BigUint64Array;
}

/** Refuse BigInt arrays, DataViews and arrays whose buffer has been transferred away. */
export function checkBuffer(value: unknown, name: string): void {
  if (isBigIntArray(value)) {
    throw new ValueError(
      `${name} must hold numbers, but received a ${value.constructor.name}; convert it with Float64Array.from(values, Number).`,
    );
  }
  if (value instanceof DataView) {
    throw new ValueError(`${name} must be an array of numbers, but received a DataView.`);
  }
  if (ArrayBuffer.isView(value) && value.byteLength === 0 && isDetached(value.buffer)) {
    throw new ValueError(
      `${name} must have a usable buffer, but received one that is detached (transferred to another thread?).`,
    );
  }
}

function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer); // a TypeError if detached; `detached` itself is newer than Node 20
    return false;
  } catch {
    return true;
  }
}

/** A Node Buffer as the plain Uint8Array it is; other typed arrays as they are. No copy. */
export function plainTyped<T extends TypedArray>(data: T): T {
  if (!(data instanceof Uint8Array) || data.constructor === Uint8Array) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.length) as unknown as T;
}

/** The constructor of a typed array, Uint8Array for a Buffer. */
export function constructorOf(data: TypedArray): TypedArrayConstructor {
  return plainTyped(data).constructor as TypedArrayConstructor;
}

/** '(60000, 28, 28)'. */
export function formatShape(shape: readonly number[]): string {
  return `(${shape.join(', ')})`;
}

/** The number of elements of a shape. ShapeError for a dimension that is not a whole number >= 0, or for too many elements. */
export function elementCount(shape: readonly number[], name: string): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(
        `${name} must have a shape of whole numbers >= 0, but received ${formatShape(shape)}.`,
      );
    }
    count *= size;
  }
  if (count > Number.MAX_SAFE_INTEGER) {
    throw new ShapeError(
      `${name} must have at most 2^53 elements, but received the shape ${formatShape(shape)}.`,
    );
  }
  return count;
}

/** Where a value stands, in words: 'row 2, column 1', 'index 5', 'index [1, 2, 3]'. */
export function formatPlace(indices: readonly number[]): string {
  if (indices.length === 1) return `index ${indices[0]}`;
  if (indices.length === 2) return `row ${indices[0]}, column ${indices[1]}`;
  return `index [${indices.join(', ')}]`;
}
