import { NotFittedError } from '../errors.js';

/**
 * Start work and return its promise. To read the estimator's members from the promise, as in `model.fit(x, y).predict(x)`,
 * throws a NotFittedError that says what is missing, where JavaScript would only say that predict is not a function.
 */
export function promised<T extends object>(
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
