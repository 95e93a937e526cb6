import { UnsupportedError } from '../errors.js';
// `npm run build` makes it from assembly/ (scripts/abi.mjs).
import type { Arguments, Kernels } from './generated/abi.js';

export type { Kernels } from './generated/abi.js';

export type KernelName = keyof Arguments;

export type Kernel = (...args: number[]) => void;

/** One kernel call of a step, with every argument resolved. */
export interface Call {
  readonly kernel: KernelName;
  readonly args: Args;
  /**
   * Nanoseconds that it takes, about, where its arguments do not tell (convolutions: their sizes are in a
   * table).
   */
  readonly nanoseconds?: number;
}

/** Makes a call of a kernel: its arguments in order, matrices in place of offset and stride. */
export function call<K extends KernelName>(kernel: K, ...given: Arguments[K]): Call {
  const values: readonly (number | boolean | { readonly offset: number; readonly stride: number })[] = given;
  const args = values.flatMap((value) =>
    typeof value === 'object' ? [value.offset, value.stride] : Number(value),
  );
  return { kernel, args };
}

type Args = readonly number[];

/** A pointer that moves with the rows: its position and the bytes from row to row. */
type Moving = readonly [pointer: number, stride: (args: Args) => number];

/**
 * Partition of a kernel, from its comment in assembly/: how its calls may be cut into parts, which memory
 * they touch (positions of pointers), and about how many nanoseconds they take. No cut changes a bit: every
 * output element is a chain of its own.
 */
export interface Partition {
  readonly writes: readonly number[];
  readonly reads: readonly number[];
  readonly cost: (args: Args) => number;
  /** Position of the begin of a range [begin, end) of panels or inputs, cut at multiples of `block`. */
  readonly range?: { readonly begin: number; readonly block: number };
  /** Position of the count of rows, cut at multiples of `block`, and the pointers that move with them. */
  readonly rows?: { readonly count: number; readonly block: number; readonly moving: readonly Moving[] };
  /**
   * Rows whose sums a later call can go on with: the position of their count, the pointers that move with
   * them, and the position of the argument that is 0 where sums go on. One thread after another only; never
   * two at once.
   */
  readonly chain?: { readonly count: number; readonly moving: readonly Moving[]; readonly fresh: number };
  /** Position of scratch that every thread needs for itself. */
  readonly scratch?: number;
  /** True if its result is not needed soon: it may run beside later calls. */
  readonly late?: boolean;
}

/** The calls of a step, bound to one arena. */
export type Program = readonly (() => void)[];

export function run(program: Program): void {
  for (const call of program) call();
}

/**
 * Binds calls to the kernels of an instance.
 *
 * @throws UnsupportedError for a binary of another release, whose kernels differ
 */
export function bind(kernels: Kernels, calls: readonly Call[]): Program {
  return calls.map(({ kernel, args }) => {
    if (args.length > 16) throw new RangeError(`${kernel} has ${args.length} arguments, but bind knows 16.`);
    const f = kernels[kernel] as Kernel | undefined;
    if (f?.length === args.length) return bindKernel(f, args);
    throw new UnsupportedError(
      `The binary in use must have the kernel ${kernel} of ${args.length} arguments, but ${f ? `its kernel has ${f.length}` : 'has none'}; use the binaries of this release of lamella.`,
    );
  });
}

/**
 * Binds a kernel to its arguments. Spreading them at every step would cost more than a small kernel. Workers
 * are started from the text of this function, so it uses nothing from outside.
 */
export function bindKernel(f: Kernel, args: readonly number[]): () => void {
  const [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q] = args;
  if (args.length <= 4) return () => f(a, b, c, d);
  if (args.length <= 7) return () => f(a, b, c, d, e, g, h);
  if (args.length <= 10) return () => f(a, b, c, d, e, g, h, i, j, k);
  if (args.length <= 13) return () => f(a, b, c, d, e, g, h, i, j, k, l, m, n);
  return () => f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q);
}
