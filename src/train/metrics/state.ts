/**
 * States of metrics, which sum up batch by batch, and their types. Not for the single metrics
 * (classification.ts, regression.ts).
 */
import type { Config } from '../../check/named.js';
import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Shape } from '../../network/spec.js';
import type { NdArray } from '../../ndarray.js';

/** A metric over the rows of any number of batches. */
export interface MetricState {
  /**
   * @param yTrue (rows, columns), or one class number per row for sparse labels
   * @param yPred (rows, columns)
   * @param weights one per row; 1 where undefined
   */
  update(
    yTrue: Float32Array,
    yPred: Float32Array,
    rows: number,
    columns: number,
    weights?: Float32Array,
  ): void;
  /** The value over all rows since the last reset; NaN without rows. */
  result(): number;
  /**
   * Says why `result` is NaN, to follow 'because'; undefined where that is not known. @param rows 'the
   * validation rows'
   */
  explainNaN?(rows: string): string | undefined;
  reset(): void;
}

/** A metric by the name under which it is reported. */
export interface ResolvedMetric {
  /** Name as the user wrote it, or the name of the function. */
  readonly name: string;
  /** The metric as JSON; null where it is a function. */
  readonly config: Config | null;
  create(): MetricState;
}

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

/** A user's function, averaged over the batches by their rows. */
export class HostMetric implements MetricState {
  readonly #metric: (yTrue: NdArray, yPred: NdArray) => number;
  readonly #name: string;
  readonly #owner: string;
  #sum = 0;
  #rows = 0;

  constructor(metric: (yTrue: NdArray, yPred: NdArray) => number, name: string, owner: string) {
    this.#metric = metric;
    this.#name = name;
    this.#owner = owner;
  }

  update(yTrue: Float32Array, yPred: Float32Array, rows: number, columns: number): void {
    if (rows === 0) return;
    const value: unknown = this.#metric(
      { data: yTrue, shape: [rows, yTrue.length / rows] },
      { data: yPred, shape: [rows, columns] },
    );
    if (typeof value !== 'number') {
      throw new ValueError(
        `${this.#owner}: the metric ${this.#name} must return a number, but received ${describe(value)}.`,
      );
    }
    this.#sum += value * rows;
    this.#rows += rows;
  }

  result(): number {
    return this.#rows > 0 ? this.#sum / this.#rows : NaN;
  }

  explainNaN(): string | undefined {
    return this.#rows > 0 ? `the metric ${this.#name} returned NaN` : undefined;
  }

  reset(): void {
    this.#sum = 0;
    this.#rows = 0;
  }
}

/**
 * Wraps a metric for predictions of several axes: every position along all but the last axis counts as a row.
 */
export function byLastAxis(state: MetricState, outputShape: Shape): MetricState {
  if (outputShape.length < 2) return state;
  const last = outputShape[outputShape.length - 1];
  return {
    update(yTrue, yPred, rows, columns, weights) {
      const places = columns / last;
      const each =
        weights && Float32Array.from({ length: rows * places }, (_, i) => weights[Math.floor(i / places)]);
      state.update(yTrue, yPred, rows * places, last, each);
    },
    result: () => state.result(),
    explainNaN: (rows) => state.explainNaN?.(rows),
    reset: () => state.reset(),
  };
}
