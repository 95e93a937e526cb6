import { describe } from '../check.js';
import { r2Score } from '../data/scores/regression.js';
import { ShapeError, ValueError } from '../errors.js';
import { arrayInPieces, formatShape } from '../ndarray.js';
import { formatPlace } from '../ndarray/types.js';
import { copied, firstNonFinite } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import type { Task } from './model.js';
import type { MLPRegressorParams } from './options.js';

/** Values to predict: (rows, outputs), row-major. */
export interface TargetValues {
  readonly data: Float32Array;
  readonly rows: number;
  readonly outputs: number;
}

/**
 * Values to predict, (rows) or (rows, outputs).
 *
 * @throws ShapeError for another rank, ValueError for what is not finite
 */
export function* targetValuesInPieces(y: unknown, name = 'y'): Pieces<TargetValues> {
  const { data, shape, scale = 1 } = yield* arrayInPieces(y, name);
  if (shape.length === 0 || shape.length > 2 || shape[1] === 0) {
    throw new ShapeError(
      `${name} must have the shape (rows) or (rows, outputs), but received the shape ${formatShape(shape)}.`,
    );
  }
  const values = yield* copied(data, new Float32Array(data.length), scale);
  const bad = yield* firstNonFinite(values);
  if (bad >= 0) {
    const value = data[bad] * scale;
    const expected = Number.isFinite(value)
      ? "be within float32's range (±3.4028235e38)"
      : 'hold finite numbers';
    const width = shape[1] ?? 1;
    const place = shape.length === 1 ? [bad] : [Math.floor(bad / width), bad % width];
    throw new ValueError(
      `${name} must ${expected}, but received ${describe(value)} at ${formatPlace(place)}.`,
    );
  }
  return { data: values, rows: shape[0], outputs: shape[1] ?? 1 };
}

/** scikit-learn's losses: of a row, and the activation of the outputs. */
const LOSSES = {
  squaredError: { outActivation: 'linear', loss: { name: 'meanSquaredError', half: true } },
  poisson: { outActivation: 'exponential', loss: { name: 'poissonDeviance', sumOutputs: true } },
} as const;

/**
 * Values to predict: ½ mean over outputs of (y − prediction)², whose gradient scikit-learn does not divide by the outputs;
 * or Σ over outputs of y ln(y / prediction) − y + prediction.
 *
 * @throws ValueError for values below 0 with the Poisson loss
 */
export function regression(values: TargetValues, loss: MLPRegressorParams['loss']): Task {
  const { data, outputs } = values;
  const negative = loss === 'poisson' ? data.findIndex((value) => value < 0) : -1;
  if (negative >= 0) {
    throw new ValueError(
      `y must be >= 0 for the loss 'poisson', but received ${data[negative]} in row ${Math.floor(negative / outputs)}.`,
    );
  }
  return {
    ...LOSSES[loss],
    targets: { kind: 'values', data },
    outputs,
    classes: [],
    score(predicted, rows, weights) {
      const truth = new Float32Array(rows.length * outputs);
      rows.forEach((row, i) => truth.set(data.subarray(row * outputs, (row + 1) * outputs), i * outputs));
      const shape = [rows.length, outputs];
      return r2Score({ data: truth, shape }, { data: predicted, shape }, { sampleWeight: weights });
    },
  };
}

/** ShapeError unless values have as many outputs as are expected. */
export function checkOutputs({ outputs }: TargetValues, expected: number, name = 'y'): void {
  if (outputs === expected) return;
  throw new ShapeError(`${name} must have ${expected} outputs, as the model has, but received ${outputs}.`);
}
