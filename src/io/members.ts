import type { Checked, Rule, Schema } from '../check.js';
import { checkOptions, rule } from '../check.js';
import { FormatError, LamellaError } from '../errors.js';
import type { Pieces } from '../yielding.js';

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

/** What `work` returns; what it refuses about the content of a file is an error of the file. */
export function asFormatError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw formatError(error);
  }
}

/** `asFormatError` of work in pieces. */
export function* formatErrorsInPieces<T>(work: Pieces<T>): Pieces<T> {
  try {
    return yield* work;
  } catch (error) {
    throw formatError(error);
  }
}

function formatError(error: unknown): unknown {
  if (error instanceof FormatError || !(error instanceof LamellaError)) return error;
  return new FormatError(`A model file must hold a sound model: ${error.message}`, { cause: error });
}

/** Any number, infinities and NaN included. */
export const anyNumber: Rule<number> = /* @__PURE__ */ rule(
  'a number',
  (value): value is number => typeof value === 'number',
);
