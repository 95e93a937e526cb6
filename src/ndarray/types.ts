/**
 * The types of arrays and rows, with the checks of buffers and shapes that all readers share. Not for
 * reading whole inputs (read.ts, rows.ts).
 */
import { describe } from '../check/describe.js';
import { isUnusable, typedArrayKind } from '../check/views.js';
import { ShapeError, UnsupportedError, ValueError } from '../errors.js';

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

/** True for an object with the four members of CSR rows; `checkCsr` says whether they fit together. */
export function isCsr(value: unknown): value is CsrRows {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    'indices' in value &&
    'indptr' in value &&
    'shape' in value
  );
}

/**
 * An array of the `ndarray` package: element (i, j, ...) is data[offset + i * stride[0] + j * stride[1] +
 * ...].
 */
export interface StridedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

/**
 * Anything accepted where data goes in: an NdArray, nested number arrays, a typed array or an array of typed
 * arrays (Node Buffers count as Uint8Array), CSR rows, or an array of the `ndarray` package.
 */
export type ArrayInput = NdArray<TypedArray> | NestedArray | TypedArray | CsrRows | StridedArray;

/** Positions of the stored values of sparse rows. */
export interface Places {
  /** Row r has the values data[starts[r]] to data[starts[r + 1] − 1]. */
  readonly starts: Int32Array;
  /** The column of every value, ascending within a row. */
  readonly columns: Int32Array;
}

/** Rows as the engine takes them. */
export interface Rows {
  /**
   * (rows, features), row-major, or the values of `sparse`. May be the caller's own array: never write to it.
   */
  readonly data: Float32Array | Uint8Array;
  readonly rows: number;
  /** Values per row: the product of all dimensions but the first. */
  readonly features: number;
  /** Factor of 8-bit data; 1 for Float32Array, to which it has been applied. */
  readonly scale: number;
  /** The shape of the input; (rows, features) if flattened. */
  readonly shape: readonly number[];
  /** Positions of the stored values if all others are 0; undefined where `data` has all values. */
  readonly sparse?: Places;
  /**
   * The rows themselves where `data` is empty: plain arrays of numbers, at first sight, to be read where they
   * are used.
   */
  readonly nested?: readonly unknown[];
  /** The caller's input, where `data` have not been checked to be finite yet. */
  readonly unchecked?: Given;
}

export interface Given {
  readonly input: unknown;
  /** Name of the input in errors. */
  readonly name: string;
}

/** True for arrays of numbers in a buffer, of any realm: not for DataView, not for BigInt arrays. */
export function isTypedArray(value: unknown): value is TypedArray {
  if (value instanceof Float32Array) return true;
  const kind = typedArrayKind(value);
  return kind !== undefined && !kind.startsWith('Big');
}

/** True for arrays and for typed arrays of numbers. */
export function isList(value: unknown): value is readonly unknown[] | TypedArray {
  return Array.isArray(value) || isTypedArray(value);
}

/**
 * A list that may hold anything: an array, or a typed array of numbers, of this realm; undefined for what is
 * neither.
 *
 * @throws ValueError for a typed array whose buffer has been transferred away or has shrunk
 */
export function readList(value: unknown, name: string): readonly unknown[] | TypedArray | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!isTypedArray(value)) return undefined;
  checkBuffer(value, name);
  return plainTyped(value);
}

/** Refuse BigInt arrays, DataViews and arrays whose buffer has been transferred away or has shrunk. */
export function checkBuffer(value: unknown, name: string): void {
  // Not by `length`: V8 may give that of a detached array as it was.
  if (!ArrayBuffer.isView(value) || (value instanceof Float32Array && value.byteLength > 0)) return;
  const kind = typedArrayKind(value);
  if (kind === undefined) {
    throw new ValueError(`${name} must be an array of numbers, but received a DataView.`);
  }
  if (kind.startsWith('Big')) {
    throw new ValueError(
      `${name} must hold numbers, but received a ${kind}; convert it with Float64Array.from(values, Number).`,
    );
  }
  if (isUnusable(value)) {
    throw new ValueError(
      `${name} must have a usable buffer, but received one that is detached or has shrunk (transferred to another thread?).`,
    );
  }
}

type Wide = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TypedArray;

const CONSTRUCTORS: ReadonlyMap<string, TypedArrayConstructor & Wide> = /* @__PURE__ */ new Map<
  string,
  TypedArrayConstructor & Wide
>([
  ['Int8Array', Int8Array],
  ['Uint8Array', Uint8Array],
  ['Uint8ClampedArray', Uint8ClampedArray],
  ['Int16Array', Int16Array],
  ['Uint16Array', Uint16Array],
  ['Int32Array', Int32Array],
  ['Uint32Array', Uint32Array],
  ['Float32Array', Float32Array],
  ['Float64Array', Float64Array],
]);

/**
 * The constructor of a typed array in this realm: Uint8Array for a Buffer, Float32Array for a Float16Array.
 */
export function constructorOf(data: TypedArray): TypedArrayConstructor {
  return CONSTRUCTORS.get(typedArrayKind(data)!) ?? Float32Array;
}

/**
 * A typed array as one of the nine kinds, of this realm and of no subclass: itself, or another view of the
 * same memory. Only a Float16Array is copied.
 */
export function plainTyped<T extends TypedArray>(data: T): T {
  if (Object.getPrototypeOf(data) === Float32Array.prototype) return data;
  const Plain = CONSTRUCTORS.get(typedArrayKind(data)!);
  if (Plain === undefined) return new Float32Array(data) as unknown as T;
  if (Object.getPrototypeOf(data) === Plain.prototype) return data;
  return new Plain(data.buffer, data.byteOffset, data.length) as unknown as T;
}

/** '(60000, 28, 28)'; of more than 8 dimensions the first are shown. */
export function formatShape(shape: readonly unknown[]): string {
  const shown = Array.from(shape.slice(0, 8), describe);
  return `(${shown.join(', ')}${shape.length > 8 ? `, ... ${shape.length} dimensions` : ''})`;
}

/** The most dimensions of an array; numpy's bound. */
export const MAX_RANK = 64;

/** The most bytes that a dense copy of something smaller may take: what WebAssembly can address. */
export const MAX_BYTES = 4294967296;

/**
 * A shape from a caller, as a plain array; `elementCount` checks its elements.
 *
 * @throws ShapeError for anything but an array, and for too many dimensions
 */
export function readShape(shape: unknown, name: string): number[] {
  if (!isList(shape)) {
    throw new ShapeError(`${name} must have an array as its shape, but received ${describe(shape)}.`);
  }
  if (!Array.isArray(shape)) checkBuffer(shape, name);
  if (shape.length > MAX_RANK) {
    throw new ShapeError(`${name} must have at most ${MAX_RANK} dimensions, but received ${shape.length}.`);
  }
  return Array.from(shape as readonly number[]);
}

/**
 * The number of elements of a shape. ShapeError for a dimension that is not an integer >= 0, or for too many
 * elements.
 */
export function elementCount(shape: readonly number[], name: string): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new ShapeError(
        `${name} must have a shape of whole numbers >= 0, but received ${formatShape(shape)}.`,
      );
    }
    count *= size;
  }
  if (count === 0) checkEmpty(shape, name);
  if (count > Number.MAX_SAFE_INTEGER) {
    throw new ShapeError(
      `${name} must have at most 2^53 elements, but received the shape ${formatShape(shape)}.`,
    );
  }
  return count;
}

/** The most rows of an array without values, so that a list of its rows fits in memory. */
const MAX_EMPTY = 16777216;

function checkEmpty(shape: readonly number[], name: string): void {
  const rows = shape.reduce((product, size) => (size === 0 ? product : product * size), 1);
  if (rows <= MAX_EMPTY) return;
  throw new ShapeError(
    `${name} must have at most ${MAX_EMPTY} rows if it is empty, but received the shape ${formatShape(shape)}.`,
  );
}

/**
 * A new typed array for a copy of something.
 *
 * @param maxBytes how large it may be: for what takes less room as it was given, CSR rows or rows that share
 *   memory
 * @throws UnsupportedError if it would be larger, or if the runtime does not have so much memory
 */
export function allocate<T extends TypedArray>(
  Type: new (length: number) => T,
  shape: readonly number[],
  name: string,
  maxBytes = Infinity,
): T {
  const length = elementCount(shape, name);
  const bytes = length * (Type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
  let cause: unknown;
  try {
    if (bytes <= maxBytes) return new Type(length);
  } catch (error) {
    cause = error;
  }
  const bound =
    maxBytes === Infinity ? 'this runtime gives less' : `at most ${maxBytes / 1048576} MiB may be used`;
  throw new UnsupportedError(
    `${name} of shape ${formatShape(shape)} needs ${Math.ceil(bytes / 1048576)} MiB, but ${bound}.`,
    { cause },
  );
}

/** Position of a value, in words: 'row 2, column 1', 'index 5', 'index [1, 2, 3]'. */
export function formatPlace(indices: readonly number[]): string {
  if (indices.length === 1) return `index ${indices[0]}`;
  if (indices.length === 2) return `row ${indices[0]}, column ${indices[1]}`;
  return `index [${indices.join(', ')}]`;
}
