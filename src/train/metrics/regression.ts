/**
 * Metrics of regression, and metrics that are the mean of a loss, which sum up batch by batch. Scores of
 * whole arrays are in data/scores.
 */
import type { MetricState, RowValue } from './state.js';
import { isSparse, targetOf, RowMean } from './state.js';
import { exp, log, log1p } from '../../math.js';
import type { LossOptions, NamedLoss } from '../../network/loss-options.js';

/**
 * Cosine of the angle between targets and predictions of a row, by the definition of
 * keras/src/losses/losses.py.
 */
export const cosineSimilarity: RowValue = (yTrue, yPred, row, columns, sparse) => {
  let product = 0;
  let squares = 0;
  let targetSquares = 0;
  for (let j = 0; j < columns; j++) {
    const target = targetOf(yTrue, row, j, columns, sparse);
    const value = yPred[row * columns + j];
    product += target * value;
    squares += value * value;
    targetSquares += target * target;
  }
  return product / (Math.max(Math.sqrt(squares), 1e-7) * Math.max(Math.sqrt(targetSquares), 1e-7));
};

/**
 * Sums of one output. Targets are counted from the first one, so that a large mean does not cancel their
 * spread.
 */
interface OutputSums {
  readonly origin: number;
  weight: number;
  residuals: number;
  sum: number;
  squares: number;
}

/**
 * 1 − Σ (t − p)² / Σ (t − mean t)² of every output, averaged over the outputs. Constant targets count 1 if
 * they are met exactly, else 0, as in scikit-learn.
 */
export class R2Score implements MetricState {
  #outputs: OutputSums[] = [];

  update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void {
    const sparse = isSparse(yTrue, rows, columns);
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row] : 1;
      for (let j = 0; j < columns; j++) {
        const target = targetOf(yTrue, row, j, columns, sparse);
        this.#outputs[j] ??= { origin: target, weight: 0, residuals: 0, sum: 0, squares: 0 };
        const sums = this.#outputs[j];
        const difference = target - sums.origin;
        const residual = target - yPred[row * columns + j];
        sums.weight += weight;
        sums.residuals += weight * residual * residual;
        sums.sum += weight * difference;
        sums.squares += weight * difference * difference;
      }
    }
  }

  result(): number {
    const scores = this.#outputs.map(({ weight, residuals, sum, squares }) => {
      if (!(weight > 0)) return NaN;
      const spread = squares - (sum * sum) / weight;
      if (spread > 0) return 1 - residuals / spread;
      return residuals === 0 ? 1 : residuals > 0 ? 0 : NaN;
    });
    return scores.length > 0 ? scores.reduce((total, score) => total + score, 0) / scores.length : NaN;
  }

  reset(): void {
    this.#outputs = [];
  }
}

/** Keras's epsilon: probabilities and logarithms are kept this far from their poles. */
const EPSILON = 1e-7;

type Term = (p: number, t: number, options: LossOptions) => number;

function clip(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}

const hinge: Term = (p, t) => Math.max(1 - t * p, 0);

/** Losses with one term per output, by the definitions of keras/src/losses/losses.py. */
const TERMS: Partial<Record<NamedLoss, Term>> = {
  meanSquaredError: (p, t) => (p - t) * (p - t),
  meanAbsoluteError: (p, t) => Math.abs(p - t),
  meanAbsolutePercentageError: (p, t) => (100 * Math.abs(p - t)) / Math.max(Math.abs(t), EPSILON),
  meanSquaredLogarithmicError: (p, t) => {
    const difference = log(Math.max(p, EPSILON) + 1) - log(Math.max(t, EPSILON) + 1);
    return difference * difference;
  },
  huber: (p, t, { delta = 1 }) => {
    const error = Math.abs(p - t);
    return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta;
  },
  logCosh: (p, t) => softplus(-2 * Math.abs(p - t)) + Math.abs(p - t) - Math.LN2,
  poisson: (p, t) => p - t * log(p + EPSILON),
  binaryCrossentropy: (p, t, { fromLogits, labelSmoothing = 0 }) => {
    const target = t * (1 - labelSmoothing) + 0.5 * labelSmoothing;
    if (fromLogits) return softplus(p) - p * target;
    const q = clip(p, EPSILON, 1 - EPSILON);
    return -(target * log(q) + (1 - target) * log(1 - q));
  },
  hinge,
  squaredHinge: (p, t, options) => hinge(p, t, options) * hinge(p, t, options),
};

function sumOf(columns: number, term: (j: number) => number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += term(j);
  return sum;
}

function crossEntropy({ fromLogits, labelSmoothing = 0 }: LossOptions): RowValue {
  return (yTrue, yPred, row, columns, sparse) => {
    const at = (j: number): number => yPred[row * columns + j];
    let largest = -Infinity;
    for (let j = 0; j < columns; j++) largest = Math.max(largest, at(j));
    const total = sumOf(columns, fromLogits ? (j) => exp(at(j) - largest) : at);
    const logTotal = fromLogits ? largest + log(total) : 0;
    return sumOf(columns, (j) => {
      const target = targetOf(yTrue, row, j, columns, sparse);
      const smoothed = target * (1 - labelSmoothing) + labelSmoothing / columns;
      if (smoothed === 0) return 0;
      return smoothed * (fromLogits ? logTotal - at(j) : -log(clip(at(j) / total, EPSILON, 1 - EPSILON)));
    });
  };
}

const categoricalHinge: RowValue = (yTrue, yPred, row, columns, sparse) => {
  let positive = 0;
  let negative = -Infinity;
  for (let j = 0; j < columns; j++) {
    const target = targetOf(yTrue, row, j, columns, sparse);
    const value = yPred[row * columns + j];
    positive += target * value;
    negative = Math.max(negative, (1 - target) * value);
  }
  return Math.max(0, negative - positive + 1);
};

const divergence: RowValue = (yTrue, yPred, row, columns, sparse) =>
  sumOf(columns, (j) => {
    const target = clip(targetOf(yTrue, row, j, columns, sparse), EPSILON, 1);
    return target * log(target / clip(yPred[row * columns + j], EPSILON, 1));
  });

function rowLoss(name: NamedLoss, options: LossOptions): RowValue {
  if (name === 'categoricalHinge') return categoricalHinge;
  if (name === 'kullbackLeiblerDivergence') return divergence;
  const term = TERMS[name];
  if (!term) return crossEntropy(options);
  return (yTrue, yPred, row, columns, sparse) =>
    sumOf(columns, (j) => {
      return term(yPred[row * columns + j], targetOf(yTrue, row, j, columns, sparse), options);
    }) / columns;
}

/** The mean of a loss over the rows. */
export class LossMean extends RowMean {
  readonly #signed: boolean;

  constructor(name: NamedLoss, options: LossOptions, finish?: (mean: number) => number) {
    super(rowLoss(name, options), finish);
    this.#signed = name === 'hinge' || name === 'squaredHinge';
  }

  /** Hinge losses read targets of 0 and 1 as −1 and 1, if the batch has no others. */
  override update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void {
    let targets = yTrue;
    if (this.#signed && !isSparse(yTrue, rows, columns)) {
      const binary = yTrue.subarray(0, rows * columns).every((target) => target === 0 || target === 1);
      if (binary) targets = yTrue.map((target) => 2 * target - 1);
    }
    super.update(targets, yPred, rows, columns, weights);
  }
}
