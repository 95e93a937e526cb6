/**
 * Splits that test rows more than once or not at all: repeated and random ones, leave-one-out, and those of
 * time series; drawn as scikit-learn draws them. Not for splits by groups (group-folds.ts).
 */
import { checkOptions, describe, integer, nullable, positiveInteger } from '../check.js';
import { encodeLabels, rowLabels } from '../data/labels.js';
import { randomSplitSchema, splitIndices, splitSizes } from '../data/split.js';
import { ValueError } from '../errors.js';
import type { RandomState } from '../random.js';
import { ascending, toRandomState } from '../random.js';
import type { OnWarning } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Fold, FoldOptions } from './folds.js';
import { foldSchema, foldsOf, kFoldInPieces, rowCount, stratifiedKFoldInPieces } from './folds.js';

/** Most row numbers of all folds of a split together. */
const MAX_ROW_NUMBERS = 1e7;

/** @throws ValueError if folds would have too many row numbers, or if `rows` is no count */
export function checkFolds(owner: string, rows: number, numbers: number): void {
  if (!Number.isSafeInteger(rows) || rows < 0) {
    throw new ValueError(`${owner}: rows must be an integer >= 0, but received ${describe(rows)}.`);
  }
  if (numbers <= MAX_ROW_NUMBERS) return;
  throw new ValueError(
    `${owner}: the folds must have at most ${MAX_ROW_NUMBERS} row numbers in all, but would have ${numbers}; take fewer rows or splits.`,
  );
}

export interface TimeSeriesOptions {
  /** Number of folds, an integer >= 2. Default 5. */
  readonly nSplits?: number;
  /** Most rows to train on, the last ones before the gap. Default null: all. */
  readonly maxTrainSize?: number | null;
  /** Rows to test on in every fold. Default null: rows / (nSplits + 1), rounded down. */
  readonly testSize?: number | null;
  /** Rows left out between those to train on and those to test on. Default 0. */
  readonly gap?: number;
}

const timeSchema = {
  nSplits: foldSchema.nSplits,
  maxTrainSize: nullable(positiveInteger),
  testSize: nullable(positiveInteger),
  gap: integer({ min: 0 }),
};

/**
 * Folds of rows in the order of time: each tests on the rows after those of the fold before and trains on
 * what lies before them. scikit-learn's TimeSeriesSplit.
 *
 * @param rows how many rows there are, or anything that has rows
 * @throws ValueError if no row would be left to train on, and for more than 10^7 row numbers in all folds
 */
export function timeSeriesSplit(rows: unknown, options: TimeSeriesOptions = {}): Fold[] {
  const owner = 'timeSeriesSplit';
  const { nSplits = 5, gap = 0, ...sizes } = checkOptions(owner, options, timeSchema);
  const count = rowCount(rows);
  checkFolds(owner, count, nSplits);
  const testSize = sizes.testSize ?? Math.floor(count / (nSplits + 1));
  const first = count - nSplits * testSize;
  if (nSplits >= count || first <= gap || count > 0x7fffffff) {
    throw new ValueError(
      `${owner}: nSplits, testSize and gap must leave at least 1 of the ${count} rows to train on, but received ${nSplits}, ${testSize} and ${gap}.`,
    );
  }
  const spans = Array.from({ length: nSplits }, (_, i) => {
    const start = first + i * testSize;
    return { start, from: Math.max(0, start - gap - (sizes.maxTrainSize ?? Infinity)), to: start - gap };
  });
  checkFolds(
    owner,
    count,
    spans.reduce((sum, { from, to }) => sum + to - from + testSize, 0),
  );
  const range = (from: number, to: number) => ascending(to - from).map((i) => i + from);
  return spans.map(({ start, from, to }) => ({
    train: range(from, to),
    test: range(start, start + testSize),
  }));
}

/**
 * A fold for every row, which tests on it and trains on all others. scikit-learn's LeaveOneOut.
 *
 * @param rows how many rows there are, or anything that has rows
 * @throws ValueError for fewer than 2 rows, and for more than 3162
 */
export function leaveOneOut(rows: unknown): Fold[] {
  const count = rowCount(rows);
  checkFolds('leaveOneOut', count, count * count);
  if (count < 2) throw new ValueError(`leaveOneOut: rows must be at least 2, but received ${count}.`);
  return runAtOnce(foldsOf(ascending(count), count));
}

export interface RepeatedFoldOptions {
  /** Number of parts, each of which tests once per repetition; an integer >= 2. Default 5. */
  readonly nSplits?: number;
  /** Number of repetitions. Default 10. */
  readonly nRepeats?: number;
  /** Seed, or generator to continue. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
  /** Called with each warning. Default: console.warn, once. */
  readonly onWarning?: OnWarning | null;
}

const repeatedSchema = {
  nSplits: foldSchema.nSplits,
  nRepeats: positiveInteger,
  randomState: foldSchema.randomState,
  onWarning: foldSchema.onWarning,
};

/**
 * kFold with shuffling, several times, each time with other draws: scikit-learn's RepeatedKFold, seed for
 * seed.
 *
 * @param rows how many rows there are, or anything that has rows
 * @throws ValueError for more parts than rows, and for more than 10^7 row numbers in all folds
 */
export function repeatedKFold(rows: unknown, options: RepeatedFoldOptions = {}): Fold[] {
  const count = rowCount(rows);
  return repeated('repeatedKFold', count, options, (...given) => kFoldInPieces(count, ...given));
}

/**
 * stratifiedKFold with shuffling, several times, each time with other draws: scikit-learn's
 * RepeatedStratifiedKFold, seed for seed.
 *
 * @param y a label per row
 * @throws ValueError if every class has fewer rows than there are parts, and for more than 10^7 row numbers
 *   in all folds
 */
export function repeatedStratifiedKFold(y: unknown, options: RepeatedFoldOptions = {}): Fold[] {
  const split: Split = (...given) => stratifiedKFoldInPieces(y, ...given);
  return repeated('repeatedStratifiedKFold', rowCount(y), options, split);
}

type Split = (options: FoldOptions, owner: string) => Pieces<Fold[]>;

function repeated(owner: string, rows: number, options: RepeatedFoldOptions, split: Split): Fold[] {
  const { nSplits = 5, nRepeats = 10, randomState, onWarning } = checkOptions(owner, options, repeatedSchema);
  checkFolds(owner, rows, rows * nSplits * nRepeats);
  const random = toRandomState(randomState);
  const once = { nSplits, shuffle: true, randomState: random, onWarning };
  return Array.from({ length: nRepeats }, () => runAtOnce(split(once, owner))).flat();
}

export interface ShuffleSplitOptions {
  /** Number of folds. Default 10. */
  readonly nSplits?: number;
  /**
   * Rows to test on: a count (integer >= 1) or a share of all (0 < share < 1, rounded up). Default: all rows
   * that trainSize leaves, or .1.
   */
  readonly testSize?: number | null;
  /** Rows to train on: a count, or a share of all (rounded down). Default: all rows that testSize leaves. */
  readonly trainSize?: number | null;
  /** Seed, or generator to continue. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
}

const shuffleSchema = { ...randomSplitSchema, nSplits: positiveInteger };

/**
 * Random splits, each drawn anew from all rows: scikit-learn's ShuffleSplit, seed for seed. Row numbers are
 * in the order of the draw.
 *
 * @param rows how many rows there are, or anything that has rows
 * @throws ValueError for sizes that do not fit, and for more than 10^7 row numbers in all folds
 */
export function shuffleSplit(rows: unknown, options: ShuffleSplitOptions = {}): Fold[] {
  return randomSplits('shuffleSplit', rowCount(rows), options);
}

/**
 * Random splits that keep the shares of the classes: scikit-learn's StratifiedShuffleSplit, seed for seed.
 * Row numbers are in the order of the draw.
 *
 * @param y a label per row, or rows of entries
 * @throws ValueError for sizes that do not fit, a class with fewer than 2 rows, and for more than 10^7 row
 *   numbers in all folds
 */
export function stratifiedShuffleSplit(y: unknown, options: ShuffleSplitOptions = {}): Fold[] {
  return randomSplits('stratifiedShuffleSplit', rowCount(y), options, y);
}

function randomSplits(owner: string, rows: number, options: ShuffleSplitOptions, y?: unknown): Fold[] {
  const { nSplits = 10, testSize, trainSize, randomState } = checkOptions(owner, options, shuffleSchema);
  const sizes = splitSizes(rows, testSize ?? (trainSize ? null : 0.1), trainSize);
  checkFolds(owner, rows, Math.max(rows, nSplits * (sizes.train + sizes.test)));
  const encoded = y === undefined ? undefined : encodeLabels(rowLabels(y, 'y'));
  const random = toRandomState(randomState);
  return Array.from({ length: nSplits }, () =>
    splitIndices(rows, encoded?.indices ?? null, random, sizes, encoded?.classes),
  );
}
