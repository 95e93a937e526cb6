import type { Interval, Point } from './interpolation.js';
import { narrowed, nextStep } from './interpolation.js';

/** Share of the decrease that the slope at the start promises, which a step must reach. */
const DECREASE = 1e-3;
/** Share of the slope at the start that may be left. */
const CURVATURE = 0.9;
/** A bracket of this width, as a share of the step, is not searched further. */
const WIDTH = 0.1;
const MOST_STEP = 1e10;

/**
 * A step along a line that lowers a function enough and flattens its slope: the search of Moré & Thuente
 * (1994), as a machine that is fed one trial after the other. Values that are not finite count as too high.
 */
export class LineSearch {
  readonly #start: Point;
  #interval: Interval;
  /** While set, the function minus the decrease that is asked for is looked at instead. */
  #first = true;
  #width = MOST_STEP;
  #widthBefore = 2 * MOST_STEP;
  #least = 0;
  #most: number;
  #ceiling = MOST_STEP;
  /** The step to try next; once `done`, the step to take. */
  step: number;
  done = false;

  constructor(value: number, slope: number, step: number) {
    this.#start = { step: 0, value, slope };
    this.#interval = { best: this.#start, other: this.#start, bracketed: false };
    this.step = step;
    this.#most = 5 * step;
  }

  /** Tell value and slope at `step`. */
  tell(value: number, slope: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      this.#ceiling = this.step;
      this.#most = this.step;
      this.step = (this.#interval.best.step + this.step) / 2;
      return;
    }
    const trial = { step: this.step, value, slope };
    const wanted = DECREASE * this.#start.slope;
    const low = value <= this.#start.value + this.step * wanted;
    if (low && slope >= 0) this.#first = false;
    if (this.#ends(trial, low, wanted)) {
      this.done = true;
      return;
    }
    const relative = this.#first && value <= this.#interval.best.value && !low;
    this.#advance(trial, relative ? wanted : 0);
  }

  #ends({ step, slope }: Point, low: boolean, wanted: number): boolean {
    const { bracketed } = this.#interval;
    const stuck = step <= this.#least || step >= this.#most || this.#most - this.#least <= WIDTH * this.#most;
    return (
      (bracketed && stuck) ||
      (step === MOST_STEP && low && slope <= wanted) ||
      (low && Math.abs(slope) <= -CURVATURE * this.#start.slope)
    );
  }

  #advance(trial: Point, tilt: number): void {
    const tilted = (point: Point): Point => ({
      step: point.step,
      value: point.value - point.step * tilt,
      slope: point.slope - tilt,
    });
    const { best, other, bracketed } = this.#interval;
    const seen = { best: tilted(best), other: tilted(other), bracketed };
    const after = narrowed(seen, tilted(trial));
    let step = nextStep(seen, tilted(trial), this.#least, this.#most);
    const plain = (point: Point): Point =>
      [best, other, trial].find((each) => each.step === point.step) ?? trial;
    this.#interval = { best: plain(after.best), other: plain(after.other), bracketed: after.bracketed };
    const ends = [this.#interval.best.step, this.#interval.other.step];
    if (after.bracketed) {
      const width = Math.abs(ends[1] - ends[0]);
      if (width >= 0.66 * this.#widthBefore) step = ends[0] + 0.5 * (ends[1] - ends[0]);
      this.#widthBefore = this.#width;
      this.#width = width;
      this.#least = Math.min(...ends);
      this.#most = Math.max(...ends);
    } else {
      this.#least = step + 1.1 * (step - ends[0]);
      this.#most = step + 4 * (step - ends[0]);
    }
    step = Math.max(0, Math.min(this.#ceiling, step));
    const spent = step <= this.#least || step >= this.#most || this.#most - this.#least <= WIDTH * this.#most;
    this.step = after.bracketed && spent ? ends[0] : step;
  }
}
