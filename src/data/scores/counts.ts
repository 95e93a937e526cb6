import type { LabelPair } from './labels.js';

/** By class: weight of the rows that are of it and predicted so, predicted as it, of it. */
export interface ClassCounts {
  readonly right: Float64Array;
  readonly predicted: Float64Array;
  readonly support: Float64Array;
}

/** Count the rows of some classes, given by index; −1 is a class that does not occur. */
export function countClasses(
  { classes, truth, predicted, weights }: LabelPair,
  chosen: readonly number[],
): ClassCounts {
  const right = new Float64Array(classes.length);
  const asPredicted = new Float64Array(classes.length);
  const support = new Float64Array(classes.length);
  for (let row = 0; row < truth.length; row++) {
    const weight = weights[row];
    support[truth[row]] += weight;
    asPredicted[predicted[row]] += weight;
    if (truth[row] === predicted[row]) right[truth[row]] += weight;
  }
  const pick = (all: Float64Array) => Float64Array.from(chosen, (index) => (index < 0 ? 0 : all[index]));
  return { right: pick(right), predicted: pick(asPredicted), support: pick(support) };
}

/** All classes counted as one. */
export function pooled({ right, predicted, support }: ClassCounts): ClassCounts {
  return { right: sumOf(right), predicted: sumOf(predicted), support: sumOf(support) };
}

function sumOf(values: Float64Array): Float64Array {
  return Float64Array.of(total(values));
}

/** Sum in order. */
export function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** Mean, by weights if given; NaN if these are all 0. */
export function mean(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  if (!weights) return total(values) / values.length;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * weights[i];
  return sum / total(weights);
}
