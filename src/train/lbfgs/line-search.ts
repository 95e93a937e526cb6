import type { Interval, Point } from './interpolation.js';
import { narrowed, nextStep } from './interpolation.js';

/** Share of the decrease that the slope at the start promises, which a step must reach. */
const DECREASE = 1e-3;
/** Share of the slope at the start that may remain. */
const CURVATURE = 0.9;
/** A bracket of this width, as a share of the step, is not searched further. */
const WIDTH = 0.1;
const MAX_STEP = 1e10;

/**
 * A step along a line that lowers a function enough and flattens its slope: the search of Moré & Thuente
 * (1994), as a state machine: evaluate at `step`, call `tell`, until `done`. Values that are not finite count
 * as too high.
 */
export class LineSearch {
  readonly #start: Point;
  #interval: Interval;
  /** While true, the search minimizes the function minus the required decrease. */
  #first = true;
  #width = MAX_STEP;
  #widthBefore = 2 * MAX_STEP;
  #min = 0;
  #max: number;
  #ceiling = MAX_STEP;
  /** The step to try next; once `done`, the step to take. */
  step: number;
  done = false;

  constructor(value: number, slope: number, step: number) {
    this.#start = { step: 0, value, slope };
    this.#interval = { best: this.#start, other: this.#start, bracketed: false };
    this.step = step;
    this.#max = 5 * step;
  }

  /** Take value and slope at `step`, and set the next `step`, or `done`. */
  tell(value: number, slope: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      this.#ceiling = this.step;
      this.#max = this.step;
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
    const stuck = step <= this.#min || step >= this.#max || this.#max - this.#min <= WIDTH * this.#max;
    return (
      (bracketed && stuck) ||
      (step === MAX_STEP && low && slope <= wanted) ||
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
    let step = nextStep(seen, tilted(trial), this.#min, this.#max);
    const plain = (point: Point): Point =>
      [best, other, trial].find((each) => each.step === point.step) ?? trial;
    this.#interval = { best: plain(after.best), other: plain(after.other), bracketed: after.bracketed };
    const ends = [this.#interval.best.step, this.#interval.other.step];
    if (after.bracketed) {
      const width = Math.abs(ends[1] - ends[0]);
      if (width >= 0.66 * this.#widthBefore) step = ends[0] + 0.5 * (ends[1] - ends[0]);
      this.#widthBefore = this.#width;
      this.#width = width;
      this.#min = Math.min(...ends);
      this.#max = Math.max(...ends);
    } else {
      this.#min = step + 1.1 * (step - ends[0]);
      this.#max = step + 4 * (step - ends[0]);
    }
    step = Math.max(0, Math.min(this.#ceiling, step));
    const spent = step <= this.#min || step >= this.#max || this.#max - this.#min <= WIDTH * this.#max;
    this.step = after.bracketed && spent ? ends[0] : step;
  }
}
