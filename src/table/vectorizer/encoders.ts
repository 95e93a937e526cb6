/**
 * Columns of a table as columns of numbers: each encoder holds what fit has learned of one column, and can be
 * stored. Learns nothing (learners.ts).
 */
import { describe } from '../../check.js';
import type { Column, ColumnType } from '../../data/table/table.js';
import { Table } from '../../data/table/table.js';
import { ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import { cos, sin } from '../../math.js';
import type { CategoryCounts, NumberStatistics } from './learners.js';
import { DATE_PARTS, partOf } from './learners.js';

/** Rows of features into which encoders write. */
export interface Features {
  readonly data: Float64Array | Float32Array;
  /** Features of a row. */
  readonly width: number;
}

/** One column as features. */
export interface ColumnEncoder {
  /** How the column is treated, for report(). */
  readonly treatment: Treatment;
  /** Type that the column must have. */
  readonly type: ColumnType;
  /** Names of the features. */
  readonly names: readonly string[];
  /** Writes the features of a column of this type, from feature `offset` on, one row after the other. */
  encode(column: Column, features: Features, offset: number): void;
}

/** What becomes of a column. */
export type Treatment = 'number' | 'category' | 'boolean' | 'date' | 'drop' | 'transformer';

/** Centre, spread and value for gaps of a feature. */
export interface Scale {
  readonly fill: number;
  readonly mean: number;
  readonly scale: number;
}

/**
 * The scale of numbers whose gaps are filled with their median: mean and standard deviation of all rows, of
 * which a constant column has 1 as its deviation.
 */
export function scaleOf({ count, missing, mean, squares, median, min, max }: NumberStatistics): Scale {
  if (count === 0) return { fill: 0, mean: 0, scale: 1 };
  const rows = count + missing;
  const shift = median - mean;
  const filled = mean + (shift * missing) / rows;
  const variance = (squares + (shift * shift * count * missing) / rows) / rows;
  return { fill: median, mean: filled, scale: min === max || variance === 0 ? 1 : Math.sqrt(variance) };
}

function writeScaled(
  column: Float64Array,
  { data, width }: Features,
  offset: number,
  { fill, mean, scale }: Scale,
): void {
  for (let row = 0, at = offset; row < column.length; row++, at += width) {
    const value = column[row];
    data[at] = ((value === value ? value : fill) - mean) / scale;
  }
}

function writeMissing(column: Float64Array, { data, width }: Features, offset: number): void {
  for (let row = 0, at = offset; row < column.length; row++, at += width) {
    data[at] = column[row] === column[row] ? 0 : 1;
  }
}

/** Numbers: gaps filled with the median, scaled; a feature for gaps if fit has seen any. */
export class NumberEncoder implements ColumnEncoder {
  readonly treatment = 'number';
  readonly type = 'number';
  readonly names: readonly string[];
  readonly scale: Scale;
  readonly indicator: boolean;

  constructor(name: string, scale: Scale, indicator: boolean) {
    this.names = indicator ? [name, `${name}_missing`] : [name];
    this.scale = scale;
    this.indicator = indicator;
  }

  encode(column: Float64Array, features: Features, offset: number): void {
    writeScaled(column, features, offset, this.scale);
    if (this.indicator) writeMissing(column, features, offset + 1);
  }
}

/** Booleans: 0 or 1, gaps 0; a feature for gaps if fit has seen any. */
export class BooleanEncoder implements ColumnEncoder {
  readonly treatment = 'boolean';
  readonly type = 'boolean';
  readonly names: readonly string[];
  readonly indicator: boolean;

  constructor(name: string, indicator: boolean) {
    this.names = indicator ? [name, `${name}_missing`] : [name];
    this.indicator = indicator;
  }

  encode(column: Float64Array, features: Features, offset: number): void {
    const { data, width } = features;
    for (let row = 0, at = offset; row < column.length; row++, at += width) {
      data[at] = column[row] === 1 ? 1 : 0;
    }
    if (this.indicator) writeMissing(column, features, offset + 1);
  }
}

/** Which categories have a feature of their own. */
export interface Categories {
  /** Categories with a feature, sorted by code point. */
  readonly kept: readonly string[];
  /** Categories that share a feature. */
  readonly infrequent: readonly string[];
  /** True if missing values have a feature. */
  readonly missing: boolean;
}

/**
 * The categories that have a feature of their own: none rarer than minFrequency, and of more than
 * maxCategories the most frequent ones.
 */
export function categoriesOf(
  { counts, missing }: CategoryCounts,
  minFrequency: number,
  maxCategories: number,
): Categories {
  const all = [...counts.keys()];
  let kept = all.filter((category) => counts.get(category)! >= minFrequency);
  const room = maxCategories - 1;
  if (kept.length > (kept.length < all.length ? room : maxCategories)) {
    const byCount = [...kept].sort((a, b) => counts.get(b)! - counts.get(a)!);
    const chosen = new Set(byCount.slice(0, room));
    kept = kept.filter((category) => chosen.has(category));
  }
  const own = new Set(kept);
  return { kept, infrequent: all.filter((category) => !own.has(category)), missing: missing > 0 };
}

/** Categories: a feature of 0 and 1 each. A category that fit has not seen has zeros in all. */
export class CategoryEncoder implements ColumnEncoder {
  readonly treatment = 'category';
  readonly type = 'string';
  readonly names: readonly string[];
  readonly categories: Categories;
  /** Feature of each category that fit has seen. */
  readonly #features = new Map<string, number>();

  constructor(name: string, categories: Categories) {
    const { kept, infrequent, missing } = categories;
    kept.forEach((category, i) => this.#features.set(category, i));
    for (const category of infrequent) this.#features.set(category, kept.length);
    this.categories = categories;
    this.names = [
      ...kept.map((category) => `${name}_${category}`),
      ...(infrequent.length > 0 ? [`${name}_infrequent`] : []),
      ...(missing ? [`${name}_missing`] : []),
    ];
  }

  encode(column: (string | null)[], { data, width }: Features, offset: number): void {
    const count = this.names.length;
    const missing = this.categories.missing ? count - 1 : undefined;
    for (let row = 0, at = offset; row < column.length; row++, at += width) {
      const category = column[row];
      data.fill(0, at, at + count);
      const feature = category === null ? missing : this.#features.get(category);
      if (feature !== undefined) data[at + feature] = 1;
    }
  }
}

/** Dates: year, month, day, weekday and hour, scaled; the last four also as a point on a circle. */
export class DateEncoder implements ColumnEncoder {
  readonly treatment = 'date';
  readonly type = 'date';
  readonly names: readonly string[];
  readonly scales: readonly Scale[];
  readonly indicator: boolean;

  constructor(name: string, scales: readonly Scale[], indicator: boolean) {
    const parts = DATE_PARTS.flatMap(({ name: part, period }) =>
      period === 0 ? [part] : [part, `${part}_sin`, `${part}_cos`],
    );
    this.names = [...parts, ...(indicator ? ['missing'] : [])].map((part) => `${name}_${part}`);
    this.scales = scales;
    this.indicator = indicator;
  }

  encode(column: Float64Array, features: Features, offset: number): void {
    let feature = offset;
    DATE_PARTS.forEach(({ period }, part) => {
      const values = partOf(column, part);
      writeScaled(values, features, feature++, this.scales[part]);
      if (period === 0) return;
      writeAngle(values, features, feature, period, this.scales[part].fill);
      feature += 2;
    });
    if (this.indicator) writeMissing(column, features, feature);
  }
}

/** Sine and cosine of 2π · value / period, at two features side by side. */
function writeAngle(
  values: Float64Array,
  { data, width }: Features,
  offset: number,
  period: number,
  fill: number,
): void {
  for (let row = 0, at = offset; row < values.length; row++, at += width) {
    const angle = (2 * Math.PI * (isNaN(values[row]) ? fill : values[row])) / period;
    data[at] = sin(angle);
    data[at + 1] = cos(angle);
  }
}

/** A transformer of the user's for one column. */
export interface UserTransformer {
  fit(x: any, y?: any): unknown;
  transform(x: any): unknown;
  fitTransform?(x: any, y?: any): unknown;
  featureNames?(input?: readonly string[]): string[];
  toJSON?(): unknown;
}

/** What a transformer of the user's makes of a column. */
export class TransformerEncoder implements ColumnEncoder {
  readonly treatment = 'transformer';
  readonly type: ColumnType;
  readonly names: readonly string[];
  readonly transformer: UserTransformer;
  readonly #name: string;

  /** @param names those of the features; default: what the transformer calls them, or numbers */
  constructor(name: string, type: ColumnType, transformer: UserTransformer, names: readonly string[]) {
    this.#name = name;
    this.type = type;
    this.transformer = transformer;
    this.names = names;
  }

  encode(column: Column, { data, width }: Features, offset: number): void {
    const count = this.names.length;
    const given = this.transformer.transform(oneColumn(this.#name, this.type, column));
    const result = featuresOf(given, column.length, this.#name);
    if (result.width !== count) {
      throw new ValueError(
        `TableVectorizer: the transformer of column '${this.#name}' must give ${count} features, as in fit, but gave ${result.width}.`,
      );
    }
    for (let row = 0, at = offset; row < column.length; row++, at += width) {
      for (let j = 0; j < count; j++) data[at + j] = result.data[row * count + j];
    }
  }
}

/** A table of one column. */
export function oneColumn(name: string, type: ColumnType, column: Column): Table {
  const [columns, types] = [new Map([[name, column]]), new Map([[name, type]])];
  return new Table({ columns, types, rows: column.length });
}

/** Features of rows, side by side. */
export interface FeatureBlock {
  readonly data: ArrayLike<number>;
  readonly width: number;
}

/** What a transformer of the user's gave for a column. @throws ValueError unless it is features of rows */
export function featuresOf(result: unknown, rows: number, name: string): FeatureBlock {
  const { data, shape, scale = 1 } = (result ?? {}) as Partial<NdArray>;
  if (data === undefined || shape?.length !== 2 || shape[0] !== rows) {
    throw new ValueError(
      `TableVectorizer: the transformer of column '${name}' must give an array (rows, features) of ${rows} rows, but gave ${describe(result)}.`,
    );
  }
  return { data: scale === 1 ? data : Float64Array.from(data, (value) => value * scale), width: shape[1] };
}
