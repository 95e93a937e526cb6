import type { Rule } from '../check.js';
import { checkOptions, describe, integer, oneOf, type refused } from '../check.js';
import { rowLabels } from '../data/labels.js';
import { ValueError } from '../errors.js';
import { isList, isTypedArray, readList } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import type { Fold, FoldOptions } from './folds.js';
import { foldSchema, kFoldInPieces, stratifiedKFoldInPieces } from './folds.js';

/**
 * How rows are split for cross-validation: a number of folds (stratified for classifiers, in order otherwise), options of
 * kFold with the kind of split, or the folds themselves.
 */
export type CrossValidation =
  number | (FoldOptions & { readonly kind?: 'kFold' | 'stratifiedKFold' }) | readonly Fold[];

const parts = integer({ min: 2 });

/** The rule of the option `cv`; what is in an object or an array is checked when the folds are made. */
export const crossValidation: Rule<CrossValidation> = {
  expected: `${parts.expected}, options { kind, nSplits, shuffle, randomState } or an array of { train, test }`,
  accept: (value) => {
    if (Array.isArray(value) && value.length > 0) return value as Fold[];
    const options = typeof value === 'object' && value !== null && !Array.isArray(value);
    return options && !isTypedArray(value)
      ? (value as FoldOptions)
      : (parts.accept(value) as number | typeof refused);
  },
};

/**
 * The folds that `cv` stands for.
 *
 * @param stratify whether to keep the shares of classes if `cv` does not say
 * @throws ValueError for folds that are empty or name rows that are not there
 */
export function* foldsFor(
  owner: string,
  cv: CrossValidation,
  { rows, y, classifier }: { readonly rows: number; readonly y: unknown; readonly classifier: boolean },
): Pieces<Fold[]> {
  const stratify = classifier && oneLabelPerRow(y);
  if (Array.isArray(cv))
    return Array.from(cv as readonly unknown[], (fold, i) => readFold(owner, fold, i, rows));
  const given = typeof cv === 'number' ? { nSplits: cv } : (cv as FoldOptions);
  const schema = { ...foldSchema, kind: oneOf<'kFold' | 'stratifiedKFold'>(['kFold', 'stratifiedKFold']) };
  const { kind = stratify ? 'stratifiedKFold' : 'kFold', ...options } = checkOptions(
    `${owner}: cv`,
    given,
    schema,
  );
  if (kind === 'kFold') return yield* kFoldInPieces(rows, options);
  return yield* stratifiedKFoldInPieces(rowLabels(y, 'y'), options);
}

function oneLabelPerRow(y: unknown): boolean {
  if (Array.isArray(y)) {
    const first: unknown = y[0];
    return !isList(first) || first.length === 1;
  }
  const { shape } = y as { readonly shape?: readonly number[] };
  return shape === undefined || shape.length === 1 || shape[1] === 1;
}

function readFold(owner: string, fold: unknown, i: number, rows: number): Fold {
  const { train, test } = (fold ?? {}) as Record<string, unknown>;
  return {
    train: readRows(owner, train, `cv[${i}].train`, rows),
    test: readRows(owner, test, `cv[${i}].test`, rows),
  };
}

function readRows(owner: string, list: unknown, name: string, rows: number): Int32Array {
  const values = Array.from<unknown>(readList(list, name) ?? []);
  if (values.length === 0) {
    throw new ValueError(
      `${owner}: ${name} must be an array of at least 1 row number, but received ${describe(list)}.`,
    );
  }
  const bad = values.find(
    (row) => !(Number.isInteger(row) && (row as number) >= 0 && (row as number) < rows),
  );
  if (bad === undefined) return Int32Array.from(values as number[]);
  throw new ValueError(
    `${owner}: ${name} must hold row numbers from 0 to ${rows - 1}, but received ${describe(bad)}.`,
  );
}
