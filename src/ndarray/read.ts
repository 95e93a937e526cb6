import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { checkCsr, densify, isCsr } from './csr.js';
import { nestedInPieces } from './nested.js';
import { contiguous, isStrided } from './strided.js';
import type { NdArray, NestedArray, TypedArray, TypedArrayConstructor } from './types.js';
import { checkBuffer, elementCount, formatShape, isTypedArray, plainTyped } from './types.js';

/**
 * Any accepted form as an NdArray; `name` is what errors call it, `Plain` the type that plain numbers get.
 */
export function* arrayInPieces(
  input: unknown,
  name: string,
  Plain: TypedArrayConstructor = Float64Array,
): Pieces<NdArray<TypedArray>> {
  checkBuffer(input, name);
  if (isTypedArray(input)) return { data: plainTyped(input), shape: [input.length] };
  if (Array.isArray(input)) return yield* nestedInPieces(input as NestedArray, name, Plain);
  if (isCsr(input)) {
    yield* checkCsr(input, name);
    const length = elementCount(input.shape, name);
    const target = Plain === Float32Array ? new Float32Array(length) : new Float64Array(length);
    return { data: yield* densify(input, target), shape: Array.from(input.shape) };
  }
  if (isStrided(input)) return yield* contiguous(input, name);
  if (typeof input === 'object' && input !== null && 'data' in input && 'shape' in input) {
    return checkNdArray(input as NdArray<TypedArray>, name);
  }
  throw new ValueError(
    `${name} must be an array of numbers (nested arrays, typed arrays, an NdArray or CSR rows), but received ${describe(input)}.`,
  );
}

/** `arrayInPieces`, at once. */
export function readArray(input: unknown, name: string, Plain?: TypedArrayConstructor): NdArray<TypedArray> {
  return runAtOnce(arrayInPieces(input, name, Plain));
}

/** An NdArray whose data, shape and scale fit together, as a fresh object around the same data. */
export function checkNdArray(array: NdArray<TypedArray>, name: string): NdArray<TypedArray> {
  const { shape, scale } = array;
  checkBuffer(array.data, name);
  if (!isTypedArray(array.data)) {
    throw new ValueError(
      `${name} must have a typed array as its data, but received ${describe(array.data)}.`,
    );
  }
  if (!Array.isArray(shape) && !isTypedArray(shape)) {
    throw new ShapeError(`${name} must have an array as its shape, but received ${describe(shape)}.`);
  }
  const length = elementCount(shape, name);
  if (length !== array.data.length) {
    throw new ShapeError(
      `${name} must have ${length} data for its shape ${formatShape(shape)}, but received ${array.data.length}.`,
    );
  }
  if (scale !== undefined && !Number.isFinite(scale)) {
    throw new ValueError(`${name} must have a finite number as its scale, but received ${describe(scale)}.`);
  }
  const data = plainTyped(array.data);
  const copy = Array.isArray(shape) ? shape.slice() : Array.from(shape);
  return scale === undefined ? { data, shape: copy } : { data, shape: copy, scale };
}
