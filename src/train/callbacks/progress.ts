/**
 * Prints the progress of fit to the terminal or to a function, for the option `verbose` and for the callback
 * (progress-callback.ts), which load it. Not for logs in files, which csvLogger and tensorBoard write.
 */
import { checkIndex, loggedValues, readClock, readParams } from './arguments.js';
import type { Callback, Logs, TrainParams } from './types.js';

/** Options of `callbacks.progress`: destination and form of the text. */
export interface ProgressOptions {
  /** Receives the text to print. Default: stdout where there is one, else the console, line by line. */
  readonly write?: (text: string) => void;
  /**
   * True if lines can be redrawn, in colours. Default: true if stdout is a terminal and `write` is not given.
   */
  readonly terminal?: boolean;
  /** 1: a bar, 2: a line per epoch, 0: nothing. Default: the `verbose` of `fit`. */
  readonly verbose?: 0 | 1 | 2;
  /** The clock, in milliseconds. Default: performance.now. */
  readonly now?: () => number;
}

interface Stdout {
  readonly isTTY?: boolean;
  write?(text: string): unknown;
}

const WIDTH = 20;
const REFRESH_MS = 50;
const BAR = '━';

/** Standard output, where the runtime has one. */
function stdout(): Stdout | undefined {
  return (globalThis as { process?: { stdout?: Stdout } }).process?.stdout;
}

/** Prints Keras 3's progress (keras/src/utils/progbar.py): a bar while an epoch runs, or a line after it. */
export class Progress implements Callback {
  readonly #options: ProgressOptions;
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  readonly #now: () => number;
  #params: TrainParams | undefined;
  #verbose = 1;
  #start = 0;
  #afterFirst = 0;
  #last = -Infinity;
  #seen = 0;
  #width = 0;

  constructor(options: ProgressOptions = {}) {
    const out = stdout();
    this.#options = options;
    this.#write =
      options.write ??
      (out?.isTTY && out.write
        ? (text): void => void out.write!(text)
        : (text): void => console.log(text.replace(/\n$/, '')));
    this.#terminal = options.terminal ?? (options.write === undefined && out?.isTTY === true);
    const { now = (): number => performance.now() } = options;
    this.#now = () => readClock('progress', now);
  }

  setParams(params: TrainParams): void {
    this.#params = readParams('progress', params);
    this.#verbose = this.#options.verbose ?? params.verbose ?? 1;
  }

  onEpochBegin(index: number): void {
    checkIndex('progress', index);
    this.#start = this.#now();
    this.#last = -Infinity;
    this.#seen = 0;
    this.#width = 0;
    const { epochs = 1 } = this.#params ?? {};
    if (this.#verbose > 0 && epochs > 1) this.#write(`Epoch ${index + 1}/${epochs}\n`);
  }

  /** Counts a batch. Returns true if the bar is due to be redrawn: only then are the logs computed. */
  due(index: number): boolean {
    checkIndex('progress', index);
    this.#seen = index + 1;
    if (index === 0) this.#afterFirst = this.#now();
    if (this.#verbose !== 1 || !this.#terminal) return false;
    return this.#now() - this.#last >= REFRESH_MS;
  }

  onBatchEnd(index: number, logs: Logs): void {
    if (this.due(index)) this.draw(logs);
  }

  /** Draw the bar of an epoch that is under way. */
  draw(logs: Logs): void {
    this.#draw(logs, false);
    this.#last = this.#now();
  }

  onEpochEnd(_index: number, logs: Logs): void {
    if (this.#verbose === 1) this.#draw(logs, true);
    if (this.#verbose === 2) this.#write(`${this.#line(logs)}\n`);
  }

  #draw(logs: Logs, finished: boolean): void {
    const steps = finished ? this.#seen : this.#params?.steps;
    const bar = steps === undefined ? `${this.#seen}/Unknown`.padStart(15) : this.#bar(steps);
    const now = this.#now();
    const perStep = this.#perStep(now);
    const rest =
      steps === undefined || finished
        ? `${((now - this.#start) / 1000).toFixed(0)}s`
        : formatRest((perStep * (steps - this.#seen)) / 1000);
    const text = `${bar} ${this.#bold(rest)} ${formatStep(perStep)}${formatLogs(logs)}`;
    // eslint-disable-next-line no-control-regex -- the colours take no room
    const width = text.replace(/\x1b\[\d+m/g, '').length;
    const blanks = ' '.repeat(Math.max(0, this.#width - width));
    this.#width = width;
    this.#write(`${this.#terminal ? '\r' : ''}${text}${blanks}${finished ? '\n' : ''}`);
  }

  #bar(steps: number): string {
    const count = `${String(this.#seen).padStart(String(steps).length)}/${steps}`;
    const done = Math.min(WIDTH, Math.floor((WIDTH * this.#seen) / Math.max(1, steps)));
    if (!this.#terminal) return `${count} ${BAR.repeat(WIDTH)}`;
    const green = done > 0 ? `\x1b[32m${BAR.repeat(done)}\x1b[0m` : '';
    return `${this.#bold(count)} ${green}\x1b[37m${BAR.repeat(WIDTH - done)}\x1b[0m`;
  }

  #bold(text: string): string {
    return this.#terminal ? `\x1b[1m${text}\x1b[0m` : text;
  }

  /** Milliseconds per step; the first, which warms up, counts only if it is alone. */
  #perStep(now: number): number {
    if (this.#seen === 0) return 0;
    return this.#seen > 1 ? (now - this.#afterFirst) / (this.#seen - 1) : now - this.#start;
  }

  #line(logs: Logs): string {
    const now = this.#now();
    const steps = this.#seen;
    const seconds = ((now - this.#start) / 1000).toFixed(0);
    return `${steps}/${steps} - ${seconds}s - ${formatStep(this.#perStep(now))}${formatLogs(logs)}`;
  }
}

/** Seconds that remain: 7s, 1:05, 1:00:05. */
function formatRest(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (seconds > 3600) return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
  return seconds > 60 ? `${minutes}:${two(whole % 60)}` : `${whole}s`;
}

function formatStep(ms: number): string {
  if (ms >= 1000 || ms === 0) return `${(ms / 1000).toFixed(0)}s/step`;
  return ms >= 1 ? `${ms.toFixed(0)}ms/step` : `${(ms * 1000).toFixed(0)}us/step`;
}

/** ' - accuracy: 0.9123 - loss: 3.0120e-04', sorted by name. */
function formatLogs(logs: Logs): string {
  return loggedValues('progress', logs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` - ${name}: ${formatValue(value)}`)
    .join('');
}

function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value).toLowerCase().replace('infinity', 'inf');
  if (value > 1e-3 || value < -1e-3) return value.toFixed(4);
  const [digits, exponent] = value.toExponential(4).split('e');
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}
