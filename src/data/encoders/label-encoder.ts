/**
 * LabelEncoder: labels as integers from 0 and back. Not for rows of 0 and 1, which LabelBinarizer makes, nor
 * for the labels that estimators read (data/labels.ts).
 */
import type { AsyncOptions, Rule } from '../../check.js';
import { runAsync, checkOptions, describe, refused } from '../../check.js';
import { NotFittedError, ValueError } from '../../errors.js';
import type { Label } from '../labels.js';
import { encodeLabels, encodeLabelsInPieces } from '../labels.js';
import type { LabelRows } from '../scores/labels.js';
import { codesOf } from './cells.js';
import { labelList, labelListInPieces } from '../scores/labels.js';
import type { Pieces } from '../../yielding.js';
import { runAtOnce } from '../../yielding.js';
import type { StoredTransformer } from '../stored.js';
import { formatErrors, readFitted, readStored } from '../stored.js';

/** Rule of stored classes: labels of one type, sorted and distinct. */
export const sortedClasses: Rule<Label[]> = {
  expected: 'labels of one type, sorted, each once',
  accept: (value) => {
    if (!Array.isArray(value) || value.length === 0) return refused;
    try {
      const { classes } = encodeLabels(value as Label[]);
      return classes.length === value.length && classes.every((label, i) => label === value[i])
        ? classes
        : refused;
    } catch {
      return refused;
    }
  },
};

/**
 * Encodes labels as numbers 0 … classes − 1, by their place among the sorted labels: strings by code point,
 * numbers by value, false before true. scikit-learn's LabelEncoder.
 */
export class LabelEncoder {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'LabelEncoder';
  /** Name of the class, which minifiers cannot change. */
  readonly name = 'LabelEncoder';
  #classes: Label[] | undefined;

  /** @param options there are none */
  constructor(options: object = {}) {
    checkOptions('LabelEncoder', options, {});
  }

  /** An encoder from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): LabelEncoder {
    const { params, fitted } = readStored('LabelEncoder', json);
    const encoder = formatErrors(() => new LabelEncoder(params as object));
    if (fitted !== null) {
      encoder.#classes = readFitted('LabelEncoder', fitted, { classes: sortedClasses }).classes;
    }
    return encoder;
  }

  /** Sorted labels that fit has learned. */
  get classes(): Label[] {
    return [...this.#fitted('classes')];
  }

  /** Learn the labels. @throws ShapeError for several per row, ValueError for mixed types and no labels */
  fit(y: LabelRows): this {
    this.#classes = runAtOnce(fitClasses('LabelEncoder', y));
    return this;
  }

  /**
   * Class number of every label. @throws NotFittedError before fit, ValueError for labels that fit has not
   * seen
   */
  transform(y: LabelRows): Int32Array {
    return runAtOnce(this.#codes('transform', y));
  }

  *#codes(wanted: string, y: LabelRows): Pieces<Int32Array> {
    const classes = this.#fitted(wanted);
    const labels = yield* labelListInPieces('LabelEncoder', y, 'y');
    const codes = yield* codesOf(labels, classes);
    const unknown = codes.indexOf(-1);
    if (unknown < 0) return codes;
    throw new ValueError(
      `LabelEncoder: y must hold only the labels ${describe(classes)}, as in fit, but received ${describe(labels[unknown])} at index ${unknown}.`,
    );
  }

  /** Fit to the labels, then transform them. */
  fitTransform(y: LabelRows): Int32Array {
    return this.fit(y).transform(y);
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(y: LabelRows, options?: AsyncOptions): Promise<Int32Array> {
    return runAsync('LabelEncoder.transformAsync', options, {}, () => this.#codes('transformAsync', y));
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays unless all labels have been read
   */
  async fitTransformAsync(y: LabelRows, options?: AsyncOptions): Promise<Int32Array> {
    return runAsync('LabelEncoder.fitTransformAsync', options, {}, () => this.#fitCodes(y));
  }

  *#fitCodes(y: LabelRows): Pieces<Int32Array> {
    this.#classes = yield* fitClasses('LabelEncoder', y);
    return yield* this.#codes('transform', y);
  }

  /** Labels of class numbers. @throws ValueError for anything but the number of a class */
  inverseTransform(codes: ArrayLike<number>): Label[] {
    const classes = this.#fitted('inverseTransform');
    return Array.from(labelList('LabelEncoder', codes, 'codes'), (code, i) => {
      const known = Number.isInteger(code) && (code as number) >= 0 && (code as number) < classes.length;
      if (known) return classes[code as number];
      throw new ValueError(
        `LabelEncoder: codes must be whole numbers from 0 to ${classes.length - 1}, but received ${describe(code)} at index ${i}.`,
      );
    });
  }

  /** Options of this encoder: an empty object. */
  getParams(): object {
    return {};
  }

  /** Accepts no options. @throws ValueError for any */
  setParams(params: object): this {
    checkOptions('LabelEncoder', params, {});
    return this;
  }

  /** Learned labels, as plain data for JSON. */
  toJSON(): StoredTransformer {
    return { kind: this.name, params: {}, fitted: this.#classes ? { classes: [...this.#classes] } : null };
  }

  #fitted(wanted: string): Label[] {
    return fittedOr('LabelEncoder', wanted, this.#classes);
  }
}

/** Sorted distinct labels of y. */
export function* fitClasses(owner: string, y: LabelRows): Pieces<Label[]> {
  const labels = yield* labelListInPieces(owner, y, 'y');
  const { classes } = yield* encodeLabelsInPieces(labels, `${owner}: y`);
  if (classes.length > 0) return classes;
  throw new ValueError(`${owner}: y must hold at least 1 label, but received none.`);
}

/** A value that fit has learned. @throws NotFittedError if it is undefined */
export function fittedOr<T>(owner: string, wanted: string, fitted: T | undefined): T {
  if (fitted !== undefined) return fitted;
  throw new NotFittedError(
    `${owner}: ${wanted} needs a fitted encoder, but fit has not been called; call fit first.`,
  );
}
