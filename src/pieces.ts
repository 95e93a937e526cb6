import { Yielder } from './yielding.js';

/**
 * Work that can be paused: it yields wherever that is possible, with the floating-point operations since it last did, or
 * a number as large for other work, and returns its result. One implementation serves a synchronous method (`finish`)
 * and an asynchronous one (`inSlices`).
 */
export type Pieces<T> = Generator<number, T, void>;

/** Values that a piece reads or writes: well below a millisecond's work. */
const PIECE_VALUES = 65536;

/** Floating-point operations that a value read or written by TypeScript counts as. */
const FLOPS_PER_VALUE = 16;

/** Do all of the work at once. */
export function finish<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Do the work in slices, between which the host runs (src/yielding.ts).
 *
 * @throws the signal's reason, when it aborts; what the work throws
 */
export async function inSlices<T>(work: Pieces<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  const yielder = new Yielder(signal);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (yielder.due(value)) await yielder.rest();
  }
}

/**
 * Call `body` with consecutive ranges [begin, end) of `count` items, with a pause after each but the last.
 *
 * @param values how many values an item has
 */
export function* ranges(
  count: number,
  values: number,
  body: (begin: number, end: number) => void,
): Pieces<void> {
  const size = Math.max(1, Math.floor(PIECE_VALUES / Math.max(1, values)));
  for (let begin = 0; begin < count; begin += size) {
    const end = Math.min(begin + size, count);
    body(begin, end);
    if (end < count) yield FLOPS_PER_VALUE * values * (end - begin);
  }
}
