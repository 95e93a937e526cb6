import type { MetricState, RowValue } from './state.js';
import { isSparse, targetOf } from './state.js';

/** Cosine of the angle between targets and predictions of a row, by the definition of keras/src/losses/losses.py. */
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

/** Sums of one output. Targets are counted from the first one, so that a large mean does not cancel their spread. */
interface OutputSums {
  readonly origin: number;
  weight: number;
  residuals: number;
  sum: number;
  squares: number;
}

/**
 * 1 − Σ (t − p)² / Σ (t − mean t)² of every output, averaged over the outputs. Constant targets count 1 if they are met
 * exactly, else 0, as in scikit-learn.
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
