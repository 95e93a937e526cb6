/**
 * Metrics of classification that sum up batch by batch: accuracies, precision, recall, F1, AUC. Scores of
 * whole arrays are in data/scores.
 */
import type { MetricState, RowValue } from './state.js';
import { isSparse, targetOf } from './state.js';

/** The column of the largest value of a row; the first of several. */
function largest(values: Float32Array, start: number, columns: number): number {
  let best = start;
  for (let i = start + 1; i < start + columns; i++) if (values[i] > values[best]) best = i;
  return best - start;
}

/** Share of the outputs on the right side of the threshold. */
export function binaryAccuracy(threshold = 0.5): RowValue {
  return (yTrue, yPred, row, columns, sparse) => {
    const start = row * columns;
    let right = 0;
    for (let j = 0; j < columns; j++) {
      const target = sparse ? (yTrue[row] === j ? 1 : 0) : yTrue[start + j];
      if (target === (yPred[start + j] > threshold ? 1 : 0)) right++;
    }
    return right / columns;
  };
}

/** True if the largest prediction is that of the class. */
export const categoricalAccuracy: RowValue = (yTrue, yPred, row, columns, sparse) => {
  const label = sparse ? yTrue[row] : largest(yTrue, row * columns, columns);
  return largest(yPred, row * columns, columns) === label ? 1 : 0;
};

/**
 * Accuracy, binary for one output and categorical for more, as Keras resolves 'accuracy'
 * (keras/src/trainers/compile_utils.py).
 */
export function accuracy(): RowValue {
  const binary = binaryAccuracy();
  return (yTrue, yPred, row, columns, sparse) =>
    (columns === 1 ? binary : categoricalAccuracy)(yTrue, yPred, row, columns, sparse);
}

/** True if fewer than k predictions are larger than that of the class. */
export function topK(k: number): RowValue {
  return (yTrue, yPred, row, columns, sparse) => {
    const start = row * columns;
    const own = yPred[start + (sparse ? yTrue[row] : largest(yTrue, start, columns))];
    let larger = 0;
    for (let j = 0; j < columns; j++) if (yPred[start + j] > own) larger++;
    return larger < k ? 1 : 0;
  };
}

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

/** Precision: the share of predicted positives that are positive. */
export class Precision extends Confusion {
  protected finish(counts: readonly Counts[]): number {
    const hits = total(counts, 'truePositives');
    return ratio(hits, hits + total(counts, 'falsePositives'));
  }
}

/** Recall: the share of positives that are predicted as such. */
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

/**
 * Area under the ROC curve over all outputs together: the share of pairs of a positive and a negative whose
 * predictions are in order, ties counting half. Exact; keeps all predictions. NaN where positives or
 * negatives are missing.
 */
export class Auc implements MetricState {
  #scores = new Float32Array(0);
  /** Positive for positives, negative for negatives: the weight. */
  #weights = new Float32Array(0);
  #length = 0;
  #known: number | undefined;

  update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void {
    this.#reserve(this.#length + rows * columns);
    const sparse = isSparse(yTrue, rows, columns);
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row] : 1;
      for (let j = 0; j < columns; j++) {
        this.#scores[this.#length] = yPred[row * columns + j];
        this.#weights[this.#length] = targetOf(yTrue, row, j, columns, sparse) > 0.5 ? weight : -weight;
        this.#length++;
      }
    }
    this.#known = undefined;
  }

  result(): number {
    this.#known ??= this.#area();
    return this.#known;
  }

  explainNaN(rows: string): string | undefined {
    if (this.#length === 0) return undefined;
    const weights = this.#weights.subarray(0, this.#length);
    const oneClass = weights.every((weight) => weight >= 0) || weights.every((weight) => weight <= 0);
    return oneClass ? `${rows} are all of one class` : 'predictions are NaN';
  }

  reset(): void {
    this.#length = 0;
    this.#known = undefined;
  }

  #reserve(length: number): void {
    if (length <= this.#scores.length) return;
    const size = Math.max(length, 2 * this.#scores.length);
    const [scores, weights] = [new Float32Array(size), new Float32Array(size)];
    scores.set(this.#scores.subarray(0, this.#length));
    weights.set(this.#weights.subarray(0, this.#length));
    [this.#scores, this.#weights] = [scores, weights];
  }

  #area(): number {
    const scores = this.#scores.subarray(0, this.#length);
    const weights = this.#weights.subarray(0, this.#length);
    if (scores.some(Number.isNaN)) return NaN;
    return weights.every((weight) => weight === 1 || weight === -1)
      ? areaOf(sortedWhere(scores, weights, 1), sortedWhere(scores, weights, -1))
      : weightedArea(scores, weights);
  }
}

/** The predictions whose weight has this sign, ascending. */
function sortedWhere(scores: Float32Array, weights: Float32Array, sign: number): Float32Array {
  const chosen = new Float32Array(scores.length);
  let length = 0;
  for (let i = 0; i < scores.length; i++) if (weights[i] * sign > 0) chosen[length++] = scores[i];
  return chosen.subarray(0, length).sort();
}

/** Area under the ROC curve from sorted predictions of positives and of negatives. */
function areaOf(positives: Float32Array, negatives: Float32Array): number {
  let pairs = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below] < score) below++;
    while (notAbove < negatives.length && negatives[notAbove] <= score) notAbove++;
    pairs += 0.5 * (below + notAbove);
  }
  const all = positives.length * negatives.length;
  return all > 0 ? pairs / all : NaN;
}

function weightedArea(scores: Float32Array, weights: Float32Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let pairs = 0;
  let positives = 0;
  let negatives = 0;
  for (let begin = 0, end: number; begin < order.length; begin = end) {
    let here = 0;
    let against = 0;
    const score = scores[order[begin]];
    for (end = begin; end < order.length && scores[order[end]] === score; end++) {
      const weight = weights[order[end]];
      if (weight > 0) here += weight;
      else against -= weight;
    }
    pairs += here * (negatives + 0.5 * against);
    positives += here;
    negatives += against;
  }
  return positives > 0 && negatives > 0 ? pairs / (positives * negatives) : NaN;
}
