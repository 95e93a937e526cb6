/**
 * Whether tests go through all combinations of sizes, as `npm run acceptance` makes them; else through a
 * third.
 */
export const EVERY = process.env.LAMELLA_TESTS === 'every combination';

/**
 * Pairs of members of two lists: all of them, or so many that each member meets every third of the other
 * list.
 */
export function combinations<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap((a, i) =>
    second.flatMap((b, j): [A, B][] => (EVERY || (i + j) % 3 === 0 ? [[a, b]] : [])),
  );
}

/** Every third member of a list; all of them in `npm run acceptance`. */
export function everyThird<T>(list: readonly T[]): T[] {
  return list.filter((_, i) => EVERY || i % 3 === 0);
}
