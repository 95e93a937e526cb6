import type { Samples } from './samples.js';
import { sumOfMagnitudes, sumOfSquares } from './samples.js';

/**
 * What a perceptron with a penalty stops by: the mean over the rows of an epoch of
 *
 *     loss + alpha · ((1 − l1Ratio) · ½ · Σ weight² + l1Ratio · Σ |weight|)
 *
 * with the weights as the row meets them. As in scikit-learn 1.9 (sklearn/linear_model/_sgd_fast.pyx and
 * sklearn/utils/_weight_vector.pyx) the sums are kept up to date as cheaply as they can be: an update sums over the columns
 * of its row only, and what the l1 penalty cuts off is not taken out before the next update.
 */
export class PenalizedObjective {
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
