/**
 * Compares monitored values: which of two is better, and a warning where one is NaN. Not for what follows:
 * stopping, saving and lowering the learning rate are in the files of those callbacks.
 */
import { anyOf, boolean, describe, integer, oneOf } from '../../check.js';
import { ValueError } from '../../errors.js';
import { LamellaWarning, warn } from '../../warnings.js';
import type { TrainParams } from './types.js';

/**
 * Direction of improvement: 'min' (smaller is better), 'max', or 'auto', by the name of the monitored value.
 */
export type Mode = 'auto' | 'min' | 'max';

type Direction = 'min' | 'max';

/** Parts of names whose values are better when larger: keras/src/metrics, `_direction = "up"`. */
const UP = ['acc', 'auc', 'precision', 'recall', 'f1', 'r2', 'cosinesimilarity'];

/** Parts of names whose values are better when smaller. */
const DOWN = [
  ...['loss', 'error', 'crossentropy', 'divergence', 'hinge', 'poisson', 'huber', 'logcosh'],
  ...['mse', 'mae', 'mape', 'msle', 'kld', 'bce'],
];

export const modeRule = oneOf<Mode>(['auto', 'min', 'max']);

/**
 * Rule of the option `verbose` of callbacks: 0 or false is silent, 1 or true prints what the callback does.
 */
export const verboseRule = anyOf(boolean, integer({ min: 0, max: 2 }));

/** Direction in which a metric improves. @throws ValueError if neither mode nor name determines it */
function directionOf(owner: string, monitor: string, mode: Mode): Direction {
  if (mode !== 'auto') return mode;
  const name = monitor.replace(/^val_/, '').replaceAll('_', '').toLowerCase();
  if (UP.some((part) => name.includes(part))) return 'max';
  if (DOWN.some((part) => name.includes(part))) return 'min';
  throw new ValueError(
    `${owner}: mode must be 'min' or 'max' where the name of what is monitored does not tell which is better, but received 'auto' with monitor ${describe(monitor)}.`,
  );
}

/** Decides if a value is better than another by more than `minDelta`. NaN is never better. */
export class Comparison {
  readonly #owner: string;
  readonly #monitor: string;
  readonly #mode: Mode;
  readonly #minDelta: number;

  constructor(owner: string, monitor: string, mode: Mode, minDelta = 0) {
    this.#owner = owner;
    this.#monitor = monitor;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
  }

  /**
   * True if `current` improves on `best`. Any number improves on null; NaN never improves
   * (keras/src/callbacks/monitor_callback.py).
   */
  improves(current: number, best: number | null): boolean {
    const direction = directionOf(this.#owner, this.#monitor, this.#mode);
    if (Number.isNaN(current)) return false;
    if (best === null) return true;
    return direction === 'min' ? current + this.#minDelta < best : current - this.#minDelta > best;
  }
}

/** Names of monitored values that have been NaN in the fit of these parameters. */
const reported = new WeakMap<TrainParams, Set<string>>();

/**
 * Warns that a monitored value is NaN: once per value and fit, however many callbacks monitor it.
 *
 * @param epoch 0-based
 */
export function warnIfNaN(
  params: TrainParams | undefined,
  monitor: string,
  value: number,
  epoch: number,
): void {
  if (!Number.isNaN(value) || !params) return;
  const names = reported.get(params) ?? new Set<string>();
  if (names.has(monitor)) return;
  reported.set(params, names.add(monitor));
  const reason = params.explainNaN?.(monitor);
  const because = reason === undefined ? '' : ` because ${reason}`;
  const message = `${monitor} is NaN in epoch ${epoch + 1}${because}; NaN never counts as an improvement.`;
  warn(new LamellaWarning(message, 'NAN_MONITOR'), params.onWarning);
}

/** A number as Python prints it: 0.1, 1.0, 1e-05. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
