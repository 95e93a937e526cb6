import type { Config } from '../../model/options/named.js';

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
  /** As the user wrote it, or the function's name. */
  readonly name: string;
  /** The metric as JSON; null where it is a function. */
  readonly config: Config | null;
  create(): MetricState;
}
