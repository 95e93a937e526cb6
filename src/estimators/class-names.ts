import type { Label } from '../data/labels.js';
import { encodeLabels } from '../data/labels.js';
import { FormatError } from '../errors.js';
import { asFormatError } from '../io/format-errors.js';

/**
 * The classes of a model file: distinct, sorted, of one type; maybe none.
 *
 * @throws FormatError for anything else
 */
export function readClassNames(owner: string, given: unknown): readonly Label[] {
  const name = `${owner}: classes`;
  if (!Array.isArray(given)) {
    throw new FormatError(`${name} of a model file must be a list, but received another type.`);
  }
  if (given.length === 0) return [];
  const { classes } = asFormatError(() => encodeLabels(given as Label[], name));
  if (classes.length === given.length && classes.every((label, i) => label === given[i])) return classes;
  throw new FormatError(`${name} of a model file must be sorted and distinct, but received another order.`);
}
