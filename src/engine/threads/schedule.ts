/**
 * Distributes the calls of a program over threads: which thread runs which part of which call, and where all
 * have to wait for each other. How one call is cut is decided in ../partition.ts; how threads wait, in
 * arena-threads.ts.
 */
import { PARTITIONS } from '../generated/partitions.js';
import type { Call } from '../kernels.js';
import type { Ends } from '../partition.js';
import { conflict, costOf, costOfAll, cutOf, endsOf, partOf, withScratch } from '../partition.js';

/** Program of a thread: calls, and undefined where all threads wait for each other. */
export type Lane = (Call | undefined)[];

/** A call of the present phase: on one thread, or cut at `ends` by rows or by a range. */
interface PlacedCall {
  readonly call: Call;
  readonly thread?: number;
  readonly rows?: Ends;
}

/** Programs of fewer nanoseconds stay on one thread: a choice, for which no run is recorded. */
const MIN_PROGRAM_COST = 10000;

/**
 * Distributes the calls of a program over threads. Calls between two barriers form a phase: within it no
 * thread touches what another one writes.
 *
 * @param scratch byte offset of a thread's own scratch; undefined if it may use that of the plan
 */
export function schedule(
  calls: readonly Call[],
  threads: number,
  scratch: (thread: number) => number | undefined,
): Lane[] {
  if (costOfAll(calls) < MIN_PROGRAM_COST) {
    return Array.from({ length: threads }, (_, thread): Lane => (thread === 0 ? [...calls] : []));
  }
  const scheduler = new Scheduler(threads, scratch);
  for (const call of calls) scheduler.add(call);
  scheduler.flush();
  return scheduler.lanes;
}

class Scheduler {
  readonly lanes: Lane[];
  readonly #scratch: (thread: number) => number | undefined;
  readonly #even: readonly number[];
  #phase: PlacedCall[] = [];
  #loads: number[];
  /** Calls whose results are not needed soon: they begin with the next phase. */
  #late: Call[] = [];

  constructor(threads: number, scratch: (thread: number) => number | undefined) {
    this.#scratch = scratch;
    this.#even = Array.from({ length: threads }, () => 1 / threads);
    this.#loads = this.#even.map(() => 0);
    this.lanes = this.#even.map(() => []);
  }

  add(call: Call): void {
    if (this.#late.some((other) => conflict(other, call))) this.#endPhase();
    if (PARTITIONS[call.kernel]?.late) this.#late.push(call);
    else this.#place(call);
  }

  /** Place the calls that still wait. */
  flush(): void {
    for (const call of this.#late.splice(0)) this.#place(call);
  }

  #endPhase(): void {
    if (this.#phase.length > 0) for (const lane of this.lanes) lane.push(undefined);
    this.#phase = [];
    this.#loads = this.#loads.map(() => 0);
    this.flush();
  }

  #place(call: Call): void {
    const cut = cutOf(call, this.lanes.length);
    if (!cut) {
      this.#placeWhole(call);
      return;
    }
    const rows = cut.by === 'rows' ? endsOf(cut, this.#even) : undefined;
    const apart = ({ call: other, rows: others }: PlacedCall): boolean =>
      conflict(other, call) && !(rows && others && sameEnds(rows, others));
    if (this.#phase.some(apart)) this.#endPhase();
    // Always the same panels for a thread: they stay in the caches of its processor from kernel to kernel.
    const ends = rows ?? endsOf(cut, this.#even);
    this.#phase.push({ call, rows });
    this.lanes.forEach((lane, thread) => {
      const part = partOf(call, cut, ends, thread, this.#scratch(thread));
      if (!part) return;
      lane.push(part);
      this.#loads[thread] += costOf(part);
    });
  }

  #placeWhole(call: Call): void {
    const before = this.#phase.filter((other) => conflict(other.call, call));
    let thread = before.length > 0 ? before[0].thread : this.#idlest();
    if (before.some((other) => other.thread === undefined || other.thread !== thread)) {
      this.#endPhase();
      thread = undefined;
    }
    thread ??= PARTITIONS[call.kernel] ? this.#idlest() : 0;
    this.#phase.push({ call, thread });
    this.lanes[thread].push(withScratch(call, this.#scratch(thread)));
    this.#loads[thread] += costOf(call);
  }

  #idlest(): number {
    return this.#loads.lastIndexOf(Math.min(...this.#loads));
  }
}

function sameEnds(a: Ends, b: Ends): boolean {
  return a.every((end, i) => end === b[i]);
}
