import { NotFittedError, ValueError } from '../errors.js';

/** 'callback': training, and callbacks of the caller run between two steps. */
export type FitPhase = 'idle' | 'fitting' | 'callback';

/** Lets a model do one training at a time. */
export class FitGuard {
  phase: FitPhase = 'idle';

  /** True while a training is under way. */
  get busy(): boolean {
    return this.phase !== 'idle';
  }

  /** Does the work of a training. Throws nothing itself: call `checkIdle` first. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.phase = 'fitting';
    try {
      return await work();
    } finally {
      this.phase = 'idle';
    }
  }

  /** @throws ValueError while a training is under way, as in 'MLPClassifier: fit was called while …' */
  checkIdle(owner: string, event: string, advice: string): void {
    if (this.busy) throw busyError(owner, event, advice);
  }

  /**
   * Starts a training of an estimator; resolves to the estimator. The promise of a second training rejects.
   *
   * To read the estimator's members from the promise, as in `model.fit(x, y).predict(x)`, throws a
   * NotFittedError that says what is missing, where JavaScript would only say that predict is not a function.
   */
  run<T extends object>(estimator: T, owner: string, call: string, work: () => Promise<void>): Promise<T> {
    const promise = this.busy
      ? Promise.reject<T>(busyError(owner, `${call} was called`, 'await the first call'))
      : this.exclusively(work).then(() => estimator);
    return Object.defineProperties(promise, traps(estimator, owner, call));
  }
}

function busyError(owner: string, event: string, advice: string): ValueError {
  return new ValueError(`${owner}: ${event} while the model is being trained; ${advice}.`);
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
