/** Those who train the works: what they are asked, and what they answer. */
import type { DataFiles, WorkData } from './data.js';
import type { Work } from './table.js';

/** What one training says. */
export interface Measurement {
  readonly secondsPerEpoch: number;
  /** The same in processor time: less, if others had the processor meanwhile; of all threads together. */
  readonly cpuSecondsPerEpoch: number;
  /** Rows that were timed, if fewer than an epoch has; the seconds are scaled to the epoch. */
  readonly rowsTimed?: number;
  /** Loss of the first epoch, if it is defined as ours. */
  readonly firstLoss?: number;
  /** A loss of the contestant's own near the beginning and at the end: whoever trains gets better. */
  readonly losses: readonly [number, number];
}

/** Why a contestant does not take part in a work. */
export interface Refusal {
  readonly unable: string;
}

export interface Contestant {
  readonly name: string;
  /** The numerical libraries that it found, with the processor that they take this one for. */
  readonly libraries: readonly string[];
  readonly threads: number;
  /** The engine's variant, of lamella alone. */
  readonly variant?: string;
  /** Rounds it takes part in; default: all. */
  readonly rounds?: number;
  measure(work: Work, data: WorkData, files: DataFiles): Promise<Measurement | Refusal>;
  stop(): void;
}

/** Says whether a training did what it should; a complaint if not. */
export function fault(
  { losses: [before, after], secondsPerEpoch }: Measurement,
  learns: boolean,
): string | undefined {
  if (!(secondsPerEpoch > 0)) return `it took ${secondsPerEpoch} s`;
  if (!Number.isFinite(before) || !Number.isFinite(after)) return `its loss is ${before}, then ${after}`;
  if (learns ? after < before : after !== before) return undefined;
  return `its loss is ${before} before and ${after} after training`;
}
