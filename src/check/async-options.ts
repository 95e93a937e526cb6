import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Checked, Schema } from '../check.js';
import { checkOptions } from '../check.js';
import { abortSignal, anyOf, oneOf, positiveInteger } from './rules.js';

/** The option `threads` of what predicts. */
export interface ThreadsOption {
  /**
   * Accepted as by `fit`, a number or 'auto'. Predictions compute on the calling thread, whatever the number; the results
   * are the same.
   */
  readonly threads?: number | 'auto';
}

/** The rule of the option `threads`. */
export const threadsRule = /* @__PURE__ */ anyOf(/* @__PURE__ */ oneOf<'auto'>(['auto']), positiveInteger);

/** Options that every method whose name ends in `Async` takes beside those of the method without `Async`. */
export interface AsyncOptions {
  /** Aborts: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Accepted as by `fit`, a number or 'auto'. Predictions and transformers compute on the calling thread, whatever the
   * number, and let other work of the program run between their slices; the results are the same.
   */
  readonly threads?: number | 'auto';
}

/** The rules of these options. */
const asyncSchema = {
  signal: abortSignal,
  threads: threadsRule,
};

/**
 * A method whose name ends in `Async`: check its options, then do its work in slices of about 25 ms, between which timers,
 * input and other work of the program run.
 *
 * @param owner whose options they are, for errors: 'MLPClassifier.predictAsync'
 * @param schema the options of the method without `Async`
 * @throws the signal's reason
 */
export async function runAsync<S extends Schema, T>(
  owner: string,
  options: unknown,
  schema: S,
  work: (options: Checked<S>) => Pieces<T>,
): Promise<T> {
  const { signal, threads: _threads, ...own } = checkOptions(owner, options, { ...schema, ...asyncSchema });
  return runInSlices(work(own as Checked<S>), new Yielder(signal as AbortSignal | undefined));
}
