/**
 * LabelBinarizer and toCategorical: labels as rows of 0 and 1, one column per class, and back. Not for
 * columns of features, which OneHotEncoder encodes.
 */
import type { AsyncOptions } from '../../check.js';
import { runAsync, checkOptions, describe, integer, checkValue, positiveInteger } from '../../check.js';
import { newTable, MAX_ARENA_BYTES, newFloats } from '../../budget.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { readArray } from '../../ndarray.js';
import type { Label } from '../labels.js';
import type { LabelRows } from '../scores/labels.js';
import { labelListInPieces } from '../scores/labels.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { StoredTransformer } from '../stored.js';
import { formatErrors, readFitted, readStored } from '../stored.js';
import { readMatrix } from '../matrix.js';
import { codesOf } from './cells.js';
import { fitClasses, fittedOr, sortedClasses } from './label-encoder.js';

export interface LabelBinarizerParams {
  /** Value for "not of this class". Default 0. */
  readonly negLabel: number;
  /** Value for "of this class". Default 1. */
  readonly posLabel: number;
}

const schema = { negLabel: integer(), posLabel: integer() };

/**
 * Labels as rows with posLabel in the column of their class and negLabel elsewhere; one column, of the second
 * class, for two classes. scikit-learn's LabelBinarizer.
 */
export class LabelBinarizer {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'LabelBinarizer';
  /** Name of the class, which minifiers cannot change. */
  readonly name = 'LabelBinarizer';
  #params: LabelBinarizerParams = { negLabel: 0, posLabel: 1 };
  #classes: Label[] | undefined;

  constructor(options: Partial<LabelBinarizerParams> = {}) {
    this.setParams(options);
  }

  /** A binarizer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): LabelBinarizer {
    const { params, fitted } = readStored('LabelBinarizer', json);
    const binarizer = formatErrors(() => new LabelBinarizer(params as object));
    if (fitted !== null) {
      binarizer.#classes = readFitted('LabelBinarizer', fitted, { classes: sortedClasses }).classes;
    }
    return binarizer;
  }

  /** Sorted labels that fit has learned. */
  get classes(): Label[] {
    return [...this.#fitted('classes')];
  }

  /** 'binary' for one or two classes, else 'multiclass'. */
  get yType(): 'binary' | 'multiclass' {
    return this.#fitted('yType').length <= 2 ? 'binary' : 'multiclass';
  }

  /**
   * Learn the labels of y. @throws ShapeError for several per row, ValueError for mixed types, fractions and
   * no labels
   */
  fit(y: LabelRows): this {
    runAtOnce(this.#fit(y));
    return this;
  }

  /**
   * Labels as rows (rows, columns) of float64; a label that fit has not seen has negLabel in all columns.
   *
   * @throws ValueError for fractions
   */
  transform(y: LabelRows): NdArray<Float64Array> {
    return runAtOnce(this.#transformed('transform', y));
  }

  /** Fit to the labels, then transform them. */
  fitTransform(y: LabelRows): NdArray<Float64Array> {
    return this.fit(y).transform(y);
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(y: LabelRows, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('LabelBinarizer.transformAsync', options, {}, () =>
      this.#transformed('transformAsync', y),
    );
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays unless all labels have been read
   */
  async fitTransformAsync(y: LabelRows, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('LabelBinarizer.fitTransformAsync', options, {}, () => this.#fitTransformed(y));
  }

  *#fitTransformed(y: LabelRows): Pieces<NdArray<Float64Array>> {
    yield* this.#fit(y);
    return yield* this.#transformed('transform', y);
  }

  *#fit(y: LabelRows): Pieces<void> {
    const classes = yield* fitClasses('LabelBinarizer', y);
    refuseFractions(classes);
    this.#classes = classes;
  }

  *#transformed(wanted: string, y: LabelRows): Pieces<NdArray<Float64Array>> {
    const classes = this.#fitted(wanted);
    const { negLabel, posLabel } = this.#params;
    const labels = yield* labelListInPieces('LabelBinarizer', y, 'y');
    refuseFractions(labels);
    const codes = yield* codesOf(labels, classes);
    const columns = classes.length <= 2 ? 1 : classes.length;
    const what = `LabelBinarizer: a table of ${codes.length} rows and ${columns} classes`;
    const data = newTable([codes.length, columns], what, 'transform fewer rows at a time');
    yield* ranges(codes.length, columns, (begin, end) => {
      data.fill(negLabel, begin * columns, end * columns);
      for (let row = begin; row < end; row++) {
        const code = codes[row];
        if (columns > 1 && code >= 0) data[row * columns + code] = posLabel;
        else if (columns === 1 && code === 1) data[row] = posLabel;
      }
    });
    return { data, shape: [codes.length, columns] };
  }

  /**
   * Label of every row: the class of its largest value; with two classes, the second if the value is above
   * the threshold, else the first.
   *
   * @param threshold default: (negLabel + posLabel) / 2
   */
  inverseTransform(y: ArrayInput, threshold?: number): Label[] {
    const classes = this.#fitted('inverseTransform');
    const { data, rows, columns } = readMatrix('LabelBinarizer', y, undefined, { name: 'y' });
    const expected = classes.length <= 2 ? 1 : classes.length;
    if (columns !== expected) {
      throw new ShapeError(
        `LabelBinarizer: y must have ${expected} columns for the classes ${describe(classes)}, but received ${columns}.`,
      );
    }
    const cut = threshold ?? (this.#params.negLabel + this.#params.posLabel) / 2;
    return Array.from({ length: rows }, (_, row) => {
      if (columns === 1) return classes[data[row] > cut && classes.length === 2 ? 1 : 0];
      let best = 0;
      for (let j = 1; j < columns; j++) if (data[row * columns + j] > data[row * columns + best]) best = j;
      return classes[best];
    });
  }

  /** Options of this binarizer, defaults filled in. */
  getParams(): LabelBinarizerParams {
    return { ...this.#params };
  }

  /** Change options. @throws ValueError for unknown names, and unless negLabel < posLabel */
  setParams(options: Partial<LabelBinarizerParams>): this {
    const params = { ...this.#params, ...checkOptions('LabelBinarizer', options, schema) };
    if (params.negLabel >= params.posLabel) {
      throw new ValueError(
        `LabelBinarizer: negLabel must be less than posLabel, ${params.posLabel}, but received ${params.negLabel}.`,
      );
    }
    this.#params = params;
    return this;
  }

  /** Options and learned labels, as plain data for JSON. */
  toJSON(): StoredTransformer {
    const fitted = this.#classes ? { classes: [...this.#classes] } : null;
    return { kind: this.name, params: this.getParams(), fitted };
  }

  #fitted(wanted: string): Label[] {
    return fittedOr('LabelBinarizer', wanted, this.#classes);
  }
}

/** Throws ValueError for fractions, which are targets of a regression, not labels. */
function refuseFractions(labels: ArrayLike<unknown>): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (typeof label !== 'number' || Number.isInteger(label)) continue;
    throw new ValueError(
      `LabelBinarizer: y must hold labels (strings, booleans or integers), but received ${describe(label)}.`,
    );
  }
}

/** Most values of all one-hot rows together: 4 GiB of float32. */
const MAX_VALUES = MAX_ARENA_BYTES / 4;

/**
 * Integers as one-hot rows of float32: Keras's to_categorical.
 *
 * @param y integers from 0, of any shape; a last dimension of 1 is dropped
 * @param classes number of classes; default: the largest of y + 1
 * @returns (…, classes), 1 in the column of the number, else 0
 * @throws ValueError for anything but integers from 0 to classes − 1, and for rows that need more than 4 GiB
 */
export function toCategorical(y: ArrayInput, classes?: number): NdArray {
  const { data, shape, scale = 1 } = readArray(y, 'y');
  const labels = Float64Array.from(data, (value) => value * scale);
  const given =
    classes === undefined ? undefined : checkValue('toCategorical', 'classes', classes, positiveInteger);
  const largest = given === undefined ? MAX_VALUES / Math.max(1, labels.length) - 1 : given - 1;
  const bad = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label <= largest));
  if (bad >= 0) {
    const sound = Number.isInteger(labels[bad]) && labels[bad] >= 0;
    const bound = given !== undefined || sound ? ` to ${Math.floor(largest)}` : '';
    const why = given === undefined && sound ? ', so that the one-hot rows fit in memory' : '';
    throw new ValueError(
      `toCategorical: y must hold whole numbers from 0${bound}${why}, but received ${describe(labels[bad])} at index ${bad}.`,
    );
  }
  const count = given ?? labels.reduce((max, label) => Math.max(max, label), -1) + 1;
  if (labels.length * count > MAX_VALUES) {
    throw new ValueError(
      `toCategorical: classes must be at most ${Math.floor(MAX_VALUES / labels.length)} for ${labels.length} numbers, so that the one-hot rows fit in memory, but received ${count}.`,
    );
  }
  const result = newFloats(labels.length * count, 'One-hot rows', 'convert fewer numbers at a time');
  labels.forEach((label, i) => {
    result[i * count + label] = 1;
  });
  const outer = shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
  return { data: result, shape: [...outer, count] };
}
