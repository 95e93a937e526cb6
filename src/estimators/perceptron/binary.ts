/**
 * One class against the others: the training of a single linear unit, in float64, with scikit-learn's
 * formulas. Several classes, weights and early stopping are in training.ts; operations on a row are in
 * samples.ts.
 */
import { ValueError } from '../../errors.js';
import { allFinite } from '../../ndarray.js';
import { ascending } from '../../random.js';
import type { PerceptronParams } from './options.js';
import type { Samples } from './samples.js';
import { sumOfMagnitudes, sumOfSquares } from './samples.js';

/** Data and options that all one-vs-all problems of a call share. */
export interface Problem {
  readonly params: PerceptronParams;
  readonly samples: Samples;
  /** Class of every row. */
  readonly codes: Int32Array;
  readonly sampleWeight?: ArrayLike<number>;
  /** 1 for rows that are held out; without early stopping undefined. */
  readonly heldOut?: Uint8Array;
}

/** One class against the others. */
export interface Side {
  readonly positive: number;
  readonly positiveWeight: number;
  readonly negativeWeight: number;
  /** Seed of the shuffles. */
  readonly seed: number;
  /** Weights to go on from; changed by training. */
  readonly weight: Float64Array;
  readonly intercept: number;
}

const MIN_SCALE = 1e-9;

/**
 * A perceptron for two classes, y = ±1, in the middle of training: scikit-learn 1.9's plain SGD
 * (sklearn/linear_model/_sgd_fast.pyx) with the perceptron loss max(0, −y · p), p = scale · weight · x +
 * intercept. Where y · p ≤ 0: weight += eta0 · y · x (times the weights of class and row), intercept
 * likewise. Penalties: l2 shrinks `scale` at every row; l1 is cumulative (Tsuruoka, Tsujii & Ananiadou,
 * 2009). Training stops by the loss, and with a penalty by the loss and the penalty of the weights that each
 * row has met.
 */
export class BinaryTraining {
  intercept: number;
  nIter = 0;
  finished = false;
  /** Σ loss of the epoch under way, or of the last one. */
  loss = 0;
  readonly #problem: Problem;
  readonly #side: Side;
  readonly #order: RowOrder;
  readonly #l2Factor: number;
  readonly #l1Step: number;
  /** Penalty that each weight has received. */
  readonly #received: Float64Array | undefined;
  /** Loss and penalty of the epoch; undefined where training does not stop by them. */
  readonly #objective: PenalizedObjective | undefined;
  #scale = 1;
  #due = 0;
  #best: number;
  #misses = 0;
  #position = 0;

  constructor(problem: Problem, side: Side) {
    const { penalty, alpha, eta0, l1Ratio, shuffle, tol } = problem.params;
    const ratio = { l2: 0, l1: 1, elasticnet: l1Ratio }[penalty ?? 'l2'];
    this.#problem = problem;
    this.#side = side;
    this.#order = new RowOrder(problem.samples.rows, shuffle ? side.seed : undefined);
    this.#l2Factor =
      penalty === 'l2' || penalty === 'elasticnet' ? Math.max(0, 1 - (1 - ratio) * eta0 * alpha) : 1;
    this.#l1Step = ratio * eta0 * alpha;
    const truncates = penalty === 'l1' || penalty === 'elasticnet';
    this.#received = truncates ? new Float64Array(problem.samples.features) : undefined;
    if (penalty !== null && tol !== null && !problem.heldOut) {
      this.#objective = new PenalizedObjective(side.weight, alpha, ratio);
    }
    this.intercept = side.intercept;
    this.#best = problem.heldOut ? -Infinity : Infinity;
  }

  /** What the weights are still to be multiplied with. */
  get scale(): number {
    return this.#scale;
  }

  /** Train on up to `maxRows` rows; true when that ends an epoch. */
  advance(maxRows: number): boolean {
    const { index } = this.#order;
    const { heldOut } = this.#problem;
    if (this.#position === 0) {
      this.#order.next();
      this.loss = 0;
    }
    const end = Math.min(index.length, this.#position + maxRows);
    for (let i = this.#position; i < end; i++) if (!heldOut || heldOut[index[i]] === 0) this.#row(index[i]);
    this.#position = end;
    if (end < index.length) return false;
    this.#position = 0;
    this.#endEpoch();
    return true;
  }

  #row(row: number): void {
    const { samples, codes, sampleWeight, params } = this.#problem;
    const { weight, positive, positiveWeight, negativeWeight } = this.#side;
    const y = codes[row] === positive ? 1 : -1;
    const p = samples.dot(row, weight) * this.#scale + this.intercept;
    const hit = p * y <= 0;
    const loss = hit ? -p * y : 0;
    this.loss += loss;
    this.#objective?.add(loss);
    if (this.#l2Factor !== 1) this.#shrink();
    if (hit) {
      const factor = (y === 1 ? positiveWeight : negativeWeight) * (sampleWeight ? sampleWeight[row] : 1);
      const step = params.eta0 * y * factor;
      if (step !== 0) {
        samples.add(row, weight, step / this.#scale);
        this.#objective?.update(samples, row, weight, this.#scale);
        if (params.fitIntercept) this.intercept += step * samples.interceptFactor;
      }
    }
    if (this.#received) this.#truncate(row, weight, this.#received);
  }

  #shrink(): void {
    this.#scale *= this.#l2Factor;
    this.#objective?.shrink(this.#l2Factor);
    if (this.#scale >= MIN_SCALE) return;
    const { weight } = this.#side;
    for (let j = 0; j < weight.length; j++) weight[j] *= this.#scale;
    this.#scale = 1;
  }

  #truncate(row: number, weight: Float64Array, received: Float64Array): void {
    const scale = this.#scale;
    const due = (this.#due += this.#l1Step);
    this.#problem.samples.eachColumn(row, (j) => {
      const before = weight[j];
      if (scale * before > 0) weight[j] = Math.max(0, before - (due + received[j]) / scale);
      else if (scale * before < 0) weight[j] = Math.min(0, before + (due - received[j]) / scale);
      received[j] += scale * (weight[j] - before);
    });
  }

  #endEpoch(): void {
    this.nIter += 1;
    const { params, samples, heldOut } = this.#problem;
    if (!Number.isFinite(this.intercept) || !allFinite(this.#side.weight)) {
      throw new ValueError(
        `Floating-point under-/overflow occurred at epoch #${this.nIter}. Scaling input data with StandardScaler or MinMaxScaler might help.`,
      );
    }
    const { tol, nIterNoChange, maxIter } = params;
    if (heldOut) {
      const score = this.#score(heldOut);
      const missed = tol !== null && (Number.isNaN(score) || score < this.#best + tol);
      this.#misses = missed ? this.#misses + 1 : 0;
      if (score > this.#best) this.#best = score;
    } else if (this.#objective) {
      const mean = this.#objective.mean(samples.rows);
      this.#misses = mean > this.#best - tol! ? this.#misses + 1 : 0;
      if (mean < this.#best) this.#best = mean;
    } else {
      const missed = tol !== null && this.loss > this.#best - tol * samples.rows;
      this.#misses = missed ? this.#misses + 1 : 0;
      if (this.loss < this.#best) this.#best = this.loss;
    }
    this.finished = this.#misses >= nIterNoChange || this.nIter === maxIter;
  }

  /** Accuracy on the rows held out. As in scikit-learn, without `scale`. */
  #score(heldOut: Uint8Array): number {
    const { samples, codes, sampleWeight } = this.#problem;
    const { weight, positive } = this.#side;
    let right = 0;
    let total = 0;
    for (let row = 0; row < heldOut.length; row++) {
      if (heldOut[row] === 0) continue;
      const own = sampleWeight ? sampleWeight[row] : 1;
      const predicted = samples.dot(row, weight) + this.intercept > 0;
      total += own;
      if (predicted === (codes[row] === positive)) right += own;
    }
    return right / total;
  }
}

/**
 * What a perceptron with a penalty stops by: the mean over the rows of an epoch of
 *
 *     loss + alpha · ((1 − l1Ratio) · ½ · Σ weight² + l1Ratio · Σ |weight|)
 *
 * with the weights as the row meets them. As in scikit-learn 1.9 (sklearn/linear_model/_sgd_fast.pyx and
 * sklearn/utils/_weight_vector.pyx) the sums are kept up to date as cheaply as they can be: an update sums
 * over the columns of its row only, and what the l1 penalty cuts off is not taken out before the next update.
 */
class PenalizedObjective {
  readonly #alpha: number;
  readonly #l1Ratio: number;
  #squares: number;
  #magnitudes: number;
  #sum = 0;

  constructor(weight: Float64Array, alpha: number, l1Ratio: number) {
    this.#alpha = alpha;
    this.#l1Ratio = l1Ratio;
    this.#squares = sumOfSquares(weight);
    this.#magnitudes = sumOfMagnitudes(weight);
  }

  /** Count a row by its loss and the present penalty. */
  add(loss: number): void {
    const norm = Math.sqrt(this.#squares);
    const l2 = (1 - this.#l1Ratio) * 0.5 * (norm * norm);
    this.#sum += loss + this.#alpha * (l2 + this.#l1Ratio * this.#magnitudes);
  }

  /** All weights have been multiplied with a factor >= 0. */
  shrink(factor: number): void {
    this.#squares *= factor * factor;
    this.#magnitudes *= factor;
  }

  /** The weights of a row, which are still to be multiplied with `scale`, have been updated. */
  update(samples: Samples, row: number, weight: Float64Array, scale: number): void {
    this.#squares = samples.squares(row, weight) * (scale * scale);
    this.#magnitudes = samples.magnitudes(row, weight) * scale;
  }

  /** The mean over the rows of the epoch that ends; the next one begins at 0. */
  mean(rows: number): number {
    const mean = this.#sum / rows;
    this.#sum = 0;
    return mean;
  }
}

/**
 * The order of rows in each epoch, as scikit-learn's SequentialDataset shuffles it
 * (sklearn/utils/_seq_dataset.pyx.tp): a Fisher-Yates shuffle by xorshift32 (Marsaglia, 2003) that starts
 * from the same seed in every epoch, and works on the order of the epoch before.
 */
class RowOrder {
  readonly index: Int32Array;
  readonly #seed: number;

  /** @param seed 0 to 2^31 − 2; undefined leaves rows in order */
  constructor(
    rows: number,
    readonly seed: number | undefined,
  ) {
    this.index = ascending(rows);
    this.#seed = seed ?? 0;
  }

  /** Shuffle for the next epoch. */
  next(): void {
    if (this.seed === undefined) return;
    const { index } = this;
    const n = index.length;
    let s = this.#seed;
    for (let i = 0; i < n - 1; i++) {
      if (s === 0) s = 1;
      s ^= s << 13;
      s ^= s >>> 17;
      s ^= s << 5;
      const j = i + ((s & 0x7fffffff) % (n - i));
      const moved = index[i];
      index[i] = index[j];
      index[j] = moved;
    }
  }
}
