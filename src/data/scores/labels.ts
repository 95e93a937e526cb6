/**
 * Input of the scores: reads true and predicted labels and weights, and has the rules of shared options. Not
 * for counting rows by class (counts.ts), for numbers (numbers.ts), nor for the scores themselves.
 */
import { describe, anything, func, listOf, nullable, oneOf, refused, rule } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray, TypedArray } from '../../ndarray.js';
import { arrayInPieces, formatShape, isList, isTypedArray, readArray, readList } from '../../ndarray.js';
import { copied } from '../../ndarray/values.js';
import type { OnWarning } from '../../warnings.js';
import { LamellaWarning, warn } from '../../warnings.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { Label } from '../labels.js';
import { encodeLabels, VALUES_PER_LABEL } from '../labels.js';
import { readWeights } from '../weights.js';
import type { Rule } from '../../check.js';

/** Average over the scores of classes, or of rows of several labels ('samples'); null gives all of them. */
export type Average = 'binary' | 'micro' | 'macro' | 'weighted' | 'samples' | null;

/** Average over the scores of several outputs, or a weight for each output. */
export type Multioutput = 'rawValues' | 'uniformAverage' | 'varianceWeighted' | readonly number[];

/** The option that every score takes. */
export interface ScoreOptions {
  /** A weight >= 0 for every row. Default: all 1. */
  readonly sampleWeight?: ArrayInput;
}

/** The option of scores that some data leave undefined. */
export interface WarningOption {
  /** Receives the warning of a score that is not defined for these data, instead of console.warn. */
  readonly onWarning?: OnWarning | null;
}

/** Warns of a score that is not defined, by a sentence that says what its value is. */
export function warnUndefined(message: string, onWarning: OnWarning | null | undefined): void {
  warn(new LamellaWarning(message, 'UNDEFINED_SCORE'), onWarning);
}

/** A string, a finite number or a boolean. */
export const label: Rule<Label> = rule(
  'a string, a number or a boolean',
  (value): value is Label =>
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
);

const listOfLabels = listOf(label, 1);

/** At least one label, each once. */
export const distinctLabels: Rule<Label[]> = {
  expected: 'an array of at least 1 label, each once',
  accept: (value) => {
    const list = listOfLabels.accept(value);
    return list === refused || new Set(list).size !== list.length ? refused : list;
  },
};

export const average: Rule<Average> = nullable(oneOf(['binary', 'micro', 'macro', 'weighted', 'samples']));

export const zeroDivision: Rule<number> = rule(
  '0, 1 or NaN',
  (value): value is number => value === 0 || value === 1 || Number.isNaN(value),
);

export const sampleWeight: Rule<ArrayInput> = anything<ArrayInput>();

export const onWarning: Rule<OnWarning | null> = nullable(func<OnWarning>());

/** Labels as scores take them: one per row, or an NdArray of shape (n) or (n, 1). */
export type LabelRows =
  readonly Label[] | readonly (readonly Label[])[] | TypedArray | NdArray<TypedArray> | ArrayInput;

/** Labels and predictions as indices of their classes. */
export interface LabelPair {
  /** All labels that occur in either, sorted. */
  readonly classes: Label[];
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Weights of the rows; all 1 if none were given. */
  readonly weights: Float64Array;
}

/** One label per row. @throws ShapeError for several per row */
export function* labelListInPieces(owner: string, input: unknown, name: string): Pieces<ArrayLike<Label>> {
  const list = readList(input, name);
  if (list && !Array.isArray(list)) return list as TypedArray;
  if (list) {
    const labels: Label[] = [];
    yield* ranges(list.length, VALUES_PER_LABEL, (begin, end) => {
      for (let i = begin; i < end; i++) {
        const row: unknown = list[i];
        if (typeof row !== 'object' || !isList(row)) labels[i] = row as Label;
        else if (row.length === 1) labels[i] = row[0] as Label;
        else throw severalPerRow(owner, name, `${row.length} values in row ${i}`);
      }
    });
    return labels;
  }
  const { data, shape, scale = 1 } = yield* arrayInPieces(input, name);
  const single = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!single) throw severalPerRow(owner, name, `the shape ${formatShape(shape)}`);
  return scale === 1 ? data : yield* copied(data, new Float64Array(data.length), scale);
}

/** One label per row, as `labelListInPieces` reads them, in one go. */
export function labelList(owner: string, input: unknown, name: string): ArrayLike<Label> {
  return runAtOnce(labelListInPieces(owner, input, name));
}

/** One or several labels per row, row by row. */
export interface LabelCells {
  readonly cells: ArrayLike<Label>;
  readonly rows: number;
  readonly width: number;
}

/**
 * One or several labels per row.
 *
 * @throws ShapeError for rows without a label, rows of unequal length, and more than two dimensions
 */
export function labelCells(owner: string, input: unknown, name: string): LabelCells {
  const list = readList(input, name);
  if (Array.isArray(list) && list.some((row) => typeof row === 'object' && isList(row))) {
    const rows = Array.from(list as readonly unknown[], (row) =>
      Array.from((readList(row, name) ?? [row]) as Label[]),
    );
    const width = rows[0].length;
    const bad = width === 0 ? 0 : rows.findIndex((row) => row.length !== width);
    if (bad < 0) return { cells: rows.flat(), rows: rows.length, width };
    const expected = width === 0 ? 'at least 1 label' : `as many labels in every row as in row 0, ${width}`;
    throw new ShapeError(
      `${owner}: ${name} must have ${expected}, but received ${rows[bad].length} in row ${bad}.`,
    );
  }
  if (list) return { cells: list as ArrayLike<Label>, rows: list.length, width: 1 };
  const { data, shape, scale = 1 } = readArray(input, name);
  if ((shape.length === 1 || shape.length === 2) && shape[1] !== 0) {
    const cells = scale === 1 ? data : runAtOnce(copied(data, new Float64Array(data.length), scale));
    return { cells, rows: shape[0], width: shape[1] ?? 1 };
  }
  throw new ShapeError(
    `${owner}: ${name} must be of shape (rows) or (rows, labels), but received the shape ${formatShape(shape)}.`,
  );
}

/** True and predicted labels, one or several per row. @throws ShapeError unless they have the same shape */
export function readCells(owner: string, yTrue: unknown, yPred: unknown): [LabelCells, LabelCells] {
  const truth = labelCells(owner, yTrue, 'yTrue');
  const predicted = labelCells(owner, yPred, 'yPred');
  checkRows(owner, truth.rows, predicted.rows, 'yPred');
  if (truth.width === predicted.width) return [truth, predicted];
  throw new ShapeError(
    `${owner}: yPred must have as many labels per row as yTrue, ${truth.width}, but received ${predicted.width}.`,
  );
}

function severalPerRow(owner: string, name: string, received: string): ShapeError {
  return new ShapeError(`${owner}: ${name} must have one label per row, but received ${received}.`);
}

/**
 * Read labels, predictions and weights.
 *
 * @throws ShapeError for unequal lengths and no rows, ValueError for labels of two types and for fractions
 */
export function readPair(
  owner: string,
  yTrue: unknown,
  yPred: unknown,
  sampleWeight: unknown,
  labels: readonly Label[] = [],
): LabelPair {
  const truth = labelList(owner, yTrue, 'yTrue');
  const predicted = labelList(owner, yPred, 'yPred');
  const rows = checkRows(owner, truth.length, predicted.length, 'yPred');
  checkTypes(owner, truth, predicted, labels);
  const all = encodeLabels(joined(truth, predicted), `${owner}: yTrue and yPred`);
  refuseFractions(owner, all.classes, 'yTrue and yPred');
  return {
    classes: all.classes,
    truth: all.indices.subarray(0, rows),
    predicted: all.indices.subarray(rows),
    weights: weightsOr1(sampleWeight, rows),
  };
}

/** Two lists of labels in one. */
function joined(first: ArrayLike<Label>, second: ArrayLike<Label>): ArrayLike<Label> {
  if (!isTypedArray(first) || !isTypedArray(second)) return Array.from(first).concat(Array.from(second));
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** @throws ValueError for numbers that are not whole: these are targets of a regression */
export function refuseFractions(owner: string, classes: readonly Label[], what: string): void {
  const fraction = classes.find((label) => typeof label === 'number' && !Number.isInteger(label));
  if (fraction === undefined) return;
  throw new ValueError(
    `${owner}: ${what} must hold labels (strings, booleans or whole numbers), but received ${fraction}.`,
  );
}

/** The weights of the rows; 1 for every row if none are given. */
export function weightsOr1(sampleWeight: unknown, rows: number): Float64Array {
  if (sampleWeight === undefined) return new Float64Array(rows).fill(1);
  const weights = readWeights(sampleWeight, rows);
  return weights instanceof Float64Array ? weights : Float64Array.from(weights);
}

/** Number of rows. @throws ShapeError unless there are as many predictions as labels, and at least one */
export function checkRows(owner: string, rows: number, predicted: number, name: string): number {
  if (rows === 0) throw new ShapeError(`${owner}: yTrue must have at least 1 row, but received none.`);
  if (rows === predicted) return rows;
  throw new ShapeError(
    `${owner}: ${name} must have as many rows as yTrue, ${rows}, but received ${predicted}.`,
  );
}

function checkTypes(
  owner: string,
  truth: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  labels: readonly Label[],
): void {
  const type = typeof truth[0];
  for (const [name, first] of [
    ['yPred', predicted[0]],
    ['labels', labels[0]],
  ] as const) {
    if (first === undefined || typeof first === type) continue;
    throw new ValueError(
      `${owner}: ${name} must hold ${type}s, as yTrue does, but received ${describe(first)}.`,
    );
  }
}

/**
 * The labels to report on: those asked for, with their indices among the classes (−1 for one that does not
 * occur).
 */
export function chosenLabels(
  { classes }: Pick<LabelPair, 'classes'>,
  labels: readonly Label[] | undefined,
): { labels: readonly Label[]; indices: number[] } {
  if (labels === undefined) return { labels: classes, indices: classes.map((_, i) => i) };
  const positions = new Map(classes.map((label, i) => [label, i]));
  return { labels, indices: labels.map((label) => positions.get(label) ?? -1) };
}

/** Sum in order. */
export function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** Mean, by weights if given; NaN if these are all 0. */
export function mean(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  if (!weights) return total(values) / values.length;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * weights[i];
  return sum / total(weights);
}
