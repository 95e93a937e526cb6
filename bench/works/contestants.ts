/** Contestants, which train the works: their interface and their results. */
import type { DataFiles, WorkData } from './data.js';
import type { Work } from './table.js';

/** The result of one training. */
export interface Measurement {
  readonly secondsPerEpoch: number;
  /**
   * Seconds of processor time, of all threads together: less than by the clock if other programs ran
   * meanwhile.
   */
  readonly cpuSecondsPerEpoch: number;
  /** Rows that were timed, if fewer than an epoch has; the seconds are scaled to the epoch. */
  readonly rowsTimed?: number;
  /** Loss of the first epoch, if it is defined as ours. */
  readonly firstLoss?: number;
  /** The contestant's own loss near the beginning and at the end, which shows that it learns. */
  readonly losses: readonly [number, number];
}

/** The reason why a contestant does not take part in a work. */
export interface Refusal {
  readonly unable: string;
}

export interface Contestant {
  readonly name: string;
  /** The numerical libraries that it uses, with the processor that they detect. */
  readonly libraries: readonly string[];
  readonly threads: number;
  /** The variant of the engine; lamella only. */
  readonly variant?: string;
  /** Rounds in which it takes part; default: all. */
  readonly rounds?: number;
  measure(work: Work, data: WorkData, files: DataFiles): Promise<Measurement | Refusal>;
  stop(): void;
}

/** Checks a training; returns a complaint if it did not do what it should. */
export function fault(
  { losses: [before, after], secondsPerEpoch }: Measurement,
  learns: boolean,
): string | undefined {
  if (!(secondsPerEpoch > 0)) return `it took ${secondsPerEpoch} s`;
  if (!Number.isFinite(before) || !Number.isFinite(after)) return `its loss is ${before}, then ${after}`;
  if (learns ? after < before : after !== before) return undefined;
  return `its loss is ${before} before and ${after} after training`;
}
