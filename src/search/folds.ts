/**
 * kFold and stratifiedKFold: which rows of each fold train and which test, as scikit-learn draws them; and
 * what other splits share with them. Not for splits by groups (group-folds.ts), for repeated ones
 * (repeated-folds.ts), nor for the option `cv`, which experiment.ts reads.
 */
import { anyOf, boolean, checkOptions, describe, func, instance, integer, nullable } from '../check.js';
import { byFirstAppearance, equalParts, stratifiedParts } from '../data/fold-parts.js';
import { encodeLabelsInPieces, rowLabels } from '../data/labels.js';
import { countRows } from '../data/take.js';
import { ValueError } from '../errors.js';
import { ascending, RandomState, toRandomState } from '../random.js';
import type { OnWarning } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import { LamellaWarning, warn } from '../warnings.js';

/** One fold: the numbers of the rows to train on and of those to test on. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export interface FoldOptions {
  /** Number of parts, each of which tests once; an integer >= 2. Default 5. */
  readonly nSplits?: number;
  /** Assign rows to parts at random. Default false: in order. */
  readonly shuffle?: boolean;
  /** Seed, or generator to continue, for `shuffle`. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
  /** Called with each warning. Default: console.warn, once. */
  readonly onWarning?: OnWarning | null;
}

/** The rules of the options of kFold and stratifiedKFold. */
export const foldSchema = {
  nSplits: integer({ min: 2 }),
  shuffle: boolean,
  randomState: nullable(anyOf(integer({ min: 0, max: 0xffffffff }), instance(RandomState))),
  onWarning: nullable(func<OnWarning>()),
};

interface Checked {
  readonly nSplits: number;
  /** The generator that shuffles; undefined: no shuffling. */
  readonly random: RandomState | undefined;
  readonly onWarning: OnWarning | null | undefined;
}

export function readFoldOptions(owner: string, options: FoldOptions): Checked {
  const { nSplits = 5, shuffle = false, randomState, onWarning } = checkOptions(owner, options, foldSchema);
  if (!shuffle && randomState !== undefined && randomState !== null) {
    throw new ValueError(`${owner}: randomState must be omitted without shuffle: true, but was given.`);
  }
  return { nSplits, random: shuffle ? toRandomState(randomState) : undefined, onWarning };
}

/** Most row numbers of all folds of kFold and stratifiedKFold together: 1 GiB. */
const MAX_ROW_NUMBERS = 268435456;

function checkRowNumbers(owner: string, rows: number, nSplits: number): void {
  if (rows * nSplits <= MAX_ROW_NUMBERS) return;
  throw new ValueError(
    `${owner}: nSplits times the number of rows must be at most ${MAX_ROW_NUMBERS}, but received ${nSplits} and ${rows}.`,
  );
}

/** The number of rows: the number itself, or that of anything that has rows. */
export function rowCount(rows: unknown): number {
  return typeof rows === 'number' ? rows : countRows(rows, 'rows');
}

/**
 * Split rows into `nSplits` parts of equal size (the first ones a row larger), each of which tests once while
 * the others train: scikit-learn's KFold, seed for seed.
 *
 * @param rows how many rows there are, or anything that has rows
 * @returns a fold per part; row numbers ascend
 * @throws ValueError for more parts than rows
 */
export function kFold(rows: unknown, options?: FoldOptions): Fold[] {
  return runAtOnce(kFoldInPieces(rows, options));
}

export function* kFoldInPieces(rows: unknown, options: FoldOptions = {}, owner = 'kFold'): Pieces<Fold[]> {
  const { nSplits, random } = readFoldOptions(owner, options);
  const count = rowCount(rows);
  if (!Number.isSafeInteger(count) || count < nSplits) {
    throw new ValueError(
      `${owner}: nSplits must be at most the number of rows, ${describe(count)}, but received ${nSplits}.`,
    );
  }
  checkRowNumbers(owner, count, nSplits);
  const order = random ? random.permutation(count) : ascending(count);
  return yield* foldsOf(equalParts(order, nSplits), nSplits);
}

/**
 * kFold that keeps the shares of the classes in every part: scikit-learn's StratifiedKFold, seed for seed
 * (classes are numbered by first appearance).
 *
 * Warns if a class has fewer rows than there are parts.
 *
 * @param y a label per row
 * @throws ValueError if every class has fewer rows than there are parts
 */
export function stratifiedKFold(y: unknown, options?: FoldOptions): Fold[] {
  return runAtOnce(stratifiedKFoldInPieces(y, options));
}

export function* stratifiedKFoldInPieces(
  y: unknown,
  options: FoldOptions = {},
  owner = 'stratifiedKFold',
): Pieces<Fold[]> {
  const { nSplits, random, onWarning } = readFoldOptions(owner, options);
  const codes = byFirstAppearance((yield* encodeLabelsInPieces(rowLabels(y, 'y'))).indices);
  const counts: number[] = [];
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  checkClassSizes(owner, counts, nSplits);
  checkRowNumbers(owner, codes.length, nSplits);
  warnOfSmallClasses(counts, nSplits, onWarning);
  return yield* foldsOf(yield* stratifiedParts(codes, counts, nSplits, random), nSplits);
}

/** @throws ValueError if there are more parts than rows of any class */
export function checkClassSizes(owner: string, counts: ArrayLike<number>, nSplits: number): void {
  const largest = Array.from(counts).reduce((max, count) => Math.max(max, count), 0);
  if (nSplits <= largest) return;
  throw new ValueError(
    `${owner}: nSplits must be at most the number of rows of the largest class, ${largest}, but received ${nSplits}.`,
  );
}

/** Warns if there are more parts than rows of some class. */
export function warnOfSmallClasses(
  counts: ArrayLike<number>,
  nSplits: number,
  onWarning: OnWarning | null | undefined,
): void {
  const smallest = Array.from(counts).reduce((min, count) => Math.min(min, count), Infinity);
  if (nSplits <= smallest) return;
  const message = `The least populated class in y has only ${smallest} members, which is less than nSplits=${nSplits}.`;
  warn(new LamellaWarning(message, 'SMALL_CLASS'), onWarning);
}

/** A fold per part, which has the rows of the part to test on and all others to train on. */
export function* foldsOf(partOf: Int32Array, nSplits: number): Pieces<Fold[]> {
  const sizes = new Int32Array(nSplits);
  for (const part of partOf) sizes[part]++;
  const folds: Fold[] = [];
  for (let part = 0; part < nSplits; part++) {
    const test = new Int32Array(sizes[part]);
    const train = new Int32Array(partOf.length - sizes[part]);
    let [tested, trained] = [0, 0];
    yield* ranges(partOf.length, 2, (begin, end) => {
      for (let row = begin; row < end; row++) {
        if (partOf[row] === part) test[tested++] = row;
        else train[trained++] = row;
      }
    });
    folds.push({ train, test });
  }
  return folds;
}
