/** A point of a line: step, value, slope. */
export interface Point {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** An interval of steps in which a minimum along a line is searched. */
export interface Interval {
  /** The best point so far. */
  readonly best: Point;
  /** The other end of the interval. */
  readonly other: Point;
  /** True if a minimum is known to lie between the two. */
  readonly bracketed: boolean;
}

/**
 * Largest share of the way from the trial to the other end that an extrapolation within the bracket may go.
 */
const MAX_SHARE = 0.66;

/** The minimum of the cubic with the values and slopes of two points: a + share · (b − a). */
function cubic(a: Point, b: Point): { at: number; share: number; root: number } {
  const distance = b.step - a.step;
  const theta = (3 * (a.value - b.value)) / distance + a.slope + b.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(a.slope), Math.abs(b.slope));
  const ratio = theta / scale;
  const size = scale * Math.sqrt(Math.max(0, ratio * ratio - (a.slope / scale) * (b.slope / scale)));
  const root = distance < 0 ? -size : size;
  const share = (root - a.slope + theta) / (root - a.slope + root + b.slope);
  return { at: a.step + share * distance, share, root };
}

/** The minimum of the parabola with the slopes of two points. */
function secant(a: Point, b: Point): number {
  return a.step + (a.slope / (a.slope - b.slope)) * (b.step - a.step);
}

/** The minimum of the parabola with two values and the slope of the first. */
function parabola(a: Point, b: Point): number {
  const distance = b.step - a.step;
  return a.step + (a.slope / ((a.value - b.value) / distance + a.slope) / 2) * distance;
}

/** The interval that remains once a trial has been evaluated. */
export function narrowed({ best, other, bracketed }: Interval, trial: Point): Interval {
  const turned = trial.slope * Math.sign(best.slope) < 0;
  if (trial.value > best.value) return { best, other: trial, bracketed: true };
  return { best: trial, other: turned ? best : other, bracketed: bracketed || turned };
}

/**
 * The next step to try, between `min` and `max`, given the interval before the trial: cubic, quadratic or
 * secant interpolation, safeguarded (Moré & Thuente, "Line search algorithms with guaranteed sufficient
 * decrease", ACM TOMS 20, 1994, section 4).
 */
export function nextStep(interval: Interval, trial: Point, min: number, max: number): number {
  const { best, other, bracketed } = interval;
  if (trial.value > best.value) {
    const { at } = cubic(best, trial);
    const flat = parabola(best, trial);
    return Math.abs(at - best.step) < Math.abs(flat - best.step) ? at : at + (flat - at) / 2;
  }
  if (trial.slope * Math.sign(best.slope) < 0)
    return farther(trial, cubic(trial, best).at, secant(trial, best));
  if (Math.abs(trial.slope) < Math.abs(best.slope)) return extrapolated(interval, trial, min, max);
  if (bracketed) return cubic(trial, other).at;
  return trial.step > best.step ? max : min;
}

/**
 * The next step where the slope has the sign of the best point's and is smaller: the minimum of the cubic may
 * lie beyond, or not exist.
 */
function extrapolated({ best, other, bracketed }: Interval, trial: Point, min: number, max: number): number {
  const { at, share, root } = cubic(trial, best);
  const onward = trial.step > best.step;
  const cubicStep = share < 0 && root !== 0 ? at : onward ? max : min;
  const secantStep = secant(trial, best);
  if (!bracketed) return Math.max(min, Math.min(max, farther(trial, cubicStep, secantStep)));
  const near = Math.abs(cubicStep - trial.step) < Math.abs(secantStep - trial.step) ? cubicStep : secantStep;
  const limit = trial.step + MAX_SHARE * (other.step - trial.step);
  return onward ? Math.min(limit, near) : Math.max(limit, near);
}

function farther({ step }: Point, a: number, b: number): number {
  return Math.abs(a - step) > Math.abs(b - step) ? a : b;
}
