/** Milliseconds of a measurement. Its first step, after a change, is left out unless it takes as long alone. */
const WINDOW_MS = 6;

/** A measurement of the threads at work. */
const WATCH_MS = 30;

/** Shared steps must be so much shorter. */
const GAIN = 0.97;

/** Milliseconds until one looks again: twice as many every time, unless the steps have become slow. */
const FIRST_INTERVAL_MS = 60;
const MOST_INTERVAL_MS = 3000;

/** A look may take this part of the time. */
const LOOK_SHARE = 1 / 30;

/** Milliseconds of steps after which threads that have to be started are worth it. */
const START_MS = 100;

export interface PaceOptions {
  /** Milliseconds. */
  readonly clock?: () => number;
  /** Whether the other threads are waiting for work. */
  readonly ready: () => boolean;
  /** Called once, when the training has turned out to last. */
  readonly start: () => void;
  /** Whether starting costs next to nothing. */
  readonly started: boolean;
}

/**
 * Finds out whether several threads are faster than one, by the clock: from time to time some steps are computed on one
 * thread and some on all, in turns. The bits are the same; and where processors are far from each other, or busy with
 * something else, one thread does it all.
 */
export class Pace {
  readonly #options: Required<PaceOptions>;
  #shared = false;
  #chosen = false;
  /** Rows of the steps that are compared: of all but the last ones of epochs. */
  #rows = 0;
  #spent = 0;
  #starting = false;
  #look: Look | undefined;
  #lookFrom = 0;
  #nextLook = 0;
  #interval = FIRST_INTERVAL_MS;
  /** Milliseconds of a step on one thread, when last measured. */
  #alone = Infinity;
  #watch = new Window(WATCH_MS);
  #slow = 0;

  constructor(options: PaceOptions) {
    this.#options = { clock: () => performance.now(), ...options };
  }

  /** Whether the present step is for all threads. */
  get shared(): boolean {
    return this.#shared;
  }

  /** Whether all threads have turned out to be faster. */
  get chosen(): boolean {
    return this.#chosen;
  }

  /** Compute a step of so many rows. */
  step<T>(rows: number, body: () => T): T {
    const { clock } = this.#options;
    this.choose();
    const begin = clock();
    const result = body();
    this.count(rows, clock() - begin);
    return result;
  }

  /** Decide which threads the step that now begins is computed on. */
  choose(): void {
    this.#shared = (this.#look?.shared ?? this.#chosen) && this.#options.ready();
  }

  /** Count a step of so many rows that took so many milliseconds of computing. */
  count(rows: number, time: number): void {
    const now = this.#options.clock();
    this.#spent += time;
    if (!this.#starting && (this.#options.started || this.#spent >= START_MS)) {
      this.#starting = true;
      this.#options.start();
    }
    if (rows > this.#rows) {
      this.#rows = rows;
      this.#look = undefined;
    } else if (rows === this.#rows) {
      if (this.#look) this.#vote(this.#look, time, now);
      else this.#wait(time, now);
    }
  }

  /** Count a step outside of looks. */
  #wait(time: number, now: number): void {
    if (!this.#options.ready()) {
      this.#chosen = false;
      return;
    }
    if (this.#chosen && this.#watch.add(time)) {
      this.#slow = this.#watch.mean > this.#alone ? this.#slow + 1 : 0;
      this.#watch = new Window(WATCH_MS);
      if (this.#slow === 2) this.#interval = FIRST_INTERVAL_MS;
    }
    if (now < this.#nextLook && this.#slow < 2) return;
    this.#look = new Look();
    this.#lookFrom = now;
  }

  #vote(look: Look, time: number, now: number): void {
    const chosen = look.add(time);
    if (chosen === undefined) return;
    this.#chosen = chosen;
    this.#alone = look.alone;
    this.#look = undefined;
    this.#slow = 0;
    this.#watch = new Window(WATCH_MS);
    this.#nextLook = now + Math.max(this.#interval, (now - this.#lookFrom) / LOOK_SHARE);
    this.#interval = Math.min(2 * this.#interval, MOST_INTERVAL_MS);
  }
}

/** Steps measured together. */
class Window {
  readonly #least: number;
  #steps = 0;
  #time = 0;
  #warm = false;

  constructor(least: number) {
    this.#least = least;
  }

  /** Milliseconds of a step. */
  get mean(): number {
    return this.#time / this.#steps;
  }

  /** Count a step; true when there are enough. */
  add(time: number): boolean {
    if (this.#warm || time >= this.#least) {
      this.#steps += 1;
      this.#time += time;
    }
    this.#warm = true;
    return this.#time >= this.#least;
  }
}

/** Two of three comparisons of one thread with all threads. */
class Look {
  shared = false;
  alone = Infinity;
  #window = new Window(WINDOW_MS);
  readonly #votes = [0, 0];

  /** Count a step; the result when there is one: whether all threads are faster. */
  add(time: number): boolean | undefined {
    if (!this.#window.add(time)) return undefined;
    const { mean } = this.#window;
    this.#window = new Window(WINDOW_MS);
    this.shared = !this.shared;
    if (this.shared) {
      this.alone = mean;
      return undefined;
    }
    const faster = mean < GAIN * this.alone;
    this.#votes[Number(faster)] += 1;
    return Math.max(...this.#votes) === 2 ? faster : undefined;
  }
}
