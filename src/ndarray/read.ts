import { describe } from '../check/describe.js';
import { ShapeError, ValueError } from '../errors.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { checkCsr, densify, isCsr } from './csr.js';
import { nestedInPieces } from './nested.js';
import { contiguous, isStrided } from './strided.js';
import type { NdArray, NestedArray, TypedArray, TypedArrayConstructor } from './types.js';
import { checkBuffer, elementCount, formatShape, isTypedArray, plainTyped, readShape } from './types.js';

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

/** How to make an array of what other libraries keep numbers in. */
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
