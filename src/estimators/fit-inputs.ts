/**
 * Reads what callers give to fit, partialFit and score: options, labels and row weights; also accuracy. Not
 * for options of constructors (read-options.ts), nor for what targets ask of the network (targets.ts).
 */
import type { Checked, Rule, Schema } from '../check.js';
import {
  abortSignal,
  anyOf,
  anything,
  checkOptions,
  describe,
  func,
  oneOf,
  positiveInteger,
  rule,
} from '../check.js';
import type { EncodedLabels, Label } from '../data/labels.js';
import { encodeLabelsInPieces, VALUES_PER_LABEL } from '../data/labels.js';
import { readWeights } from '../data/weights.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { arrayInPieces, formatShape, isTypedArray } from '../ndarray.js';
import { copied } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { FitOptions, LabelInput } from './options.js';
import { constructorOption } from './read-options.js';

/** The rules of the options of fit. */
export const fitSchema = { signal: abortSignal, onEpoch: func<NonNullable<FitOptions['onEpoch']>>() };

const pair: Rule<readonly [ArrayInput, LabelInput]> = rule(
  'an array [x, y]',
  (value): value is readonly [ArrayInput, LabelInput] => Array.isArray(value) && value.length === 2,
);

/** The rules of the options of fit of the multi-layer perceptrons. */
export const mlpFitSchema = {
  ...fitSchema,
  sampleWeight: anything<ArrayInput>(),
  validationData: pair,
  stopBy: oneOf<'score' | 'loss'>(['score', 'loss']),
  threads: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
};

/**
 * The options of a call, by a schema.
 *
 * @param constructorName the option of the constructor that a name stands for
 * @throws ValueError for bad values and unknown names; it names those that belong to the constructor
 */
export function readFitOptions<S extends Schema>(
  owner: string,
  call: string,
  given: unknown,
  schema: S,
  constructorName = (name: string): string | undefined => constructorOption(owner, name),
): Checked<S> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    for (const name of Object.keys(given)) {
      const meant = Object.hasOwn(schema, name) ? undefined : constructorName(name);
      if (meant === undefined) continue;
      const it = meant === name ? 'it' : `'${meant}'`;
      throw new ValueError(
        `${owner}.${call}: '${name}' is not an option; ${it} goes to new ${owner}({ ... }).`,
      );
    }
  }
  return checkOptions(`${owner}.${call}`, given, schema);
}

/** One label per row, as given. (n, 1) is taken as (n). */
export function* labelsInPieces(y: unknown, name = 'y'): Pieces<ArrayLike<Label>> {
  if (Array.isArray(y)) {
    if (y.length === 0 || !isList(y[0])) return y as Label[];
    const labels = new Array<Label>(y.length);
    yield* ranges(labels.length, VALUES_PER_LABEL, (begin, end) => {
      for (let i = begin; i < end; i++) labels[i] = single(y[i], i, name);
    });
    return labels;
  }
  if (ArrayBuffer.isView(y) || (typeof y === 'object' && y !== null && 'data' in y && 'shape' in y)) {
    const { data, shape, scale = 1 } = yield* arrayInPieces(y, name);
    if (shape.length === 2 && shape[1] !== 1)
      throw severalPerRow(shape[1], `the shape ${formatShape(shape)}`, name);
    if (shape.length === 0 || shape.length > 2) {
      throw new ShapeError(
        `${name} must be one label per row, of shape (n) or (n, 1), but received the shape ${formatShape(shape)}.`,
      );
    }
    return scale === 1 ? data : yield* copied(data, new Float64Array(data.length), scale);
  }
  throw new ShapeError(`${name} must be an array of labels, one per row, but received ${describe(y)}.`);
}

/** `labelsInPieces`, at once. */
export function readLabels(y: unknown, name?: string): ArrayLike<Label> {
  return runAtOnce(labelsInPieces(y, name));
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

function single(row: unknown, i: number, name: string): Label {
  if (isList(row) && row.length === 1) return row[0] as Label;
  if (!isList(row)) {
    throw new ShapeError(
      `${name} must have one label per row, but received ${describe(row)} in row ${i}, where row 0 is an array.`,
    );
  }
  throw severalPerRow(row.length, `${row.length} values in row ${i}`, name);
}

function severalPerRow(width: number, received: string, name: string): ShapeError {
  const hint = width > 1 ? "; for one-hot rows give the position of each row's 1" : '';
  return new ShapeError(
    `${name} must have one label per row, of shape (n) or (n, 1), but received ${received}${hint}.`,
  );
}

/**
 * Labels of a classifier as ranks among their sorted distinct values.
 *
 * @param minClasses how many classes there must be
 * @throws ValueError for anything but strings, booleans or integers, all of one type, and for fewer classes
 */
export function* classesInPieces(
  labels: ArrayLike<Label>,
  name = 'y',
  minClasses = 2,
): Pieces<EncodedLabels> {
  const encoded = yield* encodeLabelsInPieces(labels, name);
  const { classes } = encoded;
  const fraction = classes.find((label) => typeof label === 'number' && !Number.isInteger(label));
  if (fraction !== undefined) {
    throw new ValueError(
      `${name} must hold classes (strings, booleans or whole numbers), but received ${fraction} at index ${Array.prototype.indexOf.call(labels, fraction)}, which looks like a value to predict by regression.`,
    );
  }
  if (classes.length < minClasses) {
    throw new ValueError(
      `${name} must hold at least 2 classes, but received only the class ${describe(classes[0])}.`,
    );
  }
  return encoded;
}

/** `classesInPieces`, at once. */
export function readClasses(labels: ArrayLike<Label>, name?: string, minClasses?: number): EncodedLabels {
  return runAtOnce(classesInPieces(labels, name, minClasses));
}

/** The position of every label in `classes`. ValueError for a label that is not among them. */
export function* codesInPieces(
  labels: ArrayLike<Label>,
  classes: readonly Label[],
  name = 'y',
): Pieces<Int32Array> {
  const codes = yield* positionsInPieces(labels, classes, name);
  const unknown = codes.indexOf(-1);
  if (unknown >= 0) {
    throw new ValueError(
      `${name} must hold only the classes ${describe(classes)}, but received ${describe(labels[unknown])} at index ${unknown}.`,
    );
  }
  return codes;
}

/**
 * The position of every label in `classes`, −1 for others of the same type. ValueError for a label of another
 * type.
 */
export function* positionsInPieces(
  labels: ArrayLike<Label>,
  classes: readonly Label[],
  name = 'y',
): Pieces<Int32Array> {
  const positions = new Map(classes.map((label, i) => [label, i]));
  const type = typeof classes[0];
  const codes = new Int32Array(labels.length);
  yield* ranges(codes.length, VALUES_PER_LABEL, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const code = positions.get(labels[i]);
      if (code === undefined && (typeof labels[i] !== type || Number.isNaN(labels[i]))) {
        throw new ValueError(
          `${name} must hold ${type}s, as the classes ${describe(classes)} are, but received ${describe(labels[i])} at index ${i}.`,
        );
      }
      codes[i] = code ?? -1;
    }
  });
  return codes;
}

/** ValueError unless the classes are those that the present network was trained for. */
export function checkSameClasses(
  owner: string,
  call: string,
  classes: readonly Label[],
  present: readonly Label[],
): void {
  if (classes.length === present.length && classes.every((label, i) => label === present[i])) return;
  if (call === 'warmStart' && classes.length > 0 && classes.every((label) => present.includes(label))) {
    throw new ValueError(
      `${owner}: y must hold the classes of the fit before, ${describe(present)}, but holds only ${classes.map(describe).join(', ')}.`,
    );
  }
  throw new ValueError(
    `${owner}: ${call} needs the classes of the first call, ${describe(present)}, but received ${describe(classes)}.`,
  );
}

/** ShapeError unless there are as many targets as rows. */
export function checkLength(length: number, rows: number, name = 'y'): void {
  if (length !== rows) {
    throw new ShapeError(`${name} must have as many entries as X has rows, ${rows}, but received ${length}.`);
  }
}

/** Share of rows, by weight, in which two lists of positions agree. */
export function accuracy(a: Int32Array, b: Int32Array, weights?: ArrayLike<number>): number {
  let right = 0;
  let total = 0;
  for (let row = 0; row < a.length; row++) {
    const weight = weights ? weights[row] : 1;
    total += weight;
    if (a[row] === b[row]) right += weight;
  }
  return right / total;
}

/** The weight of every row in float32; undefined without any. @throws ShapeError, ValueError */
export function rowWeights(sampleWeight: ArrayInput | undefined, rows: number): Float32Array | undefined {
  if (sampleWeight === undefined) return undefined;
  const weights = Float32Array.from(readWeights(sampleWeight, rows));
  if (weights.every((weight) => weight === 0) || weights.some((weight) => weight === Infinity)) {
    throw new ValueError(
      'sampleWeight must hold weights within the range of float32 (1e-45 to 3.4e38), but received others.',
    );
  }
  return weights;
}
