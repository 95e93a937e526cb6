import { checkValue, describe, positiveInteger } from '../../check.js';
import { MAX_ARENA_BYTES, newFloats } from '../../budget.js';
import { ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { readArray } from '../../ndarray.js';

/** Values of all one-hot rows together: 4 GiB of float32. */
const MAX_VALUES = MAX_ARENA_BYTES / 4;

/**
 * Integers as one-hot rows of float32: Keras's to_categorical.
 *
 * @param y integers from 0, of any shape; a last dimension of 1 is dropped
 * @param classes how many there are; default: the largest of y + 1
 * @returns (…, classes), 1 in the column of the number, else 0
 * @throws ValueError for anything but integers from 0 to classes − 1, and for rows that need more than 4 GiB
 */
export function toCategorical(y: ArrayInput, classes?: number): NdArray {
  const { data, shape, scale = 1 } = readArray(y, 'y');
  const labels = Float64Array.from(data, (value) => value * scale);
  const given =
    classes === undefined ? undefined : checkValue('toCategorical', 'classes', classes, positiveInteger);
  const largest = given === undefined ? MAX_VALUES / Math.max(1, labels.length) - 1 : given - 1;
  const bad = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label <= largest));
  if (bad >= 0) {
    const sound = Number.isInteger(labels[bad]) && labels[bad] >= 0;
    const most = given !== undefined || sound ? ` to ${Math.floor(largest)}` : '';
    const why = given === undefined && sound ? ', so that the one-hot rows fit in memory' : '';
    throw new ValueError(
      `toCategorical: y must hold whole numbers from 0${most}${why}, but received ${describe(labels[bad])} at index ${bad}.`,
    );
  }
  const count = given ?? labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  if (labels.length * count > MAX_VALUES) {
    throw new ValueError(
      `toCategorical: classes must be at most ${Math.floor(MAX_VALUES / labels.length)} for ${labels.length} numbers, so that the one-hot rows fit in memory, but received ${count}.`,
    );
  }
  const result = newFloats(labels.length * count, 'One-hot rows', 'convert fewer numbers at a time');
  labels.forEach((label, i) => {
    result[i * count + label] = 1;
  });
  const outer = shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
  return { data: result, shape: [...outer, count] };
}
