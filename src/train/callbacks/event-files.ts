/**
 * The event files of tensorBoard: their names, records of epochs and batches, histograms of weights. Not for
 * the encoding of records (src/io/tfevents.ts), nor for options and hooks (tensor-board.ts).
 */
import type { EventValue, Histogram } from '../../io/tfevents.js';
import { encodeEvent, encodeFileVersion } from '../../io/tfevents.js';
import { freshSeed } from '../../random.js';
import type { CallbackModel } from './types.js';
import type { Appender } from './arguments.js';

/** Destination of event files: directory, host and storage. */
export interface EventPlace {
  /** Directory that the names begin with; '' for none. */
  readonly logDir: string;
  /** Name of the machine, a part of the names. */
  readonly host: string;
  readonly files: Appender;
}

type Part = 'train' | 'validation';

/** The event files of a callback: one per fit for training, one for validation. */
export class EventFiles {
  readonly #place: EventPlace;
  readonly #now: () => number;
  readonly #names = new Map<Part, string>();
  /** Random part of the names, unlike that of other callbacks and processes; drawn with the first file. */
  #id: number | undefined;
  #fits = 0;

  /** @param now milliseconds since 1970 */
  constructor(place: EventPlace, now: () => number) {
    this.#place = place;
    this.#now = now;
  }

  /** Starts new files for the values that follow. */
  beginFit(): void {
    this.#names.clear();
    this.#fits += 1;
  }

  /**
   * Add the values of an epoch, those of validation to its own file.
   *
   * @param epoch 0-based
   * @param own values that the callback has measured itself
   */
  async addEpoch(epoch: number, logs: [string, number][], own: [string, number][]): Promise<void> {
    const training = logs.filter(([name]) => !name.startsWith('val_'));
    const validation = logs.filter(([name]) => name.startsWith('val_'));
    await this.add('train', epoch, 'epoch_', [...training, ...own]);
    if (validation.length === 0) return;
    const named = validation.map(([name, value]): [string, number] => [name.slice('val_'.length), value]);
    await this.add('validation', epoch, 'epoch_', named);
  }

  /** Add the distributions of a model's weights. */
  async addWeights(epoch: number, model: CallbackModel): Promise<void> {
    const names = model.weightNames;
    const values = model
      .getWeights()
      .map(({ data }, i) => ({ tag: `${names?.[i] ?? i}/histogram`, value: histogram(data) }));
    await this.#add('train', epoch, values);
  }

  /** Add numbers, whose tags are their names behind a prefix. */
  async add(part: Part, step: number, prefix: string, entries: [string, number][]): Promise<void> {
    const values = entries.map(([name, value]) => ({ tag: prefix + name, value }));
    await this.#add(part, step, values);
  }

  /** Add a record to the file of `part`; the file begins with the first. */
  async #add(part: Part, step: number, values: readonly EventValue[]): Promise<void> {
    const { logDir, host, files } = this.#place;
    const seconds = this.#now() / 1000;
    let name = this.#names.get(part);
    if (name === undefined) {
      this.#id ??= freshSeed();
      const run = `${Math.floor(seconds)}.${host}.${this.#id}.${this.#fits}`;
      name = `${logDir === '' ? '' : `${logDir}/`}${part}/events.out.tfevents.${run}.v2`;
      this.#names.set(part, name);
      await files.begin(name, 0);
      await files.add(name, encodeFileVersion(seconds));
    }
    await files.add(name, encodeEvent(seconds, step, values));
  }
}

const BUCKETS = 30;

/** Histogram of values, in 30 buckets of equal width from their minimum to their maximum. */
export function histogram(values: ArrayLike<number>): Histogram {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  const width = (max - min) / BUCKETS;
  const limits = Array.from({ length: BUCKETS }, (_, i) => (i === BUCKETS - 1 ? max : min + (i + 1) * width));
  const counts = new Array<number>(BUCKETS).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bucket = width > 0 ? Math.min(BUCKETS - 1, Math.floor((values[i] - min) / width)) : BUCKETS - 1;
    counts[bucket] += 1;
  }
  return { min, max, count: values.length, sum, sumOfSquares, limits, counts };
}
