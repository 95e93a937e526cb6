/** The request to a contestant, and its answer. */

/** Files with the same network and rows for all contestants; little-endian float32, row-major. */
export interface PredictRequest {
  readonly sizes: readonly number[];
  readonly onnx: string;
  /** Kernel (inputs, units) and bias of each layer, one after the other. */
  readonly weights: string;
  readonly rows: string;
  /** Rows of a call. */
  readonly batch: number;
  /** Seconds to measure for. */
  readonly seconds: number;
}

export interface Prediction {
  /** Seconds of a call: the shortest and the median sample. */
  readonly min: number;
  readonly median: number;
  /** Probabilities of the first 10 rows. */
  readonly probabilities: readonly number[];
}

export const COMPARED_ROWS = 10;

/** Rows that single-row calls take in turn. */
export const SINGLE_ROWS = 256;
