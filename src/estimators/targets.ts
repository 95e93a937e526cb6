/**
 * The targets of fit as the network takes them, with their loss, output activation and score: labels,
 * several labels per row, or values. Not for reading single labels (labels.ts), nor for what the outputs
 * mean (outputs.ts).
 */
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape, isTypedArray, readArray, arrayInPieces } from '../ndarray.js';
import type { Activation } from '../network/activations.js';
import type { LossSpec } from '../network/losses.js';
import type { Targets } from '../network/feed.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import {
  accuracy,
  checkLength,
  checkSameClasses,
  classesInPieces,
  codesInPieces,
  labelsInPieces,
} from './fit-inputs.js';
import type { LabelInput, MLPRegressorParams } from './options.js';
import { decide, decideEach } from './outputs.js';
import { r2Score } from '../data/scores/regression.js';
import { formatPlace } from '../ndarray/types.js';
import { copied, firstNonFinite } from '../ndarray/values.js';

/** Targets as the network takes them, with loss, output activation and score. */
export interface Task {
  readonly targets: Targets;
  readonly outputs: number;
  readonly outActivation: Activation;
  readonly loss: LossSpec;
  /** The labels, sorted; none in regression. */
  readonly classes: readonly Label[];
  /** Class of every row, where each has one. */
  readonly codes?: Int32Array;
  /** Class of every row if the validation split is to be stratified. */
  readonly strata?: Int32Array;
  /** Score of these outputs of the network against the targets of some rows. */
  readonly score: (outputs: Float32Array, rows: Int32Array, weights?: Float32Array) => number;
}

/** Targets of fit: classes are those that occur, and with a present model must be its own. */
export function* targetsInPieces(
  owner: string,
  y: LabelInput,
  rows: number,
  present: Pick<Task, 'classes'> | undefined,
): Pieces<Task> {
  const matrix = readLabelMatrix(y);
  if (matrix) {
    checkLength(matrix.rows, rows);
    const task = multilabel(matrix);
    if (present) checkSameClasses(owner, 'warmStart', task.classes, present.classes);
    return task;
  }
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, rows);
  const { classes, indices } = yield* classesInPieces(labels, 'y', present ? 1 : 2);
  if (present) checkSameClasses(owner, 'warmStart', classes, present.classes);
  return classification(indices, classes);
}

/**
 * Targets of partialFit, and of anything else that classes are known for.
 *
 * @throws ValueError without classes, and for labels that are not among them
 */
export function* knownTargetsInPieces(
  y: LabelInput,
  rows: number,
  {
    classes,
    several,
  }: { readonly classes: readonly Label[] | undefined; readonly several: boolean | undefined },
  name = 'y',
): Pieces<Task> {
  const matrix = several === false ? undefined : readLabelMatrix(y, name);
  if (matrix) {
    checkLength(matrix.rows, rows, name);
    if (classes) checkLabels(matrix, classes.length, name);
    return multilabel(matrix);
  }
  if (several) {
    throw new ShapeError(
      `${name} must have ${classes?.length} labels per row, 0 or 1 each, as the model has, but received one per row.`,
    );
  }
  if (!classes) {
    throw new ValueError(
      'MLPClassifier: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
    );
  }
  const labels = yield* labelsInPieces(y, name);
  checkLength(labels.length, rows, name);
  return classification(yield* codesInPieces(labels, classes, name), classes);
}

/** scikit-learn reports −ln of probabilities clipped to [2^-23, 1 − 2^-23], float32's epsilon. */
const LOSS_RANGE = [1.1920929665620834e-7, 15.942385152878742] as const;

/** One label of `classes` per row: softmax with cross-entropy, or a logistic unit for two classes. */
function classification(codes: Int32Array, classes: readonly Label[]): Task {
  const score = (outputs: Float32Array, rows: Int32Array, weights?: Float32Array): number => {
    const truth = Int32Array.from(rows, (row) => codes[row]);
    return accuracy(runAtOnce(decide(outputs, rows.length)), truth, weights);
  };
  if (classes.length === 2) {
    return {
      targets: { kind: 'values', data: Float32Array.from(codes) },
      outputs: 1,
      outActivation: 'sigmoid',
      loss: { name: 'binaryCrossentropy', sumOutputs: true, range: LOSS_RANGE },
      classes,
      codes,
      strata: codes,
      score,
    };
  }
  return {
    targets: { kind: 'labels', data: codes },
    outputs: classes.length,
    outActivation: 'softmax',
    loss: { name: 'sparseCategoricalCrossentropy', range: LOSS_RANGE },
    classes,
    codes,
    score,
  };
}

/** Which labels every row has: 0 or 1, (rows, labels), row-major. At least two labels. */
interface LabelMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly labels: number;
}

/**
 * Targets of several labels per row; undefined for targets of one label per row.
 *
 * @throws ShapeError for ragged rows, ValueError for anything but 0 and 1
 */
function readLabelMatrix(y: unknown, name = 'y'): LabelMatrix | undefined {
  if (Array.isArray(y)) return isList(y[0]) && y[0].length > 1 ? fromRows(y, name) : undefined;
  if (typeof y !== 'object' || y === null || !('shape' in y)) return undefined;
  const { data, shape, scale = 1 } = readArray(y, name);
  if (shape.length !== 2 || shape[1] < 2) return undefined;
  const [rows, labels] = shape;
  return { data: Float32Array.from(data, (value, i) => bit(value * scale, i, labels, name)), rows, labels };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

function fromRows(y: readonly unknown[], name: string): LabelMatrix {
  const labels = (y[0] as ArrayLike<unknown>).length;
  const data = new Float32Array(y.length * labels);
  y.forEach((row, i) => {
    if (!isList(row) || row.length !== labels) {
      throw new ShapeError(
        `${name} must have ${labels} labels in every row, as in row 0, but received ${describe(row)} in row ${i}.`,
      );
    }
    for (let j = 0; j < labels; j++) data[i * labels + j] = bit(row[j], i * labels + j, labels, name);
  });
  return { data, rows: y.length, labels };
}

function bit(value: unknown, at: number, labels: number, name: string): number {
  if (value === 0 || value === 1 || typeof value === 'boolean') return Number(value);
  throw new ValueError(
    `${name} must hold 0 or 1 for each of several labels per row, but received ${describe(value)} at row ${Math.floor(at / labels)}, column ${at % labels}.`,
  );
}

/** Share of rows, by weight, whose labels all agree. */
export function subsetAccuracy(
  decided: Uint8Array,
  truth: ArrayLike<number>,
  labels: number,
  weights?: ArrayLike<number>,
): number {
  let right = 0;
  let total = 0;
  for (let row = 0; row * labels < decided.length; row++) {
    const weight = weights ? weights[row] : 1;
    let agree = true;
    for (let i = row * labels; i < (row + 1) * labels; i++) agree &&= decided[i] === truth[i];
    total += weight;
    if (agree) right += weight;
  }
  return right / total;
}

/** Several labels per row: a logistic unit for each, with the sum of their binary cross-entropies. */
function multilabel({ data, labels }: LabelMatrix): Task {
  return {
    targets: { kind: 'values', data },
    outputs: labels,
    outActivation: 'sigmoid',
    loss: { name: 'binaryCrossentropy', sumOutputs: true, range: LOSS_RANGE },
    classes: Array.from({ length: labels }, (_, i) => i),
    score(outputs, rows, weights) {
      const truth = new Float32Array(rows.length * labels);
      rows.forEach((row, i) => truth.set(data.subarray(row * labels, (row + 1) * labels), i * labels));
      return subsetAccuracy(decideEach(outputs), truth, labels, weights);
    },
  };
}

/** ShapeError unless a matrix has the labels that a model was trained for. */
function checkLabels({ labels, rows }: LabelMatrix, expected: number, name = 'y'): void {
  if (labels === expected) return;
  throw new ShapeError(
    `${name} must have ${expected} labels per row, as the model has, but received the shape ${formatShape([rows, labels])}.`,
  );
}

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
 * Values to predict: ½ mean over outputs of (y − prediction)², whose gradient scikit-learn does not divide by
 * the outputs; or Σ over outputs of y ln(y / prediction) − y + prediction.
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
