import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Label } from '../labels.js';
import { refuseFractions } from './labels.js';

/** The class that counts as positive if none is named; undefined if that is not clear. */
export function usualPositive(classes: readonly Label[]): Label | undefined {
  if (classes.every((label) => typeof label === 'boolean')) return true;
  const negatives: Label[] = [0, -1];
  const usual = negatives.some((negative) => classes.every((label) => label === 1 || label === negative));
  return usual ? 1 : undefined;
}

/**
 * Which rows are of the positive class: 1 for these, 0 for others.
 *
 * @param posLabel the positive class. Default: 1 or true, where the classes are 0 and 1, −1 and 1 or booleans
 * @param max most classes that there may be
 * @throws ValueError if it is not clear which class is positive
 */
export function positiveRows(
  owner: string,
  { classes, indices }: { readonly classes: readonly Label[]; readonly indices: Int32Array },
  posLabel: Label | undefined,
  max = Infinity,
): Uint8Array {
  refuseFractions(owner, classes, 'yTrue');
  if (classes.length > max) {
    throw new ValueError(
      `${owner}: yTrue must hold at most ${max} classes, but received ${describe(classes)}.`,
    );
  }
  const positive = posLabel ?? usualPositive(classes);
  if (positive === undefined || typeof positive !== typeof classes[0]) {
    throw new ValueError(
      `${owner}: posLabel must name the positive one of the classes ${describe(classes)}, but received ${describe(posLabel)}.`,
    );
  }
  const code = classes.indexOf(positive);
  const rows = new Uint8Array(indices.length);
  for (let row = 0; row < rows.length; row++) rows[row] = indices[row] === code ? 1 : 0;
  return rows;
}
