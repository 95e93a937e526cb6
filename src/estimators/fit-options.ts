import type { Rule } from '../check.js';
import { func, rule } from '../check.js';

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
