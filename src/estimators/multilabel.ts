import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape, isTypedArray, readArray } from '../ndarray.js';
import type { Task } from './model.js';
import { LOSS_RANGE } from './classification.js';
import { decideEach } from './decisions.js';

/** Which labels every row has: 0 or 1, (rows, labels), row-major. At least two labels. */
export interface LabelMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly labels: number;
}

/**
 * Targets of several labels per row; undefined for targets of one label per row.
 *
 * @throws ShapeError for ragged rows, ValueError for anything but 0 and 1
 */
export function readLabelMatrix(y: unknown, name = 'y'): LabelMatrix | undefined {
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
export function multilabel({ data, labels }: LabelMatrix): Task {
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
export function checkLabels({ labels, rows }: LabelMatrix, expected: number, name = 'y'): void {
  if (labels === expected) return;
  throw new ShapeError(
    `${name} must have ${expected} labels per row, as the model has, but received the shape ${formatShape([rows, labels])}.`,
  );
}
