import { isSparse, targetOf } from './mean.js';
import type { MetricState } from './state.js';

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

/** From sorted predictions of positives and of negatives. */
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
