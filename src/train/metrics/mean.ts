import type { MetricState } from './state.js';

/** The value of one row. `sparse`: yTrue holds class numbers, one per row. */
export type RowValue = (
  yTrue: Float32Array,
  yPred: Float32Array,
  row: number,
  columns: number,
  sparse: boolean,
) => number;

/** Class numbers instead of one value per column. */
export function isSparse(yTrue: Float32Array, rows: number, columns: number): boolean {
  return columns > 1 && yTrue.length === rows;
}

/** The target of one output; of class numbers, whether it is that class. */
export function targetOf(
  yTrue: Float32Array,
  row: number,
  j: number,
  columns: number,
  sparse: boolean,
): number {
  if (sparse) return yTrue[row] === j ? 1 : 0;
  return yTrue[row * columns + j];
}

/** The weighted mean over all rows, summed in float64 in their order. */
export class RowMean implements MetricState {
  readonly #value: RowValue;
  readonly #finish: (mean: number) => number;
  #sum = 0;
  #weight = 0;

  constructor(value: RowValue, finish: (mean: number) => number = (mean) => mean) {
    this.#value = value;
    this.#finish = finish;
  }

  update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void {
    const value = this.#value;
    const sparse = isSparse(yTrue, rows, columns);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      sum += value(yTrue, yPred, row, columns, sparse) * (weights ? weights[row] : 1);
    }
    this.add(sum, weights ? weights.subarray(0, rows).reduce((total, weight) => total + weight, 0) : rows);
  }

  /** A sum of values whose weights add up to `weight`. */
  add(sum: number, weight: number): void {
    this.#sum += sum;
    this.#weight += weight;
  }

  result(): number {
    return this.#weight > 0 ? this.#finish(this.#sum / this.#weight) : NaN;
  }

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }
}
