export type Args = readonly number[];

/** A pointer that moves with the rows: its position, and the bytes from row to row. */
export type Moving = readonly [pointer: number, stride: (args: Args) => number];

/** How a kernel's work is shared out, what it touches (positions of pointers), and about how many nanoseconds it takes. */
export interface Sharing {
  /** Position of the begin of a range [begin, end) of panels or inputs, cut at multiples of `block`. */
  readonly range?: { readonly begin: number; readonly block: number };
  /** Position of the count of rows, cut at multiples of `block`, and the pointers that move with them. */
  readonly rows?: { readonly count: number; readonly block: number; readonly moving: readonly Moving[] };
  /**
   * Rows whose sums a later call can go on with: the position of their count, the pointers that move with them, and the
   * position of the argument that is 0 where sums go on. One thread after another only; never two at once.
   */
  readonly chain?: { readonly count: number; readonly moving: readonly Moving[]; readonly fresh: number };
  /** Position of scratch that every thread needs for itself. */
  readonly scratch?: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly cost: (args: Args) => number;
  /** Nothing waits for it soon: it may stand beside later calls. */
  readonly late?: boolean;
}

type Effects = Pick<Sharing, 'reads' | 'writes' | 'cost'>;

export const strided =
  (position: number) =>
  (args: Args): number =>
    args[position];
export const bytes = (count: number) => (): number => count;

/** Rows whose stride stands behind their pointer. */
export const pairs = (...pointers: number[]): Moving[] =>
  pointers.map((pointer) => [pointer, strided(pointer + 1)] as const);

/** y by rows from x: matrices at the positions `y` and `x`, rows at `count`, columns behind them. */
export function rowWise(y: number, x: number, count: number, nanoseconds: number): Sharing {
  return {
    rows: { count, block: 8, moving: pairs(y, x) },
    writes: [y],
    reads: [x],
    cost: (args) => args[count] * args[count + 1] * nanoseconds,
  };
}

export function ranged(begin: number, { reads, writes, cost }: Effects, scratch?: number): Sharing {
  return { range: { begin, block: 1 }, reads, writes, cost, scratch };
}

export const width = (args: Args, begin: number): number => args[begin + 1] - args[begin];

/** Work on one thread. */
export const single = (writes: number[], reads: number[], cost: Sharing['cost'], late = false): Sharing => {
  return { writes, reads, cost, late };
};
