/**
 * groupKFold and stratifiedGroupKFold: folds that keep the rows of a group together, as scikit-learn has
 * them. Not for other splits (folds.ts, repeated-folds.ts).
 */
import { encodeLabels, rowLabels } from '../data/labels.js';
import { total } from '../data/scores/labels.js';
import { ShapeError, ValueError } from '../errors.js';
import { ascending } from '../random.js';
import { runAtOnce } from '../yielding.js';
import type { Fold, FoldOptions } from './folds.js';
import { equalParts } from '../data/fold-parts.js';
import { checkClassSizes, foldsOf, readFoldOptions, warnOfSmallClasses } from './folds.js';
import { checkFolds } from './repeated-folds.js';

/**
 * Split rows into parts of about equal size that have whole groups: scikit-learn's GroupKFold. The largest
 * group first, each goes to the part that has the fewest rows; with `shuffle`, parts have equally many groups
 * drawn at random.
 *
 * @param groups the group of every row, a label
 * @throws ValueError for more parts than groups, and for more than 10^7 row numbers in all folds
 */
export function groupKFold(groups: unknown, options: FoldOptions = {}): Fold[] {
  const { nSplits, random } = readFoldOptions('groupKFold', options);
  const { indices, counts } = encodeLabels(rowLabels(groups, 'groups'), 'groups');
  if (nSplits > counts.length) {
    throw new ValueError(
      `groupKFold: nSplits must be at most the number of groups, ${counts.length}, but received ${nSplits}.`,
    );
  }
  checkFolds('groupKFold', indices.length, indices.length * nSplits);
  const partOf = random ? equalParts(random.permutation(counts.length), nSplits) : balanced(counts, nSplits);
  return runAtOnce(
    foldsOf(
      indices.map((group) => partOf[group]),
      nSplits,
    ),
  );
}

/** The part of every group: the largest group first, each goes to the lightest part. */
function balanced(counts: Int32Array, nSplits: number): Int32Array {
  const order = ascending(counts.length);
  quicksort(counts, order, 0, order.length - 1);
  const partOf = new Int32Array(counts.length);
  const loads = new Float64Array(nSplits);
  for (const group of order.reverse()) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] += counts[group];
    partOf[group] = lightest;
  }
  return partOf;
}

/**
 * Sort places by their keys as numpy's argsort does without wide vectors, since the order of equal keys shows
 * in the folds: a quicksort by the median of three, and insertion for up to 16 places.
 */
function quicksort(keys: Int32Array, order: Int32Array, low: number, high: number): void {
  const key = (at: number) => keys[order[at]];
  const swap = (a: number, b: number) => {
    [order[a], order[b]] = [order[b], order[a]];
  };
  while (high - low > 15) {
    const middle = low + ((high - low) >> 1);
    if (key(middle) < key(low)) swap(middle, low);
    if (key(high) < key(middle)) swap(high, middle);
    if (key(middle) < key(low)) swap(middle, low);
    const pivot = key(middle);
    let [left, right] = [low, high - 1];
    swap(middle, right);
    for (;;) {
      do left++;
      while (key(left) < pivot);
      do right--;
      while (pivot < key(right));
      if (left >= right) break;
      swap(left, right);
    }
    swap(left, high - 1);
    // The smaller side by a call, so that calls never go deep.
    if (left - low < high - left) {
      quicksort(keys, order, low, left - 1);
      low = left + 1;
    } else {
      quicksort(keys, order, left + 1, high);
      high = left - 1;
    }
  }
  for (let i = low + 1; i <= high; i++) {
    for (let at = i; at > low && key(at) < key(at - 1); at--) swap(at, at - 1);
  }
}

/**
 * Split rows into parts that have whole groups and, as far as these allow, the same shares of the classes:
 * scikit-learn's StratifiedGroupKFold, seed for seed (1.9: `shuffle` keeps the shares).
 *
 * Warns if a class has fewer rows than there are parts.
 *
 * @param y a label per row
 * @param groups the group of every row, a label
 * @throws ShapeError for unequal lengths, ValueError if every class has fewer rows than there are parts, and
 *   for more than 10^7 row numbers in all folds
 */
export function stratifiedGroupKFold(y: unknown, groups: unknown, options: FoldOptions = {}): Fold[] {
  const owner = 'stratifiedGroupKFold';
  const { nSplits, random, onWarning } = readFoldOptions(owner, options);
  const labels = encodeLabels(rowLabels(y, 'y'));
  const group = encodeLabels(rowLabels(groups, 'groups'), 'groups');
  const rows = labels.indices.length;
  if (group.indices.length !== rows) {
    throw new ShapeError(
      `${owner}: groups must have one entry for each of the ${rows} labels of y, but has ${group.indices.length}.`,
    );
  }
  checkClassSizes(owner, labels.counts, nSplits);
  checkFolds(owner, rows, rows * nSplits);
  warnOfSmallClasses(labels.counts, nSplits, onWarning);
  const perGroup = Array.from(group.counts, () => new Float64Array(labels.counts.length));
  for (let row = 0; row < rows; row++) perGroup[group.indices[row]][labels.indices[row]]++;
  const size = group.counts.length;
  const drawn = random ? random.permutation(size) : ascending(size);
  const spreads = perGroup.map((counts) => spread(counts, sumAsNumpy));
  // The most uneven groups first, equal ones in the order of the draw.
  const order = ascending(size)
    .sort((i, j) => spreads[drawn[j]] - spreads[drawn[i]] || i - j)
    .map((i) => drawn[i]);
  const perPart = Array.from({ length: nSplits }, () => new Float64Array(labels.counts.length));
  const partOf = new Int32Array(size);
  for (const each of order) {
    const part = fittest(perPart, perGroup[each], labels.counts);
    perGroup[each].forEach((count, k) => {
      perPart[part][k] += count;
    });
    partOf[each] = part;
  }
  return runAtOnce(
    foldsOf(
      group.indices.map((each) => partOf[each]),
      nSplits,
    ),
  );
}

/**
 * The part that a group makes least uneven, by the spread of the classes' shares over the parts; of about
 * equal ones the part with the fewest rows.
 */
function fittest(perPart: readonly Float64Array[], group: Float64Array, counts: Int32Array): number {
  const sumOf = counts.length === 1 ? sumAsNumpy : total;
  let [best, minSpread, minRows] = [0, Infinity, Infinity];
  perPart.forEach((part, i) => {
    const spreads = Float64Array.from(counts, (all, k) =>
      spread(
        Float64Array.from(perPart, (other, j) => (other[k] + (j === i ? group[k] : 0)) / all),
        sumOf,
      ),
    );
    const value = sumAsNumpy(spreads) / spreads.length;
    const rows = total(part);
    const equal = Math.abs(value - minSpread) <= 1e-8 + 1e-5 * minSpread;
    if (!(value < minSpread || (equal && rows < minRows))) return;
    [best, minSpread, minRows] = [i, value, rows];
  });
  return best;
}

/** Standard deviation, by a function that adds. */
function spread(values: Float64Array, sumOf: (values: Float64Array) => number): number {
  const mean = sumOf(values) / values.length;
  return Math.sqrt(sumOf(values.map((value) => (value - mean) * (value - mean))) / values.length);
}

/**
 * Sum in the order in which numpy adds along the last axis, since rounding decides which of two spreads is
 * larger. Along the first axis it adds in order, unless the other one has a single entry.
 */
function sumAsNumpy(values: Float64Array): number {
  const count = values.length;
  if (count > 128) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return sumAsNumpy(values.subarray(0, half)) + sumAsNumpy(values.subarray(half));
  }
  const whole = count < 8 ? 0 : count - (count % 8);
  const sums = new Float64Array(8);
  for (let i = 0; i < whole; i++) sums[i % 8] += values[i];
  const [a, b, c, d, e, f, g, h] = sums;
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let i = whole; i < count; i++) sum += values[i];
  return sum;
}
