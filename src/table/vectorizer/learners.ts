/**
 * What the columns of tables show, learned table by table: numbers, dates, booleans and categories. Decides
 * nothing (decide.ts) and encodes nothing (encoders.ts).
 */
import { compareCodePoints } from '../../data/labels.js';
import type { Column, ColumnType } from '../../data/table/table.js';
import { NumberList } from '../../data/table/values.js';
import { sortedInPieces } from '../../data/scalers/robust.js';
import { RandomState } from '../../random.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';

/** Mean, spread and median of numbers, without the missing ones. */
export interface NumberStatistics {
  readonly count: number;
  readonly missing: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly squares: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Values of a streamed column whose median is exact; of more, that many are drawn. */
const MAX_KEPT = 131072;

/** Learns the statistics of a column of numbers, part by part. */
export class NumberLearner {
  #count = 0;
  #missing = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;
  #kept: Float64Array | NumberList = new NumberList();
  readonly #random = new RandomState(0);

  /**
   * Adds values. With `whole`, the column that they are part of, the median is that of the whole column;
   * without it, of a sample of 131,072 values if there are more (algorithm R of Vitter, 1985).
   */
  add(values: Float64Array, whole?: Float64Array): void {
    let [count, sum] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value !== value) continue;
      count++;
      sum += value;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
    this.#missing += values.length - count;
    if (whole) this.#kept = whole;
    else this.#keep(values);
    if (count > 0) this.#merge(values, count, sum / count);
  }

  /** Chan, Golub & LeVeque (1983): the squares about the common mean of two groups. */
  #merge(values: Float64Array, count: number, mean: number): void {
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const distance = values[i] - mean;
      if (distance === distance) squares += distance * distance;
    }
    const total = this.#count + count;
    const shift = mean - this.#mean;
    this.#squares += squares + (shift * shift * this.#count * count) / total;
    this.#mean += (shift * count) / total;
    this.#count = total;
  }

  #seen = 0;

  #keep(values: Float64Array): void {
    for (const value of values) {
      if (value !== value) continue;
      this.#seen++;
      if (this.#kept instanceof NumberList) {
        if (this.#seen <= MAX_KEPT) {
          this.#kept.push(value);
          continue;
        }
        this.#kept = this.#kept.take();
      }
      const place = Math.floor(this.#random.double() * this.#seen);
      if (place < MAX_KEPT) this.#kept[place] = value;
    }
  }

  *statistics(): Pieces<NumberStatistics> {
    const values = this.#kept instanceof NumberList ? this.#kept.take() : this.#kept;
    this.#kept = new NumberList();
    const median = yield* medianOf(values);
    return {
      count: this.#count,
      missing: this.#missing,
      mean: this.#mean,
      squares: this.#squares,
      min: this.#min,
      max: this.#max,
      median,
    };
  }
}

/** The median of the values that are not NaN; NaN if there are none. */
function* medianOf(values: Float64Array): Pieces<number> {
  const sorted = yield* sortedInPieces(values.filter((value) => value === value));
  const { length } = sorted;
  if (length === 0) return NaN;
  const middle = length >>> 1;
  return length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How often each category of a column occurs. */
export interface CategoryCounts {
  /** Rows by category, sorted by code point. */
  readonly counts: ReadonlyMap<string, number>;
  readonly rows: number;
  readonly missing: number;
}

/** Learns the categories of a column. */
class CategoryLearner {
  readonly #counts = new Map<string, number>();
  #rows = 0;
  #missing = 0;

  add(column: readonly (string | null)[], begin: number, end: number): void {
    const counts = this.#counts;
    this.#rows += end - begin;
    for (let i = begin; i < end; i++) {
      const category = column[i];
      if (category === null) this.#missing++;
      else counts.set(category, (counts.get(category) ?? 0) + 1);
    }
  }

  *statistics(): Pieces<CategoryCounts> {
    yield* [];
    const sorted = [...this.#counts].sort(([a], [b]) => compareCodePoints(a, b));
    return { counts: new Map(sorted), rows: this.#rows, missing: this.#missing };
  }
}

/** Parts of a date that become numbers, with the period of those that come round again. */
export const DATE_PARTS = [
  { name: 'year', period: 0, of: (date: Date) => date.getUTCFullYear() },
  { name: 'month', period: 12, of: (date: Date) => date.getUTCMonth() + 1 },
  { name: 'day', period: 31, of: (date: Date) => date.getUTCDate() },
  // Monday is 0.
  { name: 'weekday', period: 7, of: (date: Date) => (date.getUTCDay() + 6) % 7 },
  { name: 'hour', period: 24, of: (date: Date) => date.getUTCHours() },
] as const;

/** One part of every date of a column, in UTC; NaN for missing ones. */
export function partOf(column: Float64Array, part: number): Float64Array {
  const { of } = DATE_PARTS[part];
  return column.map((time) => (isNaN(time) ? NaN : of(new Date(time))));
}

/** What is learned of a column of dates. */
export interface DateStatistics {
  readonly parts: readonly NumberStatistics[];
  /** Statistics of the dates themselves. */
  readonly dates: NumberStatistics;
}

/** Learns the parts of a column of dates. */
class DateLearner {
  readonly #dates = new NumberLearner();
  readonly #parts = DATE_PARTS.map(() => new NumberLearner());

  add(dates: Float64Array): void {
    this.#dates.add(dates);
    this.#parts.forEach((learner, part) => learner.add(partOf(dates, part)));
  }

  *statistics(): Pieces<DateStatistics> {
    const parts: NumberStatistics[] = [];
    for (const learner of this.#parts) parts.push(yield* learner.statistics());
    return { parts, dates: yield* this.#dates.statistics() };
  }
}

/** What learns of a column of a type, and what it has learned. */
export type Learner =
  | { readonly type: 'number' | 'boolean'; readonly learner: NumberLearner }
  | { readonly type: 'string'; readonly learner: CategoryLearner }
  | { readonly type: 'date'; readonly learner: DateLearner };

export function learnerOf(type: ColumnType): Learner {
  if (type === 'string') return { type, learner: new CategoryLearner() };
  if (type === 'date') return { type, learner: new DateLearner() };
  return { type, learner: new NumberLearner() };
}

/**
 * Adds a column to what learns of its type.
 *
 * @param whole true if this is the whole column
 */
export function* learnColumn({ type, learner }: Learner, column: Column, whole: boolean): Pieces<void> {
  const parts = type === 'date' ? 16 : 4;
  yield* ranges(column.length, parts, (begin, end) => {
    if (type === 'string') return learner.add(column as (string | null)[], begin, end);
    const values = (column as Float64Array).subarray(begin, end);
    if (type === 'date') learner.add(values);
    else learner.add(values, whole ? (column as Float64Array) : undefined);
  });
}
