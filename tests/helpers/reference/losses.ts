import { sigmoid, softmax } from './activations.js';

/** Labels (rows) for classes, values (rows, outputs) otherwise. */
export type ReferenceTargets = ArrayLike<number>;

/** Loss of one row from the outputs of the last layer, and its gradient with respect to them. */
export interface ReferenceLoss {
  /** Whether a row's target is one label rather than one value per output. */
  readonly labels: boolean;
  readonly row: (outputs: Float64Array, targets: readonly number[]) => number;
  readonly gradient: (outputs: Float64Array, targets: readonly number[]) => Float64Array;
}

type Term = (y: number, t: number) => number;

/** One term per output, averaged; `count` says what the sum is divided by. */
function byOutput(
  value: Term,
  slope: Term,
  count: (outputs: number) => number = (outputs) => outputs,
): ReferenceLoss {
  return {
    labels: false,
    row: (y, t) => y.reduce((sum, output, j) => sum + value(output, t[j]), 0) / count(y.length),
    gradient: (y, t) => y.map((output, j) => slope(output, t[j]) / count(y.length)),
  };
}

const EPSILON = 1e-7;
const kept = (p: number, most = 1 - EPSILON): number => Math.min(Math.max(p, EPSILON), most);
const inRange = (p: number, most = 1 - EPSILON): boolean => p >= EPSILON && p <= most;

/** Targets of 0 and 1 stand for −1 and 1; the tests give no others. */
const side = (t: number): number => 2 * t - 1;
const margin = (y: number, t: number): number => Math.max(0, 1 - side(t) * y);

export function huber(delta: number): ReferenceLoss {
  return byOutput(
    (y, t) => (Math.abs(y - t) <= delta ? 0.5 * (y - t) ** 2 : delta * Math.abs(y - t) - 0.5 * delta ** 2),
    (y, t) => Math.min(Math.max(y - t, -delta), delta),
  );
}

const elements = {
  meanSquaredError: byOutput(
    (y, t) => (y - t) ** 2,
    (y, t) => 2 * (y - t),
  ),
  halfSquaredError: byOutput(
    (y, t) => 0.5 * (y - t) ** 2,
    (y, t) => y - t,
    () => 1,
  ),
  meanAbsoluteError: byOutput(
    (y, t) => Math.abs(y - t),
    (y, t) => Math.sign(y - t),
  ),
  meanAbsolutePercentageError: byOutput(
    (y, t) => (100 * Math.abs(y - t)) / Math.max(Math.abs(t), EPSILON),
    (y, t) => (100 * Math.sign(y - t)) / Math.max(Math.abs(t), EPSILON),
  ),
  meanSquaredLogarithmicError: byOutput(
    (y, t) => (Math.log1p(Math.max(y, EPSILON)) - Math.log1p(Math.max(t, EPSILON))) ** 2,
    (y, t) => (y > EPSILON ? (2 * (Math.log1p(y) - Math.log1p(Math.max(t, EPSILON)))) / (1 + y) : 0),
  ),
  huber: huber(1),
  logCosh: byOutput(
    (y, t) => Math.log(Math.cosh(y - t)),
    (y, t) => Math.tanh(y - t),
  ),
  poisson: byOutput(
    (y, t) => y - t * Math.log(y + EPSILON),
    (y, t) => 1 - t / (y + EPSILON),
  ),
  poissonDeviance: byOutput(
    (y, t) => (t === 0 ? 0 : t * Math.log(t / y)) - t + y,
    (y, t) => 1 - t / y,
  ),
  binaryCrossentropy: byOutput(
    (y, t) => -t * Math.log(kept(y)) - (1 - t) * Math.log(1 - kept(y)),
    (y, t) => (inRange(y) ? (1 - t) / (1 - y) - t / y : 0),
  ),
  kullbackLeiblerDivergence: byOutput(
    (y, t) => kept(t, 1) * Math.log(kept(t, 1) / kept(y, 1)),
    (y, t) => (inRange(y, 1) ? -kept(t, 1) / y : 0),
    () => 1,
  ),
  hinge: byOutput(margin, (y, t) => (margin(y, t) > 0 ? -side(t) : 0)),
  squaredHinge: byOutput(
    (y, t) => margin(y, t) ** 2,
    (y, t) => -2 * side(t) * margin(y, t),
  ),
  sigmoidCrossEntropy: byOutput(
    (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
    (z, t) => sigmoid(z) - t,
  ),
} as const satisfies Record<string, ReferenceLoss>;

/** ln Σ e^z without overflow. */
function logSumExp(z: Float64Array): number {
  const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(z.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

const total = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
const dot = (a: Float64Array, b: readonly number[]): number => total(a.map((value, j) => value * b[j]));

/** The largest output of another class, and that class. */
function worst(y: Float64Array, t: readonly number[]): { value: number; at: number } {
  const values = y.map((p, j) => (1 - t[j]) * p);
  const value = Math.max(...values);
  return { value, at: values.indexOf(value) };
}

export const losses = {
  ...elements,
  softmaxCrossEntropy: {
    labels: true,
    row: (z, [label]) => logSumExp(z) - z[label],
    gradient: (z, [label]) => softmax(z).map((p, j) => p - (j === label ? 1 : 0)),
  },
  softmaxCrossEntropyTargets: {
    labels: false,
    row: (z, t) => total(t) * logSumExp(z) - dot(z, t),
    gradient: (z, t) => softmax(z).map((p, j) => p * total(t) - t[j]),
  },
  categoricalCrossentropy: {
    labels: false,
    row: (y, t) =>
      -dot(
        y.map((p) => Math.log(kept(p / total(y)))),
        t,
      ),
    gradient: (y, t) => {
      const sum = total(y);
      const counted = t.filter((_, j) => inRange(y[j] / sum));
      return y.map((p, j) => total(counted) / sum - (inRange(p / sum) ? t[j] / p : 0));
    },
  },
  categoricalHinge: {
    labels: false,
    row: (y, t) => Math.max(0, 1 + worst(y, t).value - dot(y, t)),
    gradient: (y, t) => {
      const { value, at } = worst(y, t);
      const active = 1 + value - dot(y, t) > 0 ? 1 : 0;
      return y.map((_, j) => active * ((j === at ? 1 - t[j] : 0) - t[j]));
    },
  },
} as const satisfies Record<string, ReferenceLoss>;

export type ReferenceLossName = keyof typeof losses;
