import type { Logs } from '../train/callbacks/types.js';

/** What training has come to, epoch by epoch. */
export class History {
  /** Survives minifiers. */
  static readonly name: string = 'History';
  /** One value per finished epoch, by name: training values sorted, then `val_` values sorted. */
  history: Record<string, number[]> = {};
  /** The 0-based index of every finished epoch. */
  epoch: number[] = [];

  /** @internal */
  record(index: number, logs: Logs): void {
    this.epoch.push(index);
    for (const [name, value] of Object.entries(logs)) {
      const values = Object.hasOwn(this.history, name) ? this.history[name] : [];
      this.history[name] = [...values, value];
    }
    this.history = sorted(this.history);
  }

  /** @internal */
  restore(epochs: number, history: Readonly<Record<string, readonly number[]>>): void {
    this.epoch = Array.from({ length: epochs }, (_, i) => i);
    this.history = sorted(
      Object.fromEntries(Object.entries(history).map(([name, values]) => [name, [...values]])),
    );
  }
}

/** Training values by name, then validation values by name. */
function sorted(history: Record<string, number[]>): Record<string, number[]> {
  const names = Object.keys(history).sort();
  const validation = names.filter((name) => name.startsWith('val_'));
  const training = names.filter((name) => !name.startsWith('val_'));
  return Object.fromEntries([...training, ...validation].map((name) => [name, history[name]]));
}
