import { ValueError } from '../errors.js';
import { promised } from './promised.js';

/** Lets one training run at a time. */
export class Exclusive {
  #busy = false;

  /** Whether a training is under way. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Start a training of an estimator, and resolve to it; the promise of a second one rejects. */
  run<T extends object>(estimator: T, owner: string, call: string, work: () => Promise<void>): Promise<T> {
    return promised(estimator, owner, call, async () => {
      if (this.#busy) {
        throw new ValueError(
          `${owner}: ${call} was called while the model is being trained; await the first call.`,
        );
      }
      this.#busy = true;
      try {
        await work();
      } finally {
        this.#busy = false;
      }
      return estimator;
    });
  }
}
