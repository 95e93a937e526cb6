import type { Checked, Rule, Schema } from '../check.js';
import { checkOptions, rule } from '../check.js';
import { FormatError } from '../errors.js';
import { asFormatError } from './format-errors.js';

/**
 * The members of an object in a model file: all of a closed schema, none else.
 *
 * @param owner what the object tells of, for errors: 'MLPClassifier: progress'
 * @throws FormatError for missing, unknown and unfit members
 */
export function readMembers<S extends Schema>(
  owner: string,
  given: unknown,
  schema: S,
): Required<Checked<S>> {
  return asFormatError(() => {
    const checked = checkOptions(owner, given ?? null, schema);
    const missing = Object.keys(schema).find((name) => !Object.hasOwn(checked, name));
    if (missing === undefined) return checked as Required<Checked<S>>;
    throw new FormatError(`${owner}: a model file must have '${missing}', but received none.`);
  });
}

/** Any number, infinities and NaN included. */
export const anyNumber: Rule<number> = /* @__PURE__ */ rule(
  'a number',
  (value): value is number => typeof value === 'number',
);
