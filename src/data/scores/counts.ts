/**
 * Counting rows by class, for precision and its like: of one label per row, or of several. Not for reading
 * labels (labels.ts), nor for the scores (precision.ts).
 */
import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { ArrayInput } from '../../ndarray.js';
import type { Label } from '../labels.js';
import type { Average, LabelCells, LabelPair } from './labels.js';
import { chosenLabels, readCells, readPair, total, weightsOr1 } from './labels.js';

/**
 * Weights of rows by class: `right`, of the class and predicted as it; `predicted`, predicted as it;
 * `support`, of it.
 */
export interface ClassCounts {
  readonly right: Float64Array;
  readonly predicted: Float64Array;
  readonly support: Float64Array;
}

/** Count the rows of some classes, given by index; −1 is a class that does not occur. */
export function countClasses(
  { classes, truth, predicted, weights }: LabelPair,
  chosen: readonly number[],
): ClassCounts {
  const all = newCounts(classes.length);
  for (let row = 0; row < truth.length; row++) {
    const weight = weights[row];
    all.support[truth[row]] += weight;
    all.predicted[predicted[row]] += weight;
    if (truth[row] === predicted[row]) all.right[truth[row]] += weight;
  }
  const pick = (counts: Float64Array) => Float64Array.from(chosen, (index) => counts[index] ?? 0);
  return { right: pick(all.right), predicted: pick(all.predicted), support: pick(all.support) };
}

function newCounts(size: number): ClassCounts {
  const zeros = () => new Float64Array(size);
  return { right: zeros(), predicted: zeros(), support: zeros() };
}

/** All classes counted as one. */
export function pooled({ right, predicted, support }: ClassCounts): ClassCounts {
  return { right: sumOf(right), predicted: sumOf(predicted), support: sumOf(support) };
}

function sumOf(values: Float64Array): Float64Array {
  return Float64Array.of(total(values));
}

/** The options that say which rows are counted, and how. */
export interface CountOptions {
  readonly labels?: readonly Label[];
  readonly posLabel?: Label;
  readonly average?: Average;
  readonly sampleWeight?: ArrayInput;
}

/**
 * Counts of the classes to report on; of rows of several labels those of the columns or, for 'samples', those
 * of every row.
 *
 * @returns the counts, with the weights of the rows for 'samples'
 * @throws ShapeError, ValueError for labels, weights and options that do not fit together
 */
export function readCounts(
  owner: string,
  yTrue: unknown,
  yPred: unknown,
  given: CountOptions,
): { readonly counts: ClassCounts; readonly weights?: ArrayLike<number> } {
  const { average = 'binary', labels, posLabel, sampleWeight } = given;
  const [truth, predicted] = readCells(owner, yTrue, yPred);
  const several = truth.width > 1;
  if (several ? average === 'binary' : average === 'samples') {
    const [last, rows] = several ? ['samples', 'rows of several labels'] : ['binary', 'one label per row'];
    throw new ValueError(
      `${owner}: average must be 'micro', 'macro', 'weighted', null or '${last}' for ${rows}, but received '${average}'.`,
    );
  }
  if (several) {
    const rowWeights = weightsOr1(sampleWeight, truth.rows);
    const columns = chosenColumns(owner, truth.width, labels);
    const cells = [checkIndicators(owner, truth, 'yTrue'), checkIndicators(owner, predicted, 'yPred')];
    if (average !== 'samples') return { counts: countCells(cells, truth.width, columns, rowWeights) };
    return { counts: countCells(cells, truth.width, columns), weights: rowWeights };
  }
  const pair = readPair(owner, truth.cells, predicted.cells, sampleWeight, labels);
  const { classes } = pair;
  if (average === 'binary' && classes.length > 2) {
    throw new ValueError(
      `${owner}: average must be 'micro', 'macro', 'weighted' or null for the ${classes.length} classes that occur, but received 'binary'.`,
    );
  }
  const wanted = average === 'binary' ? [positiveLabel(owner, classes, posLabel)] : labels;
  return { counts: countClasses(pair, chosenLabels(pair, wanted).indices) };
}

function chosenColumns(owner: string, width: number, labels: readonly Label[] | undefined): number[] {
  const columns = [...Array(width).keys()];
  const bad = labels?.find((label) => !columns.includes(label as number));
  if (bad === undefined) return labels === undefined ? columns : (labels as number[]);
  throw new ValueError(
    `${owner}: labels must be numbers of columns, 0 to ${width - 1}, for rows of several labels, but received ${describe(bad)}.`,
  );
}

/** Cells of rows of several labels: 1 and true where the row has the label. @throws ValueError for others */
export function checkIndicators(owner: string, { cells, width }: LabelCells, name: string): Uint8Array {
  const flags = new Uint8Array(cells.length);
  for (let i = 0; i < flags.length; i++) {
    const cell = cells[i];
    if (cell === 1 || cell === true) flags[i] = 1;
    else if (cell !== 0 && cell !== false) {
      throw new ValueError(
        `${owner}: ${name} must hold 0 or 1 for every label in rows of several labels, but received ${describe(cell)} in row ${Math.floor(i / width)}.`,
      );
    }
  }
  return flags;
}

/** Counts of the chosen columns, by weight; without weights those of the rows. */
function countCells(
  [truth, predicted]: readonly Uint8Array[],
  width: number,
  columns: readonly number[],
  weights?: ArrayLike<number>,
): ClassCounts {
  const rows = truth.length / width;
  const counts = newCounts(weights ? columns.length : rows);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns.length; j++) {
      const cell = row * width + columns[j];
      const to = weights ? j : row;
      const weight = weights ? weights[row] : 1;
      if (truth[cell]) counts.support[to] += weight;
      if (predicted[cell]) counts.predicted[to] += weight;
      if (truth[cell] && predicted[cell]) counts.right[to] += weight;
    }
  }
  return counts;
}

/** The positive one of at most two classes. @throws ValueError if it is not among two */
export function positiveLabel(owner: string, classes: readonly Label[], posLabel: Label | undefined): Label {
  const positive = posLabel ?? (typeof classes[0] === 'boolean' ? true : 1);
  if (classes.includes(positive) || (classes.length < 2 && typeof positive === typeof classes[0])) {
    return positive;
  }
  throw new ValueError(
    `${owner}: posLabel must be one of the classes ${describe(classes)}, but received ${describe(positive)}.`,
  );
}
