import { checkValue, describe, positiveInteger } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { readArray } from '../../ndarray.js';

/**
 * Whole numbers as one-hot rows of float32: Keras's to_categorical.
 *
 * @param y whole numbers from 0, of any shape; a last dimension of 1 is dropped
 * @param classes how many there are; default: the largest of y + 1
 * @returns (…, classes), 1 in the column of the number, else 0
 * @throws ValueError for anything but whole numbers from 0 to classes − 1
 */
export function toCategorical(y: ArrayInput, classes?: number): NdArray {
  const { data, shape, scale = 1 } = readArray(y, 'y');
  const labels = Float64Array.from(data, (value) => value * scale);
  const given =
    classes === undefined ? undefined : checkValue('toCategorical', 'classes', classes, positiveInteger);
  const count = given ?? labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const bad = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < count));
  if (bad >= 0) {
    const most = given === undefined ? '' : ` to ${count - 1}`;
    throw new ValueError(
      `toCategorical: y must hold whole numbers from 0${most}, but received ${describe(labels[bad])} at index ${bad}.`,
    );
  }
  const result = new Float32Array(labels.length * count);
  labels.forEach((label, i) => {
    result[i * count + label] = 1;
  });
  const outer = shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
  return { data: result, shape: [...outer, count] };
}
