import type { Logs } from '../train/callbacks/types.js';

/** What training has come to, epoch by epoch. */
export class History {
  /** Survives minifiers. */
  static readonly name: string = 'History';
  /** One value per finished epoch, by name: training values sorted, then `val_` values sorted. */
  history: Record<string, number[]> = {};
  /** The 0-based index of every finished epoch. */
  epoch: number[] = [];

  /** @internal Takes the same time in every epoch, however many there have been. */
  record(index: number, logs: Logs): void {
    this.epoch.push(index);
    const added: [string, number[]][] = [];
    for (const [name, value] of Object.entries(logs)) {
      if (Object.hasOwn(this.history, name)) this.history[name].push(value);
      else added.push([name, [value]]);
    }
    if (added.length > 0) {
      this.history = sorted(Object.fromEntries([...Object.entries(this.history), ...added]));
    }
  }

  /** @internal The values so far, for a state to go on from: a copy. */
  values(): Record<string, number[]> {
    return copied(this.history);
  }

  /** @internal The last of `epochs` epochs: as many as have values. */
  restore(epochs: number, history: Readonly<Record<string, readonly number[]>>): void {
    const count = Object.values(history).reduce((most, values) => Math.max(most, values.length), 0);
    this.epoch = Array.from({ length: count }, (_, i) => epochs - count + i);
    this.history = sorted(copied(history));
  }
}

function copied(history: Readonly<Record<string, readonly number[]>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([name, values]) => [name, [...values]]));
}

/** Training values by name, then validation values by name. */
function sorted(history: Record<string, number[]>): Record<string, number[]> {
  const names = Object.keys(history).sort();
  const validation = names.filter((name) => name.startsWith('val_'));
  const training = names.filter((name) => !name.startsWith('val_'));
  return Object.fromEntries([...training, ...validation].map((name) => [name, history[name]]));
}
