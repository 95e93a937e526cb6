import { MAX_ARENA_BYTES, mebibytes, newFloats } from '../budget.js';
import { UnsupportedError } from '../errors.js';
import { flopsPerRow } from './parameters.js';
import type { Plan } from './plan.js';
import { plan, shapesOf } from './plan.js';
import type { NetworkSpec } from './spec.js';
import { sizeOf } from './spec.js';

/** Rows of a prediction step: whole tiles of every variant, activations that stay in L2. */
const PREDICT_ROWS = 120;

/** Values of the input matrix at most, unless a single row has more. */
const MAX_INPUTS = 1048576;

/**
 * Memory of a prediction step beside the weights: where a step of 120 rows needs more, it takes fewer rows.
 */
const MAX_STEP_BYTES = 1073741824;

/** Networks that need no more memory and time for a row predict one as soon as they are loaded. */
const MAX_WARM_BYTES = 67108864;
const MAX_WARM_FLOPS = 2e8;

/** How a network predicts. */
export interface PredictionPlan {
  readonly plan: Plan;
  /** Rows that come into the input matrix at once; as lists they may be up to `plan.rows`. */
  readonly inputRows: number;
}

/**
 * The plan of a network's predictions. It takes memory by the number of layers, whatever their sizes are.
 *
 * @throws UnsupportedError if no memory holds what the prediction of one row needs
 */
export function planPredictions(spec: NetworkSpec): PredictionPlan {
  let rows = PREDICT_ROWS;
  let made = planRows(spec, rows);
  while (
    rows > 1 &&
    made.plan.bytes > Math.min(4 * made.plan.blockLength + MAX_STEP_BYTES, MAX_ARENA_BYTES)
  ) {
    rows = Math.floor(rows / 2);
    made = planRows(spec, rows);
  }
  if (made.plan.bytes <= MAX_ARENA_BYTES) return made;
  throw new UnsupportedError(
    `The network needs ${mebibytes(made.plan.bytes)} of WebAssembly memory to predict a single row, but a memory has at most ${mebibytes(MAX_ARENA_BYTES)}; use smaller inputs, fewer units or fewer filters.`,
  );
}

function planRows(spec: NetworkSpec, rows: number): PredictionPlan {
  const inputRows = Math.max(1, Math.min(rows, Math.floor(MAX_INPUTS / sizeOf(spec.inputShape))));
  return { plan: plan(spec, rows, { csr: true, inputRows }), inputRows };
}

/** Room for the predictions of some rows. @throws UnsupportedError if there is none */
export function newPredictions(rows: number, units: number): Float32Array<ArrayBuffer> {
  return newFloats(rows * units, `Predictions of shape (${rows}, ${units})`, 'predict fewer rows at a time');
}

/** True if a network is small enough for a row to be predicted ahead of time. */
export function isWarmable({ spec, bytes, parameters }: Plan): boolean {
  return bytes <= MAX_WARM_BYTES && flopsPerRow(spec, parameters, shapesOf(spec).shapes) <= MAX_WARM_FLOPS;
}
