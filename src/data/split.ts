/**
 * trainTestSplit and the splits that estimators hold out, with scikit-learn's draws. Not for folds of cross-
 * validation (search/folds.ts).
 */
import {
  anyOf,
  anything,
  boolean,
  checkOptions,
  describe,
  instance,
  integer,
  nullable,
  number,
} from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import { ascending, RandomState, toRandomState } from '../random.js';
import { encodeLabels, rowLabels } from './labels.js';
import type { EncodedLabels } from './labels.js';
import { countRows, takeRows } from './take.js';

export interface SplitOptions {
  /**
   * Rows to test on: a count (integer >= 1) or a share of all (0 < share < 1, rounded up). Default: all rows
   * that trainSize leaves, or .25.
   */
  readonly testSize?: number | null;
  /** Rows to train on: a count, or a share of all (rounded down). Default: all rows that testSize leaves. */
  readonly trainSize?: number | null;
  /** Seed, or generator to continue. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
  /** Draw the rows at random; false takes the first rows to train, the next to test. Default true. */
  readonly shuffle?: boolean;
  /** Labels, one per row (or rows of entries), whose shares both parts keep. Default: none. */
  readonly stratify?: unknown;
}

/** Number of rows of each part. */
export interface SplitSizes {
  readonly train: number;
  readonly test: number;
}

/** The row numbers of each part. */
export interface SplitIndices {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

const size = nullable(anyOf(integer({ min: 1 }), number({ above: 0, below: 1 })));

/** The rules of the options of random splits. */
export const randomSplitSchema = {
  testSize: size,
  trainSize: size,
  randomState: nullable(anyOf(integer({ min: 0, max: 0xffffffff }), instance(RandomState))),
};
const schema = {
  ...randomSplitSchema,
  shuffle: boolean,
  stratify: anything(),
};

/**
 * Split rows and their targets into a part to train on and a part to test on: scikit-learn's
 * `train_test_split`, seed for seed. Each part is a copy of its input's own kind: array, typed array, NdArray
 * or CSR rows.
 *
 * @param x rows in any form
 * @param y targets, one per row of x
 * @throws ShapeError if x and y differ in rows, ValueError for sizes that do not fit and classes that are too
 *   small
 */
export function trainTestSplit<X, Y>(
  x: X,
  y: Y,
  options: SplitOptions = {},
): { xTrain: X; xTest: X; yTrain: Y; yTest: Y } {
  const {
    testSize,
    trainSize,
    randomState,
    shuffle = true,
    stratify,
  } = checkOptions('trainTestSplit', options, schema);
  const rows = countRows(x, 'x');
  checkSameRows('y', countRows(y, 'y'), rows);
  const sizes = splitSizes(rows, testSize, trainSize);
  let encoded: EncodedLabels | null = null;
  if (stratify !== undefined && stratify !== null) {
    if (!shuffle)
      throw new ValueError('trainTestSplit: stratify must be omitted with shuffle: false, but was given.');
    if (typeof stratify !== 'object') {
      throw new ValueError(
        `trainTestSplit: stratify must be the labels whose shares to keep, as in stratify: y, but received ${describe(stratify)}.`,
      );
    }
    const labels = rowLabels(stratify, 'stratify');
    checkSameRows('stratify', labels.length, rows);
    encoded = encodeLabels(labels, 'stratify');
  }
  const { train, test } = shuffle
    ? splitIndices(rows, encoded?.indices ?? null, toRandomState(randomState), sizes, encoded?.classes)
    : { train: ascending(sizes.train), test: ascending(sizes.test).map((index) => index + sizes.train) };
  return {
    xTrain: takeRows(x, train),
    xTest: takeRows(x, test),
    yTrain: takeRows(y, train),
    yTest: takeRows(y, test),
  };
}

function checkSameRows(name: string, received: number, rows: number): void {
  if (received !== rows) {
    throw new ShapeError(
      `trainTestSplit: ${name} must have one entry for each of the ${rows} rows of x, but has ${received}.`,
    );
  }
}

/**
 * Rows of each part, by scikit-learn's rules: a test share is rounded up, a train share down, the size not
 * given is the complement of the other, and testSize is .25 if neither is.
 *
 * @throws ValueError if a part would be empty or both together exceed `rows`
 */
export function splitSizes(
  rows: number,
  testSize: number | null = null,
  trainSize: number | null = null,
): SplitSizes {
  if (testSize === null && trainSize === null) testSize = 0.25;
  const count = (given: number, round: (share: number) => number) =>
    given >= 1 ? given : round(given * rows);
  let test = testSize === null ? null : count(testSize, Math.ceil);
  let train = trainSize === null ? null : count(trainSize, Math.floor);
  test ??= rows - train!;
  train ??= rows - test;
  if (train < 1 || test < 1 || train + test > rows) {
    const given = [`testSize ${testSize}`, `trainSize ${trainSize}`].filter((each) => !each.endsWith('null'));
    throw new ValueError(
      `A split must leave at least 1 row in each part and use at most the ${rows} rows there are, but ${given.join(' and ')} would give ${train} to train and ${test} to test.`,
    );
  }
  const shares = (testSize ?? 1) < 1 && (trainSize ?? 1) < 1;
  if (shares && testSize! + trainSize! > 1) {
    throw new ValueError(
      `A split must have shares of at most 1 together, but received testSize ${testSize} and trainSize ${trainSize}.`,
    );
  }
  return { train, test };
}

/**
 * Row numbers of a random split, as scikit-learn's ShuffleSplit (without classes) or StratifiedShuffleSplit
 * draw them.
 *
 * @param rows how many rows there are
 * @param classes class index 0.. of every row, to keep their shares in both parts; null: draw from all rows
 *   alike
 * @param sizes counts, train + test <= rows
 * @param classNames what errors call the classes; default: their indices
 * @throws ValueError, before any draw, if a class has fewer than 2 rows or a part fewer rows than there are
 *   classes
 */
export function splitIndices(
  rows: number,
  classes: Int32Array | null,
  random: RandomState,
  sizes: SplitSizes,
  classNames: readonly unknown[] = [],
): SplitIndices {
  if (classes !== null) return stratifiedIndices(classes, random, sizes, classNames);
  const order = random.permutation(rows);
  return { test: order.slice(0, sizes.test), train: order.slice(sizes.test, sizes.test + sizes.train) };
}

function stratifiedIndices(
  classes: Int32Array,
  random: RandomState,
  sizes: SplitSizes,
  classNames: readonly unknown[],
): SplitIndices {
  const members = groupRows(classes);
  const counts = members.map((list) => list.length);
  const smallest = counts.reduce((rarest, each, index) => (each < counts[rarest] ? index : rarest), 0);
  if (counts[smallest] < 2) {
    throw new ValueError(
      `A stratified split needs at least 2 rows of every class, but class ${describe(classNames[smallest] ?? smallest)} has ${counts[smallest]}.`,
    );
  }
  for (const [part, given] of Object.entries(sizes)) {
    if (given < counts.length) {
      throw new ValueError(
        `A stratified split needs at least one ${part} row for each of the ${counts.length} classes, but has ${given}.`,
      );
    }
  }
  const trainCounts = apportion(counts, sizes.train, random);
  const testCounts = apportion(
    counts.map((count, k) => count - trainCounts[k]),
    sizes.test,
    random,
  );
  const train: number[] = [];
  const test: number[] = [];
  members.forEach((list, k) => {
    const order = random.permutation(list.length);
    order.forEach((index, i) => {
      if (i < trainCounts[k]) train.push(list[index]);
      else if (i < trainCounts[k] + testCounts[k]) test.push(list[index]);
    });
  });
  return {
    train: random.permutation(Int32Array.from(train)),
    test: random.permutation(Int32Array.from(test)),
  };
}

/** The rows of each class, ascending. */
function groupRows(classes: Int32Array): number[][] {
  const members: number[][] = [];
  for (let row = 0; row < classes.length; row++) (members[classes[row]] ??= []).push(row);
  return members;
}

/**
 * Number of rows of each class among `draws` rows: the mode of the multivariate hypergeometric distribution.
 * Whole parts first; the rest goes to the largest remainders, drawn among equals.
 */
function apportion(counts: readonly number[], draws: number, random: RandomState): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  // This order of operations: equal remainders are found by exact equality.
  const exact = counts.map((count) => (count / total) * draws);
  const share = exact.map(Math.floor);
  const remainders = exact.map((value, k) => value - share[k]);
  let missing = draws - share.reduce((sum, each) => sum + each, 0);
  for (const remainder of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const equals = remainders.flatMap((each, k) => (each === remainder ? [k] : []));
    const favoured = random.choice(equals, Math.min(equals.length, missing));
    for (const k of favoured) share[k]++;
    missing -= favoured.length;
  }
  return share;
}
