import { NotFittedError, ValueError } from '../errors.js';

/** Lets an estimator do one training at a time, and guards the promise of it. */
export class FitGuard {
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

/**
 * Start work and return its promise. To read the estimator's members from the promise, as in `model.fit(x, y).predict(x)`,
 * throws a NotFittedError that says what is missing, where JavaScript would only say that predict is not a function.
 */
function promised<T extends object>(
  estimator: T,
  owner: string,
  call: string,
  work: () => Promise<T>,
): Promise<T> {
  const promise = work();
  return Object.defineProperties(promise, traps(estimator, owner, call));
}

const known = new Map<string, PropertyDescriptorMap>();

function traps(estimator: object, owner: string, call: string): PropertyDescriptorMap {
  const key = `${owner}.${call}`;
  let descriptors = known.get(key);
  if (descriptors) return descriptors;
  descriptors = {};
  for (const name of membersOf(estimator)) {
    if (name in Promise.prototype) continue;
    descriptors[name] = {
      get() {
        throw new NotFittedError(
          `${owner}: ${name} needs a trained model, but was asked of the promise that ${call} returns; put await before the call of ${call}.`,
        );
      },
      configurable: true,
    };
  }
  known.set(key, descriptors);
  return descriptors;
}

function membersOf(estimator: object): string[] {
  const names: string[] = [];
  let level: object = Object.getPrototypeOf(estimator);
  while (level !== Object.prototype) {
    names.push(...Object.getOwnPropertyNames(level));
    level = Object.getPrototypeOf(level);
  }
  return names;
}
