import type { Rule } from '../../check.js';
import { checkOptions, describe, refused } from '../../check.js';
import { NotFittedError, ValueError } from '../../errors.js';
import type { Label } from '../labels.js';
import { encodeLabels } from '../labels.js';
import type { LabelRows } from '../scores/labels.js';
import { labelList } from '../scores/labels.js';
import type { StoredTransformer } from '../stored.js';
import { formatErrors, readFitted, readStored } from '../stored.js';

/** Labels of one type, sorted, each once: what fit gives. */
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
 * Labels as numbers 0 … classes − 1, by their place among the sorted labels: strings by code point, numbers by value, false
 * before true. scikit-learn's LabelEncoder.
 */
export class LabelEncoder {
  /** Survives minifiers. */
  static readonly name: string = 'LabelEncoder';
  /** The name of the class, which minifiers cannot change. */
  readonly name = 'LabelEncoder';
  #classes: Label[] | undefined;

  /** @param options there are none */
  constructor(options: object = {}) {
    checkOptions('LabelEncoder', options, {});
  }

  /** An encoder from what toJSON gave. @throws FormatError if it is something else */
  static fromJSON(json: unknown): LabelEncoder {
    const { params, fitted } = readStored('LabelEncoder', json);
    const encoder = formatErrors(() => new LabelEncoder(params as object));
    if (fitted !== null) {
      encoder.#classes = readFitted('LabelEncoder', fitted, { classes: sortedClasses }).classes;
    }
    return encoder;
  }

  /** The labels, sorted. */
  get classes(): Label[] {
    return [...this.#fitted('classes')];
  }

  /** Learn the labels. @throws ShapeError for several per row, ValueError for mixed types and no labels */
  fit(y: LabelRows): this {
    this.#classes = fitClasses('LabelEncoder', y);
    return this;
  }

  /** The number of every label. @throws NotFittedError before fit, ValueError for labels that fit has not seen */
  transform(y: LabelRows): Int32Array {
    const classes = this.#fitted('transform');
    const labels = labelList('LabelEncoder', y, 'y');
    const codes = codesOf(labels, classes);
    const unknown = codes.indexOf(-1);
    if (unknown < 0) return codes;
    throw new ValueError(
      `LabelEncoder: y must hold only the labels ${describe(classes)}, as in fit, but received ${describe(labels[unknown])} at index ${unknown}.`,
    );
  }

  fitTransform(y: LabelRows): Int32Array {
    return this.fit(y).transform(y);
  }

  /** The label of every number. @throws ValueError for what is no number of a label */
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

  /** No options. */
  getParams(): object {
    return {};
  }

  /** @throws ValueError for any option */
  setParams(params: object): this {
    checkOptions('LabelEncoder', params, {});
    return this;
  }

  /** What was learned, as plain data. */
  toJSON(): StoredTransformer {
    return { kind: this.name, params: {}, fitted: this.#classes ? { classes: [...this.#classes] } : null };
  }

  #fitted(wanted: string): Label[] {
    return fittedOr('LabelEncoder', wanted, this.#classes);
  }
}

/** The sorted labels of y. */
export function fitClasses(owner: string, y: LabelRows): Label[] {
  const { classes } = encodeLabels(labelList(owner, y, 'y'), `${owner}: y`);
  if (classes.length > 0) return classes;
  throw new ValueError(`${owner}: y must hold at least 1 label, but received none.`);
}

/** The place of every label among the classes, −1 for others. */
export function codesOf(labels: ArrayLike<unknown>, classes: readonly Label[]): Int32Array {
  const places = new Map<unknown, number>(classes.map((label, i) => [label, i]));
  return Int32Array.from(labels, (label) => places.get(label) ?? -1);
}

/** What fit has learned. NotFittedError before that. */
export function fittedOr<T>(owner: string, wanted: string, fitted: T | undefined): T {
  if (fitted !== undefined) return fitted;
  throw new NotFittedError(
    `${owner}: ${wanted} needs a fitted encoder, but fit has not been called; call fit first.`,
  );
}
