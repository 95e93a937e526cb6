import { UnsupportedError } from '../errors.js';

/** A thread has ended or does not answer: what it was to compute is missing. */
export class LostWorkerError extends UnsupportedError {
  constructor(where = '', consequence = '') {
    super(
      `A worker thread was lost${where}: expected all threads to finish the step, but one ended or did not answer;${consequence} fit again, or with threads: 1.`,
    );
  }
}
