import { product, sum } from '../math/doubleDouble.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';
import type { Table } from './table.js';

/** Mean and variance of every column. */
export interface Moments {
  readonly mean: Float64Array;
  /** Σ (x − mean)² / rows. */
  readonly variance: Float64Array;
}

/**
 * Sums of many numbers, one per column, correct to about 2^-53 of the result whatever the order and the signs.
 *
 * A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), with the
 * branch-free error of D. E. Knuth, "The Art of Computer Programming", vol. 2, 4.2.2.
 */
interface ColumnSums {
  /** The sums, rounded at every step. */
  readonly high: Float64Array;
  /** What the rounding has lost. */
  readonly low: Float64Array;
}

/**
 * Mean and variance of the columns of a table in two passes, to a few units in the last place of float64. The variance of a
 * constant column is exactly 0. A column whose sum exceeds float64's range gets values that are not finite.
 */
export function* columnMoments(table: Table): Pieces<Moments> {
  const { rows, columns } = table;
  const { mean, rest } = yield* columnMeans(table);
  const { high, low } = yield* squaredDistances(table, mean, rest);
  const variance = new Float64Array(columns);
  for (let j = 0; j < columns; j++) variance[j] = (high[j] + low[j]) / rows;
  return { mean, variance };
}

/** The mean of every column, and what is left of it after rounding to float64. */
function* columnMeans({
  data,
  scale,
  rows,
  columns,
}: Table): Pieces<{ mean: Float64Array; rest: Float64Array }> {
  const high = new Float64Array(columns);
  const low = new Float64Array(columns);
  yield* ranges(rows, columns, (begin, end) => {
    for (let row = begin, at = begin * columns; row < end; row++) {
      for (let j = 0; j < columns; j++, at++) {
        const value = data[at] * scale;
        const before = high[j];
        const after = before + value;
        const added = after - before;
        low[j] += before - (after - added) + (value - added);
        high[j] = after;
      }
    }
  });
  const mean = new Float64Array(columns);
  const rest = new Float64Array(columns);
  for (let j = 0; j < columns; j++) [mean[j], rest[j]] = quotient(high[j], low[j], rows);
  return { mean, rest };
}

/** (high + low) / divisor to about 106 bits. */
function quotient(high: number, low: number, divisor: number): readonly [number, number] {
  const [total, lost] = sum(high, low);
  const first = total / divisor;
  const [back, backLost] = product(first, divisor);
  const remainder = total - back - backLost + lost;
  return Number.isFinite(remainder) ? sum(first, remainder / divisor) : [first, 0];
}

/** Σ (x − mean)² of every column. */
function* squaredDistances(
  { data, scale, rows, columns }: Table,
  mean: Float64Array,
  rest: Float64Array,
): Pieces<ColumnSums> {
  const high = new Float64Array(columns);
  const low = new Float64Array(columns);
  yield* ranges(rows, columns, (begin, end) => {
    for (let row = begin, at = begin * columns; row < end; row++) {
      for (let j = 0; j < columns; j++, at++) {
        const distance = data[at] * scale - mean[j] - rest[j];
        const square = distance * distance;
        const before = high[j];
        const after = before + square;
        const added = after - before;
        low[j] += before - (after - added) + (square - added);
        high[j] = after;
      }
    }
  });
  return { high, low };
}
