import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Shape } from '../../model/spec.js';
import type { NdArray } from '../../ndarray.js';
import type { MetricState } from './state.js';

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

/** Where a row of predictions has more than one axis, its metric sees every place of the others as a row. */
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
