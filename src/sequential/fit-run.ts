import type { Logs } from '../train/callbacks/types.js';
import { FitGuard } from '../train/fit-guard.js';
import type { Trainer } from '../train/trainer.js';

/** Values of losses and metrics, epoch by epoch. */
export class History {
  /** Survives minifiers. */
  static readonly name: string = 'History';
  /** One value per finished epoch, by name: training values sorted, then `val_` values sorted. */
  history: Record<string, number[]> = {};
  /** The 0-based index of every finished epoch. */
  epoch: number[] = [];

  /** @internal Adds an epoch. Takes the same time in every epoch, however many there have been. */
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

  /** @internal A copy of the values so far, for a state to go on from. */
  values(): Record<string, number[]> {
    return copied(this.history);
  }

  /** @internal Takes over values: those of the last of `epochs` epochs. */
  restore(epochs: number, history: Readonly<Record<string, readonly number[]>>): void {
    const count = Object.values(history).reduce((max, values) => Math.max(max, values.length), 0);
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

/**
 * The training of a model by `fit`, under way or over: whether it runs, what computes it, and what it has
 * reached.
 */
export class FitRun extends FitGuard {
  /** The trainer, while steps are made. */
  trainer: Trainer | undefined;
  history = new History();
  /** Epochs finished, those before `initialEpoch` included. */
  epochs = 0;

  /** Forgets what the run before has reached. */
  begin(initialEpoch: number): void {
    this.history = new History();
    this.epochs = initialEpoch;
  }

  /** Adds an epoch, by its index from 0. */
  record(index: number, logs: Logs): void {
    this.history.record(index, logs);
    this.epochs = index + 1;
  }
}
