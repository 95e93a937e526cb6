import { isSparse, targetOf } from './mean.js';
import type { MetricState } from './state.js';

/** Weighted counts of one output. */
interface Counts {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
}

const none = (): Counts => ({ truePositives: 0, falsePositives: 0, falseNegatives: 0 });

/** 0 where there is nothing to divide by, as in Keras and scikit-learn. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** Predicted as positive: what is above the threshold; without one, the largest of a row. */
abstract class Confusion implements MetricState {
  readonly #threshold: number | undefined;
  #counts: Counts[] = [];

  constructor(threshold: number | undefined) {
    this.#threshold = threshold;
  }

  update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void {
    const sparse = isSparse(yTrue, rows, columns);
    for (let j = this.#counts.length; j < columns; j++) this.#counts.push(none());
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row] : 1;
      const limit = this.#threshold ?? largestOf(yPred, row * columns, columns);
      for (let j = 0; j < columns; j++) {
        const value = yPred[row * columns + j];
        const positive = this.#threshold === undefined ? value >= limit : value > limit;
        const counts = this.#counts[j];
        if (targetOf(yTrue, row, j, columns, sparse) > 0.5) {
          if (positive) counts.truePositives += weight;
          else counts.falseNegatives += weight;
        } else if (positive) counts.falsePositives += weight;
      }
    }
  }

  result(): number {
    return this.#counts.length > 0 ? this.finish(this.#counts) : NaN;
  }

  reset(): void {
    this.#counts = [];
  }

  protected abstract finish(counts: readonly Counts[]): number;
}

function largestOf(values: Float32Array, start: number, columns: number): number {
  let largest = values[start];
  for (let j = 1; j < columns; j++) largest = Math.max(largest, values[start + j]);
  return largest;
}

function total(counts: readonly Counts[], key: keyof Counts): number {
  return counts.reduce((sum, each) => sum + each[key], 0);
}

/** Of what is predicted to be positive, how much is. */
export class Precision extends Confusion {
  protected finish(counts: readonly Counts[]): number {
    const hits = total(counts, 'truePositives');
    return ratio(hits, hits + total(counts, 'falsePositives'));
  }
}

/** Of what is positive, how much is predicted to be. */
export class Recall extends Confusion {
  protected finish(counts: readonly Counts[]): number {
    const hits = total(counts, 'truePositives');
    return ratio(hits, hits + total(counts, 'falseNegatives'));
  }
}

/** 2 · precision · recall / (precision + recall) of every output, averaged. */
export class F1Score extends Confusion {
  protected finish(counts: readonly Counts[]): number {
    const scores = counts.map(({ truePositives, falsePositives, falseNegatives }) =>
      ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    );
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }
}
