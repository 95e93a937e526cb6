import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { TypedArray } from './types.js';
import { isTypedArray } from './types.js';

/** True without NaN and infinities in [begin, end): 0 * x is 0 for every finite x, and NaN for the others. */
export function allFinite(data: Float32Array | Float64Array, begin = 0, end = data.length): boolean {
  const whole = end - ((end - begin) % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = begin; i < whole; i += 4) {
    a += 0 * data[i];
    b += 0 * data[i + 1];
    c += 0 * data[i + 2];
    d += 0 * data[i + 3];
  }
  for (let i = whole; i < end; i++) a += 0 * data[i];
  return a + b + c + d === 0;
}

/** Position of the first value that is not finite; −1 without one. */
export function* firstNonFinite(data: TypedArray): Pieces<number> {
  if (!(data instanceof Float64Array) && !(data instanceof Float32Array)) return -1;
  let found = -1;
  yield* ranges(data.length, 1, (begin, end) => {
    if (found >= 0 || allFinite(data, begin, end)) return;
    found = begin;
    while (data[found] - data[found] === 0) found++;
  });
  return found;
}

/** `source.slice()` in pieces: memory that is written for the first time takes its time. */
export function sliceInPieces(source: Float32Array): Pieces<Float32Array<ArrayBuffer>> {
  return copied(source, new Float32Array(source.length));
}

/** All values in an array of another type, each times `scale`: target[i] = source[i] * scale. */
export function* copied<T extends TypedArray>(source: ArrayLike<number>, target: T, scale = 1): Pieces<T> {
  const plain = scale === 1 && isTypedArray(source);
  yield* ranges(target.length, 1, (begin, end) => {
    if (plain) target.set(source.subarray(begin, end), begin);
    else for (let i = begin; i < end; i++) target[i] = source[i] * scale;
  });
  return target;
}

/** `f` of every value into another array: target[i] = f(source[i]). */
export function* mapped<T extends TypedArray>(
  source: ArrayLike<number>,
  target: T,
  f: (value: number) => number,
): Pieces<T> {
  yield* ranges(target.length, 1, (begin, end) => {
    for (let i = begin; i < end; i++) target[i] = f(source[i]);
  });
  return target;
}

/** Position of the first value for which `test` is true; −1 without one. */
export function* firstWhere(values: ArrayLike<number>, test: (value: number) => boolean): Pieces<number> {
  let found = -1;
  yield* ranges(values.length, 1, (begin, end) => {
    for (let i = begin; i < end && found < 0; i++) if (test(values[i])) found = i;
  });
  return found;
}
