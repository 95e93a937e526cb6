/**
 * Cuts the calls of a long step into slices after each of which the host may have its turn. A slice computes the same
 * bits as its part of the whole: every output element is a chain of its own, or a chain that the next slice goes on with.
 */
import type { Call } from './kernels.js';
import { costOf, endsOf, partOf, sequenceCutOf } from './threads/split.js';

/** Nanoseconds of a slice, by the estimates of split.ts: well below what a host notices, also on a machine four times slower. */
const SLICE_NS = 4e6;

/** Floating-point operations that a nanosecond of the estimates stands for: those of dense products. */
export const FLOPS_PER_NANOSECOND = 53;

/** About how many nanoseconds calls take on one thread. */
export function costOfAll(calls: readonly Call[]): number {
  return calls.reduce((sum, call) => sum + costOf(call), 0);
}

/** The calls in their order, as slices of at most about so many nanoseconds. */
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
