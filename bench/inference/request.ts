/** What contestants are asked to predict, and how they answer. */

/** Files that hold the same network and rows for everybody; little-endian float32, row-major. */
export interface PredictRequest {
  readonly sizes: readonly number[];
  readonly onnx: string;
  /** Kernel (inputs, units) and bias of each layer, one after the other. */
  readonly weights: string;
  readonly rows: string;
  /** Rows of a call. */
  readonly batch: number;
  /** How long to measure. */
  readonly seconds: number;
}

export interface Prediction {
  /** Seconds of a call: the shortest and the median sample. */
  readonly min: number;
  readonly median: number;
  /** Of the first 10 rows. */
  readonly probabilities: readonly number[];
}

export const COMPARED_ROWS = 10;

/** Rows that calls with one row take in turn. */
export const SINGLE_ROWS = 256;
