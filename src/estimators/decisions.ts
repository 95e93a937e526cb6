import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { Model } from './model.js';

/** Whether a classifier gives every row any number of labels. */
export function isMultilabel({ outActivation, outputs }: Pick<Model, 'outActivation' | 'outputs'>): boolean {
  return outActivation === 'sigmoid' && outputs > 1;
}

/**
 * Positions of the classes of all rows from the outputs of a network: the first of the largest probabilities, or
 * p > 0.5 for a single unit.
 */
export function* decide(outputs: Float32Array, rows: number): Pieces<Int32Array> {
  const width = outputs.length / rows;
  const codes = new Int32Array(rows);
  yield* ranges(rows, width, (begin, end) => {
    for (let row = begin; row < end; row++) codes[row] = decideRow(outputs, row * width, width);
  });
  return codes;
}

/** The same of one row, whose `width` outputs begin at `start`. */
export function decideRow(outputs: Float32Array, start: number, width: number): number {
  if (width === 1) return outputs[start] > 0.5 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < width; j++) if (outputs[start + j] > outputs[start + best]) best = j;
  return best;
}

/** The labels of every row from the outputs of a network: those whose probability is above ½. */
export function decideEach(outputs: Float32Array): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(outputs.length);
  for (let i = 0; i < outputs.length; i++) labels[i] = outputs[i] > 0.5 ? 1 : 0;
  return labels;
}
