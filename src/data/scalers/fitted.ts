import type { Rule } from '../../check.js';
import { listOf, number, refused } from '../../check.js';
import { FormatError, ValueError } from '../../errors.js';

/** float64's epsilon, 2^-52. */
export const EPSILON = 2.220446049250313e-16;

const numbers = listOf(number(), 1);

/** Finite numbers, one per column, as a Float64Array. */
export const perColumn: Rule<Float64Array> = {
  expected: numbers.expected,
  accept: (value) => {
    const list = numbers.accept(value);
    return list === refused ? refused : Float64Array.from(list);
  },
};

/** FormatError unless all lists that are given have the same length. */
export function checkColumns(kind: string, lists: Readonly<Record<string, Float64Array | null>>): void {
  const given = Object.entries(lists).filter(([, list]) => list !== null) as [string, Float64Array][];
  for (const [name, { length }] of given) {
    const [first, { length: columns }] = given[0];
    if (length === columns) continue;
    throw new FormatError(
      `${kind}.fromJSON: ${name} must have as many values as ${first}, ${columns}, but received ${length}.`,
    );
  }
}

/** A copy of a learned list. */
export function copied<T extends Float64Array | null>(list: T): T {
  return (list && list.slice()) as T;
}

/** ValueError if what was computed of a column is not finite: its values are too far apart for float64. */
export function checkFinite(owner: string, column: number, value: number): void {
  if (Number.isFinite(value)) return;
  throw new ValueError(
    `${owner}: X must have columns whose spread is within float64's range, but column ${column} has values too large for it.`,
  );
}
