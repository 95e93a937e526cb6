import { PARTITIONS } from '../generated/partitions.js';
import type { Call, Partition } from '../kernels.js';

/** Ends of the parts of rows or of a range: thread t has [ends[t], ends[t + 1]). */
export type Ends = readonly number[];

/** Work that takes fewer nanoseconds is not worth sharing out. */
const LEAST_COST = 2000;

/** How a call is cut; undefined if one thread has all of it. */
export interface Cut {
  /** 'chain': by rows, one part after another. */
  readonly by: 'range' | 'rows' | 'chain';
  readonly block: number;
  readonly count: number;
}

/** About how many nanoseconds a call takes. */
export function costOf({ kernel, args, nanoseconds }: Call): number {
  return nanoseconds ?? PARTITIONS[kernel]?.cost(args) ?? 1000;
}

export function cutOf(call: Call, threads: number): Cut | undefined {
  const { range, rows } = PARTITIONS[call.kernel] ?? {};
  if (costOf(call) < LEAST_COST) return undefined;
  if (range && !(rows && favoursRows(call, threads))) {
    const count = call.args[range.begin + 1] - call.args[range.begin];
    return count > range.block ? { by: 'range', block: range.block, count } : undefined;
  }
  if (!rows) return undefined;
  const count = call.args[rows.count];
  return count > rows.block ? { by: 'rows', block: rows.block, count } : undefined;
}

/** How a call is cut into parts that run one after another; undefined if it has to be run whole. */
export function sequenceCutOf({ kernel, args }: Call): Cut | undefined {
  const { range, rows, chain } = PARTITIONS[kernel] ?? {};
  if (chain) return { by: 'chain', block: 1, count: args[chain.count] };
  if (rows) return { by: 'rows', block: rows.block, count: args[rows.count] };
  return range && { by: 'range', block: range.block, count: args[range.begin + 1] - args[range.begin] };
}

/**
 * Ranges that have no block for every thread. Others are cut, even where rows would come out more evenly: weights then stay in
 * the cache of the thread that updates them.
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
 * The part of a call that a thread runs; undefined if there is nothing for it to do. `scratch`: where a thread has its own;
 * undefined if it may use the call's.
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

/** Whether two calls touch the same bytes and one of them writes there. Different pointers are different arrays. */
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
