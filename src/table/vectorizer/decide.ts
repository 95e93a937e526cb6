/**
 * Decides what becomes of a column, from what fit has learned of it, and says why. Not for learning
 * (learners.ts) or encoding (encoders.ts).
 */
import type { ColumnType } from '../../data/table/table.js';
import type { Pieces } from '../../yielding.js';
import type { ColumnEncoder, Treatment } from './encoders.js';
import {
  BooleanEncoder,
  categoriesOf,
  CategoryEncoder,
  DateEncoder,
  NumberEncoder,
  scaleOf,
} from './encoders.js';
import type { CategoryCounts, DateStatistics, Learner, NumberStatistics } from './learners.js';

/** Rows from which on strings that are all distinct are taken for identifiers. */
const MIN_ID_ROWS = 20;

/** Limits of the categories that have a feature of their own. */
export interface CategoryLimits {
  readonly minFrequency: number;
  readonly maxCategories: number;
}

/** What becomes of a column, and why. */
export interface Decision {
  /** Undefined if the column is dropped. */
  readonly encoder: ColumnEncoder | undefined;
  readonly treatment: Treatment;
  /** In words, for report(). */
  readonly reason: string;
  /** Missing values that fit has seen. */
  readonly missing: number;
  /** Different categories that fit has seen. */
  readonly categories?: number;
}

const dropped = (reason: string, missing: number, categories?: number): Decision => ({
  ...{ encoder: undefined, treatment: 'drop', reason, missing },
  ...(categories !== undefined && { categories }),
});

/**
 * The decision for a column.
 *
 * @param asked true if the type was asked for: then the column is kept, whatever its values
 */
export function* decide(
  name: string,
  { type, learner }: Learner,
  limits: CategoryLimits,
  asked: boolean,
): Pieces<Decision> {
  if (type === 'string') return decideCategories(name, yield* learner.statistics(), limits, asked);
  if (type === 'date') return decideDates(name, yield* learner.statistics(), asked);
  return decideNumbers(name, type, yield* learner.statistics(), asked);
}

/** Why a column of numbers of some kind tells nothing; undefined if it does. */
function constant({ count, missing, min, max }: NumberStatistics): string | undefined {
  if (count === 0) return 'all values are missing';
  return min === max && missing === 0 ? 'all values are the same' : undefined;
}

function gaps(missing: number, filling: string): string {
  return missing === 0 ? 'none missing' : `${missing} missing, ${filling}`;
}

function decideNumbers(
  name: string,
  type: 'number' | 'boolean',
  statistics: NumberStatistics,
  asked: boolean,
): Decision {
  const { missing, median } = statistics;
  const useless = constant(statistics);
  if (useless !== undefined && !asked) return dropped(useless, missing);
  const indicator = missing > 0;
  if (type === 'boolean') {
    const reason = `true and false, ${gaps(missing, 'which a feature of their own tells')}`;
    return { encoder: new BooleanEncoder(name, indicator), treatment: 'boolean', reason, missing };
  }
  const reason = `numbers, ${gaps(missing, `filled with the median ${median}`)}; scaled`;
  const encoder = new NumberEncoder(name, scaleOf(statistics), indicator);
  return { encoder, treatment: 'number', reason, missing };
}

function decideDates(name: string, { parts, dates }: DateStatistics, asked: boolean): Decision {
  const { missing } = dates;
  const useless = constant(dates);
  if (useless !== undefined && !asked) return dropped(useless, missing);
  const encoder = new DateEncoder(name, parts.map(scaleOf), missing > 0);
  const reason = `dates, ${gaps(missing, 'filled with the median of each part')}; as year, month, day, weekday and hour`;
  return { encoder, treatment: 'date', reason, missing };
}

function decideCategories(
  name: string,
  statistics: CategoryCounts,
  { minFrequency, maxCategories }: CategoryLimits,
  asked: boolean,
): Decision {
  const { counts, rows, missing } = statistics;
  const { size } = counts;
  if (!asked) {
    if (size === 0) return dropped('all values are missing', missing, size);
    if (size === 1 && missing === 0) return dropped('all values are the same', missing, size);
    if (rows > MIN_ID_ROWS && size === rows - missing && size > MIN_ID_ROWS) {
      return dropped('every value occurs once, as in an identifier', missing, size);
    }
  }
  const categories = categoriesOf(statistics, minFrequency, maxCategories);
  const { infrequent } = categories;
  const reason =
    infrequent.length === 0
      ? `${size} categories, ${gaps(missing, 'a category of their own')}`
      : `${size} categories, of which ${infrequent.length} rare ones share a feature, ${gaps(missing, 'a category of their own')}`;
  const hint = numbersWithSeparators(counts.keys())
    ? '; they look like numbers with separators: remove these to use the column as numbers'
    : '';
  const encoder = new CategoryEncoder(name, categories);
  return { encoder, treatment: 'category', reason: reason + hint, missing, categories: size };
}

/** True if all of the first texts are like 1,234 or 3,14. */
function numbersWithSeparators(texts: Iterable<string>): boolean {
  let seen = 0;
  for (const text of texts) {
    if (!/^\s*[-+]?\d{1,3}([.,' ]\d+)+\s*$/.test(text)) return false;
    if (++seen === 100) break;
  }
  return seen > 0;
}

/** The type in which a treatment needs its column. */
export const TYPE_OF: Readonly<Record<'number' | 'category' | 'boolean' | 'date', ColumnType>> = {
  number: 'number',
  category: 'string',
  boolean: 'boolean',
  date: 'date',
};
