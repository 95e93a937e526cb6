import type { Checked, Rule, Schema } from '../check.js';
import { checkOptions, func, rule } from '../check.js';
import { ValueError } from '../errors.js';
import { constructorOption } from './options.js';

/** What onEpoch is told. */
export interface EpochInfo {
  /** Counted from 1, over all calls that continue this training. */
  readonly epoch: number;
  readonly loss: number;
  /** With early stopping: the score of the rows held out. */
  readonly validationScore?: number;
}

/** Options of a call of fit. */
export interface FitOptions {
  /**
   * Aborts training: the promise rejects with the signal's reason; the weights are those of the last whole step, the
   * attributes tell of the epochs that were finished.
   */
  readonly signal?: AbortSignal;
  /** Called after every epoch and awaited. What it throws ends training, and fit rejects with it. */
  readonly onEpoch?: (info: EpochInfo) => void | Promise<void>;
}

/** By what it can do, so that signals of other realms and polyfills count. */
const abortSignal: Rule<AbortSignal> = rule(
  'an AbortSignal',
  (value): value is AbortSignal =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).addEventListener === 'function',
);

/** The rules of the options of fit. */
export const fitSchema = { signal: abortSignal, onEpoch: func<NonNullable<FitOptions['onEpoch']>>() };

/**
 * The options of a call, by a schema.
 *
 * @throws ValueError for bad values and unknown names; it tells of those that belong to the constructor
 */
export function readFitOptions<S extends Schema>(
  owner: string,
  call: string,
  given: unknown,
  schema: S,
): Checked<S> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    for (const name of Object.keys(given)) {
      const meant = Object.hasOwn(schema, name) ? undefined : constructorOption(name);
      if (meant === undefined) continue;
      const it = meant === name ? 'it' : `'${meant}'`;
      throw new ValueError(
        `${owner}.${call}: '${name}' is not an option; ${it} goes to new ${owner}({ ... }).`,
      );
    }
  }
  return checkOptions(`${owner}.${call}`, given, schema);
}
