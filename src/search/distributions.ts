import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { exp, log } from '../math.js';
import { type RandomState } from '../random.js';

/** Draws a value. */
export type Distribution = (random: RandomState) => unknown;

/** Distributions for randomizedSearch. */
export const distributions = {
  /** A number in [low, high). */
  uniform(low: number, high: number): Distribution {
    checkBounds('uniform', low, high, () => low < high);
    return (random) => random.uniform(low, high);
  },
  /** A number in [low, high), low > 0, whose logarithm is uniform: for learning rates and penalties. */
  logUniform(low: number, high: number): Distribution {
    checkBounds('logUniform', low, high, () => low > 0 && low < high);
    return (random) => Math.min(high, Math.max(low, exp(random.uniform(log(low), log(high)))));
  },
  /** A whole number from low to high, both included. */
  integers(low: number, high: number): Distribution {
    const whole = Number.isSafeInteger(low) && Number.isSafeInteger(high);
    checkBounds('integers', low, high, () => whole && low <= high && high - low < 0xffffffff);
    return (random) => random.randint(low, high + 1);
  },
};

function checkBounds(name: string, low: number, high: number, sound: () => boolean): void {
  if (Number.isFinite(low) && Number.isFinite(high) && sound()) return;
  const expected = {
    uniform: 'numbers with low < high',
    logUniform: 'numbers with 0 < low < high',
    integers: 'whole numbers with low <= high',
  }[name];
  throw new ValueError(
    `distributions.${name}: low and high must be ${expected}, but received ${describe(low)} and ${describe(high)}.`,
  );
}
