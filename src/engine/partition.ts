/**
 * Cuts kernel calls into parts: for threads, which run them at the same time (threads/schedule.ts), and into
 * slices of time, between which the event loop runs. No cut changes a bit: every output element is a chain of
 * its own, or a chain that the next part continues. Not for the data by kernel, which generated/partitions.ts
 * has from the comments in assembly/.
 */
import { PARTITIONS } from './generated/partitions.js';
import type { Call, Partition } from './kernels.js';

/** Ends of the parts of rows or of a range: thread t has [ends[t], ends[t + 1]). */
export type Ends = readonly number[];

/** Calls of fewer nanoseconds are not worth cutting for threads: a choice, for which no run is recorded. */
const MIN_COST = 2000;

/** Cut of a call into parts. */
export interface Cut {
  /** `'chain'`: by rows, one part after another. */
  readonly by: 'range' | 'rows' | 'chain';
  readonly block: number;
  readonly count: number;
}

/**
 * Nanoseconds that a call takes on one thread, about: what its kernel's @cost says; 1000 without one. Right
 * within a factor of three is enough, since costs decide only what is worth cutting and which thread is the
 * idlest.
 *
 * `npm run bench:costs` measures all of them in training steps. On 30 November 2026, on an AMD EPYC (Zen 5)
 * whose 2 cores had other work too, with Node.js 24.21, `base` and `relaxed`, the fastest of 45 samples of
 * 196 calls took 0.34 to 2.85 times their cost, half of them 0.54 to 1.05 times; two runs differed by 2 % in
 * the median, by 25 % for nine calls in ten, by 96 % at most. Operands were in the cache, so that the gather
 * kernels, whose costs are those of rows in memory, took 0.17 to 0.9 times theirs. 0.3 ns for a row, an input
 * and a panel of 8 units are 53 GFLOP/s.
 */
export function costOf({ kernel, args, nanoseconds }: Call): number {
  return nanoseconds ?? PARTITIONS[kernel]?.cost(args) ?? 1000;
}

/** The cut of a call for threads; undefined if one thread runs all of it. */
export function cutOf(call: Call, threads: number): Cut | undefined {
  const { range, rows } = PARTITIONS[call.kernel] ?? {};
  if (costOf(call) < MIN_COST) return undefined;
  if (range && !(rows && favoursRows(call, threads))) {
    const count = call.args[range.begin + 1] - call.args[range.begin];
    return count > range.block ? { by: 'range', block: range.block, count } : undefined;
  }
  if (!rows) return undefined;
  const count = call.args[rows.count];
  return count > rows.block ? { by: 'rows', block: rows.block, count } : undefined;
}

/** The cut of a call into parts that run one after another; undefined if it must run whole. */
function sequenceCutOf({ kernel, args }: Call): Cut | undefined {
  const { range, rows, chain } = PARTITIONS[kernel] ?? {};
  if (chain) return { by: 'chain', block: 1, count: args[chain.count] };
  if (rows) return { by: 'rows', block: rows.block, count: args[rows.count] };
  return range && { by: 'range', block: range.block, count: args[range.begin + 1] - args[range.begin] };
}

/**
 * True for ranges that have no block for every thread. Others are cut, even where rows would come out more
 * evenly: weights then stay in the cache of the thread that updates them.
 */
function favoursRows({ kernel, args }: Call, threads: number): boolean {
  const { range, rows } = PARTITIONS[kernel] as Partition;
  const length = args[range!.begin + 1] - args[range!.begin];
  return length < threads * range!.block && args[rows!.count] >= threads * rows!.block;
}

/** Ends at multiples of the block, so that every thread has about its share (they add up to 1). */
export function endsOf({ count, block }: Cut, shares: readonly number[]): Ends {
  const ends = [0];
  let sum = 0;
  for (const share of shares.slice(0, -1)) {
    sum += share;
    ends.push(Math.min(count, Math.round((count * sum) / block) * block));
  }
  return [...ends, count];
}

/**
 * The part of a call that a thread runs; undefined if there is nothing for it to do. `scratch`: where a
 * thread has its own; undefined if it may use the call's.
 */
export function partOf(call: Call, cut: Cut, ends: Ends, thread: number, scratch?: number): Call | undefined {
  const [begin, end] = [ends[thread], ends[thread + 1]];
  if (begin === end) return undefined;
  const { kernel, nanoseconds } = call;
  const partition = PARTITIONS[kernel] as Partition;
  const args = [...withScratch(call, scratch).args];
  const part: Call = {
    kernel,
    args,
    ...(nanoseconds !== undefined && { nanoseconds: (nanoseconds * (end - begin)) / cut.count }),
  };
  if (cut.by === 'range') {
    const at = partition.range!.begin;
    args[at] = call.args[at] + begin;
    args[at + 1] = call.args[at] + end;
    return part;
  }
  const { count, moving } = cut.by === 'chain' ? partition.chain! : partition.rows!;
  args[count] = end - begin;
  for (const [pointer, stride] of moving) {
    // A pointer of 0 stands for something that is not there.
    if (args[pointer] !== 0) args[pointer] += begin * stride(call.args);
  }
  if (cut.by === 'chain' && begin > 0) args[partition.chain!.fresh] = 0;
  return part;
}

/** The call with scratch of its own, if it needs any. */
export function withScratch(call: Call, scratch: number | undefined): Call {
  const position = PARTITIONS[call.kernel]?.scratch;
  if (position === undefined || scratch === undefined) return call;
  return { ...call, args: call.args.map((arg, i) => (i === position ? scratch : arg)) };
}

/**
 * True if two calls touch the same bytes and one of them writes there. Different pointers are different
 * arrays.
 */
export function conflict(a: Call, b: Call): boolean {
  const [first, second] = [PARTITIONS[a.kernel], PARTITIONS[b.kernel]];
  if (!first || !second) return true;
  const pointers = ({ args }: Call, positions: readonly number[]): number[] =>
    positions.map((position) => args[position]).filter((pointer) => pointer !== 0);
  const written = new Set(pointers(a, first.writes));
  const writing = new Set(pointers(b, second.writes));
  return (
    pointers(b, [...second.reads, ...second.writes]).some((pointer) => written.has(pointer)) ||
    pointers(a, first.reads).some((pointer) => writing.has(pointer))
  );
}

/** Nanoseconds of a slice, a choice: well below what a host notices, even on a machine four times slower. */
const SLICE_NS = 4e6;

/** Floating-point operations in a nanosecond of the estimates: those of dense products. */
export const FLOPS_PER_NANOSECOND = 53;

/** Nanoseconds that calls take on one thread, about. */
export function costOfAll(calls: readonly Call[]): number {
  return calls.reduce((sum, call) => sum + costOf(call), 0);
}

/** Cuts calls, in their order, into slices of at most about so many nanoseconds. */
export function cutIntoSlices(calls: readonly Call[], nanoseconds = SLICE_NS): Call[][] {
  const slices: Call[][] = [];
  let cost = Infinity;
  for (const part of calls.flatMap((call) => partsOf(call, nanoseconds))) {
    const own = costOf(part);
    if (cost + own > nanoseconds) {
      slices.push([]);
      cost = 0;
    }
    slices.at(-1)!.push(part);
    cost += own;
  }
  return slices;
}

/** A call in as many parts as it needs to take no longer than a slice, if it can be cut at all. */
function partsOf(call: Call, nanoseconds: number): Call[] {
  const count = Math.ceil(costOf(call) / nanoseconds);
  const cut = count > 1 ? sequenceCutOf(call) : undefined;
  if (!cut || cut.count <= cut.block) return [call];
  const ends = endsOf(cut, Array<number>(count).fill(1 / count));
  return ends.slice(1).flatMap((_end, i) => partOf(call, cut, ends, i) ?? []);
}
