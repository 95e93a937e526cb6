/**
 * Decides by the clock whether a training's steps run on all threads or on one. Which bits come out never
 * depends on it. It starts no workers and runs no kernels: ThreadTeam does the one, ArenaThreads the other.
 *
 * Its constants are choices, not measurements, except MIN_GAIN: below 3 % a difference drowns in the noise of
 * windows of 6 ms. tests/engine/threads/tuner.test.ts bounds what they cost, on a simulated clock.
 */

/**
 * Milliseconds of a measurement. Its first step, after a change, does not count unless it alone takes as
 * long.
 */
const COMPARISON_MS = 6;

/** Milliseconds of a measurement while all threads run. */
const WATCH_MS = 30;

/** All threads are faster if their steps take less than this part of the time that one thread takes. */
const MIN_GAIN = 0.97;

/** Milliseconds until the next comparison: they double every time, unless steps have become slow. */
const FIRST_INTERVAL_MS = 60;
const MAX_INTERVAL_MS = 3000;

/** Comparisons take at most this part of the time. */
const MAX_COMPARISON_SHARE = 1 / 30;

/** Milliseconds of computing after which starting workers is worth it. */
const START_MS = 100;

export interface TunerOptions {
  /** Returns milliseconds. */
  readonly clock?: () => number;
  /** True if all workers wait for programs. */
  readonly ready: () => boolean;
  /** Called once, when the training has turned out to last. */
  readonly start: () => void;
  /** True if the workers exist already, so that starting costs next to nothing. */
  readonly started: boolean;
}

/**
 * Compares one thread with all threads from time to time, by taking turns, and keeps to what was faster.
 * Where processors are far from each other, or busy with something else, that is one thread.
 */
export class ThreadTuner {
  readonly #options: Required<TunerOptions>;
  #parallel = false;
  #prefersParallel = false;
  /** Rows of the steps that are compared: of all but the last ones of epochs. */
  #rows = 0;
  #spent = 0;
  #starting = false;
  #comparison: Comparison | undefined;
  #comparedFrom = 0;
  #nextComparison = 0;
  #interval = FIRST_INTERVAL_MS;
  /** Milliseconds of a step on one thread, when last measured. */
  #oneThread = Infinity;
  #watch = new TimingWindow(WATCH_MS);
  #slowWindows = 0;

  constructor(options: TunerOptions) {
    this.#options = { clock: () => performance.now(), ...options };
  }

  /** True if the present step runs on all threads. */
  get parallel(): boolean {
    return this.#parallel;
  }

  /** True if all threads have turned out to be faster. */
  get prefersParallel(): boolean {
    return this.#prefersParallel;
  }

  /** Decide which threads the step that now begins runs on. */
  beginStep(): void {
    this.#parallel = (this.#comparison?.parallel ?? this.#prefersParallel) && this.#options.ready();
  }

  /** Count a step of so many rows that took so many milliseconds of computing. */
  endStep(rows: number, milliseconds: number): void {
    const now = this.#options.clock();
    this.#spent += milliseconds;
    if (!this.#starting && (this.#options.started || this.#spent >= START_MS)) {
      this.#starting = true;
      this.#options.start();
    }
    if (rows > this.#rows) {
      this.#rows = rows;
      this.#comparison = undefined;
    } else if (rows === this.#rows) {
      if (this.#comparison) this.#compare(this.#comparison, milliseconds, now);
      else this.#watchStep(milliseconds, now);
    }
  }

  /** Count a step between comparisons, and begin one when it is time. */
  #watchStep(milliseconds: number, now: number): void {
    if (!this.#options.ready()) {
      this.#prefersParallel = false;
      return;
    }
    if (this.#prefersParallel && this.#watch.add(milliseconds)) {
      this.#slowWindows = this.#watch.mean > this.#oneThread ? this.#slowWindows + 1 : 0;
      this.#watch = new TimingWindow(WATCH_MS);
      if (this.#slowWindows === 2) this.#interval = FIRST_INTERVAL_MS;
    }
    if (now < this.#nextComparison && this.#slowWindows < 2) return;
    this.#comparison = new Comparison();
    this.#comparedFrom = now;
  }

  #compare(comparison: Comparison, milliseconds: number, now: number): void {
    const parallelIsFaster = comparison.add(milliseconds);
    if (parallelIsFaster === undefined) return;
    this.#prefersParallel = parallelIsFaster;
    this.#oneThread = comparison.oneThread;
    this.#comparison = undefined;
    this.#slowWindows = 0;
    this.#watch = new TimingWindow(WATCH_MS);
    const pause = (now - this.#comparedFrom) / MAX_COMPARISON_SHARE;
    this.#nextComparison = now + Math.max(this.#interval, pause);
    this.#interval = Math.min(2 * this.#interval, MAX_INTERVAL_MS);
  }
}

/** Steps that are timed together, until they have taken `minimum` milliseconds. */
class TimingWindow {
  readonly #minimum: number;
  #steps = 0;
  #time = 0;
  #warm = false;

  constructor(minimum: number) {
    this.#minimum = minimum;
  }

  /** Milliseconds of a step. */
  get mean(): number {
    return this.#time / this.#steps;
  }

  /** Count a step; true when the window is full. */
  add(milliseconds: number): boolean {
    if (this.#warm || milliseconds >= this.#minimum) {
      this.#steps += 1;
      this.#time += milliseconds;
    }
    this.#warm = true;
    return this.#time >= this.#minimum;
  }
}

/** One thread against all threads: the best of three rounds, each a window of either. */
class Comparison {
  parallel = false;
  /** Milliseconds of a step on one thread. */
  oneThread = Infinity;
  #window = new TimingWindow(COMPARISON_MS);
  readonly #votes = [0, 0];

  /** Count a step; true or false when it is decided whether all threads are faster. */
  add(milliseconds: number): boolean | undefined {
    if (!this.#window.add(milliseconds)) return undefined;
    const { mean } = this.#window;
    this.#window = new TimingWindow(COMPARISON_MS);
    this.parallel = !this.parallel;
    if (this.parallel) {
      this.oneThread = mean;
      return undefined;
    }
    const faster = mean < MIN_GAIN * this.oneThread;
    this.#votes[Number(faster)] += 1;
    return Math.max(...this.#votes) === 2 ? faster : undefined;
  }
}
