/**
 * Labels of rows in any accepted form, as sorted classes and indices of them. Not for weights of classes or
 * rows (weights.ts), nor for scores of predicted labels (scores/).
 */
import { describe } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { formatShape, readList, toNested } from '../ndarray.js';
import { checkNdArray } from '../ndarray/read.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';

/** Cost of looking up a label, in values read, for cutting work into slices. */
export const VALUES_PER_LABEL = 4;

/** A label of a class. */
export type Label = string | number | boolean;

/** A value of a column of categories: a label, or null, which stands for a missing value. */
export type Category = Label | null;

/** Labels as class indices: label of row i = classes[indices[i]]. */
export interface EncodedLabels<L extends Label = Label> {
  /** The distinct labels: numbers by value, strings by code point, false before true. */
  readonly classes: L[];
  readonly indices: Int32Array;
  /** Rows per class. */
  readonly counts: Int32Array;
}

/**
 * Compare strings by Unicode code point, as Python does; `<` compares UTF-16 units, which sorts emoji before
 * U+E000.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** A UTF-16 unit, surrogates moved behind all others. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * Labels as ranks among their sorted distinct values.
 *
 * @param labels strings, finite numbers or booleans, all of one type
 * @param name what errors call them
 * @throws ValueError for anything else, naming the index
 */
export function* encodeLabelsInPieces<L extends Label>(
  labels: ArrayLike<L>,
  name = 'y',
): Pieces<EncodedLabels<L>> {
  const seen = new Map<L, number>();
  const order = new Int32Array(labels.length);
  const type = typeof labels[0];
  yield* ranges(order.length, VALUES_PER_LABEL, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const label = labels[i];
      const rank = seen.get(label);
      if (rank !== undefined) order[i] = rank;
      else {
        checkLabel(label, type, i, name);
        order[i] = seen.size;
        seen.set(label, seen.size);
      }
    }
  });
  const classes = sortLabels([...seen.keys()]);
  const rankOf = new Int32Array(classes.length);
  classes.forEach((label, rank) => {
    rankOf[seen.get(label)!] = rank;
  });
  const counts = new Int32Array(classes.length);
  const indices = order;
  yield* ranges(order.length, 2, (begin, end) => {
    for (let i = begin; i < end; i++) counts[(indices[i] = rankOf[order[i]])]++;
  });
  return { classes, indices, counts };
}

/** Labels as ranks among their sorted distinct values, as `encodeLabelsInPieces` computes them, in one go. */
export function encodeLabels<L extends Label>(labels: ArrayLike<L>, name?: string): EncodedLabels<L> {
  return runAtOnce(encodeLabelsInPieces(labels, name));
}

/** @throws ValueError unless a label is of a type, which is one of labels */
export function checkLabel(label: unknown, type: string, index: number, name: string): void {
  const usable = type === 'string' || type === 'boolean' || (type === 'number' && Number.isFinite(label));
  if (usable && typeof label === type) return;
  const expected = ['string', 'number', 'boolean'].includes(type)
    ? `${type}s`
    : 'strings, numbers or booleans';
  throw new ValueError(
    `${name} must hold labels of one type (${type === 'number' ? 'finite numbers' : expected}), but received ${describe(label)} at index ${index}.`,
  );
}

/** Labels of one type in the order of classes. */
export function sortLabels<L extends Label>(labels: L[]): L[] {
  if (typeof labels[0] === 'string')
    return labels.sort((a, b) => compareCodePoints(a as string, b as string));
  return labels.sort((a, b) => Number(a) - Number(b));
}

/**
 * One label per row from any form of targets: a list of labels, an NdArray (rows) or (rows, 1), or rows of
 * several entries. Each distinct row of entries is a class, whose label is the entries joined by blanks, as
 * in scikit-learn.
 */
export function rowLabels(targets: unknown, name: string): ArrayLike<Label> {
  const list = readList(targets, name);
  if (list && !Array.isArray(list)) return list as TypedArray;
  if (!list) {
    const array = checkNdArray(targets as NdArray<TypedArray>, name);
    if (array.shape.length === 0 || array.shape.length > 2) {
      throw new ShapeError(
        `${name} must have one label or one row of entries per row, but received the shape ${formatShape(array.shape)}.`,
      );
    }
    return rowLabels(toNested(array), name);
  }
  const texts = new RowTexts();
  return Array.from(list as readonly unknown[], (row, i) => {
    const entries = readList(row, name) as ArrayLike<Label> | undefined;
    if (!entries) return row as Label;
    if (entries.length === 1) return entries[0];
    for (let j = 0; j < entries.length; j++) checkLabel(entries[j], typeof entries[j], i, name);
    return texts.of(entries);
  });
}

/**
 * Texts of rows of labels: equal for equal rows, different for others, even where the joined entries agree.
 */
class RowTexts {
  readonly #byRow = new Map<string, string>();
  readonly #given = new Set<string>();

  of(entries: ArrayLike<Label>): string {
    const list = Array.from(entries);
    const row = JSON.stringify(list);
    const known = this.#byRow.get(row);
    if (known !== undefined) return known;
    let text = list.join(' ');
    while (this.#given.has(text)) text += '\0';
    this.#byRow.set(row, text);
    this.#given.add(text);
    return text;
  }
}
