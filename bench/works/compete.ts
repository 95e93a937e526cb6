/**
 * Runs contestants in turn on a work, round by round, checks what they did and compares them with the first.
 */
import { spread, type Spread } from '../harness.js';
import { type Contestant, fault, type Measurement } from './contestants.js';
import { type WorkData, withFiles } from './data.js';
import { type Flops, flopsOf } from './flops.js';
import type { Work } from './table.js';

/** The result of one contestant for one work. */
export interface Standing {
  readonly contestant: string;
  readonly threads: number;
  readonly variant?: string;
  readonly secondsPerEpoch: Spread;
  readonly cpuSecondsPerEpoch: Spread;
  /** Its time divided by that of the first contestant in the same round. */
  readonly ratio: Spread;
  /** Ratio of the processor times, which other programs disturb less. */
  readonly cpuRatio: Spread;
  /** Rows timed, if they were scaled to an epoch. */
  readonly rowsTimed?: number;
  readonly firstLoss?: number;
  readonly losses: readonly [number, number];
}

export interface WorkResult {
  readonly work: string;
  readonly data: string;
  readonly density: number;
  readonly flopsPerEpoch: Flops;
  readonly standings: readonly Standing[];
  /** Contestants that did not take part, with the reason. */
  readonly absent: readonly { readonly contestant: string; readonly why: string }[];
}

/** The turns of one contestant, by round. */
type Turns = Map<number, Measurement>;

/** Runs all contestants in turn, round by round. @throws if one computed something else, or nothing */
export async function compete(
  work: Work,
  data: WorkData,
  contestants: readonly Contestant[],
  { rounds, signal }: { rounds: number; signal: AbortSignal },
): Promise<WorkResult> {
  const turns = new Map<Contestant, Turns>();
  const absent = new Map<Contestant, string>();
  await withFiles(data, async (files) => {
    for (let round = 0; round < rounds; round++) {
      for (const contestant of contestants) {
        if (absent.has(contestant) || round >= (contestant.rounds ?? rounds)) continue;
        signal.throwIfAborted();
        const answer = await contestant.measure(work, data, files);
        if ('unable' in answer) absent.set(contestant, answer.unable);
        else turns.set(contestant, (turns.get(contestant) ?? new Map()).set(round, answer));
      }
    }
  });
  const measured = contestants.filter((each) => turns.has(each));
  check(work, data, measured, turns);
  const reference = turns.get(measured[0]);
  return {
    ...{ work: work.name, data: data.name, density: data.density, flopsPerEpoch: flopsOf(work, data) },
    standings: measured.map((each) => standing(each, turns.get(each)!, reference!)),
    absent: [...absent].map(([{ name }, why]) => ({ contestant: name, why })),
  };
}

function standing({ name, threads, variant }: Contestant, own: Turns, reference: Turns): Standing {
  const turns = [...own.values()];
  const over = (value: (turn: Measurement) => number): Spread =>
    spread([...own].map(([round, turn]) => value(turn) / value(reference.get(round)!)));
  const wall = ({ secondsPerEpoch }: Measurement): number => secondsPerEpoch;
  const cpu = ({ cpuSecondsPerEpoch }: Measurement): number => cpuSecondsPerEpoch;
  const { rowsTimed, firstLoss, losses } = turns[0];
  return {
    ...{ contestant: name, threads, variant, rowsTimed, firstLoss, losses },
    secondsPerEpoch: spread(turns.map(wall)),
    cpuSecondsPerEpoch: spread(turns.map(cpu)),
    ratio: over(wall),
    cpuRatio: over(cpu),
  };
}

/**
 * Checks that every contestant learned: losses fall (on random rows, they change). scikit-learn starts from
 * the same weights and shuffles, so that a different first loss means that the works differ.
 */
function check(
  work: Work,
  data: WorkData,
  measured: readonly Contestant[],
  turns: Map<Contestant, Turns>,
): void {
  const first = (contestant: Contestant): number | undefined =>
    turns.get(contestant)!.values().next().value?.firstLoss;
  const own = measured.length > 0 ? first(measured[0]) : undefined;
  for (const contestant of measured) {
    for (const turn of turns.get(contestant)!.values()) {
      const complaint = fault(turn, data.name !== 'random');
      if (complaint) throw new Error(`${work.name} on ${data.name}, ${contestant.name}: ${complaint}.`);
    }
    const loss = first(contestant);
    if (loss === undefined || own === undefined || Math.abs(loss / own - 1) < 0.01) continue;
    throw new Error(`${work.name}: the first loss is ${own}, but ${loss} with ${contestant.name}.`);
  }
}
