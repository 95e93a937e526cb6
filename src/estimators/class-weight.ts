import type { Rule } from '../check.js';
import { refused } from '../check.js';
import { classWeightEntries, describeBadWeight } from '../data/weights.js';
import type { Label } from '../data/labels.js';

/** 'balanced', or the weight of each class by its label; classes that are not named weigh 1. */
export type ClassWeight = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

/** A copy of a Map or an object of weights, so that later changes of the caller's do not count. */
export const classWeightRule: Rule<ClassWeight> = {
  expected: "'balanced', a Map or an object from labels to weights >= 0",
  received: describeBadWeight,
  accept(value) {
    if (value === 'balanced') return value;
    const given = classWeightEntries(value);
    if (!given) return refused;
    if (given.exact) return new Map(given.entries as [Label, number][]);
    return Object.freeze(Object.fromEntries(given.entries)) as Readonly<Record<string, number>>;
  },
};
