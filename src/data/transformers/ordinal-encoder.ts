/**
 * OrdinalEncoder: categories as their place among the categories of their column. Not for targets, which
 * LabelEncoder encodes.
 */
import type { Rule } from '../../check.js';
import { anyOf, checkOptions, describe, nullable, oneOf, refused } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import { CategoryTransformer } from '../encoders/category-transformer.js';
import type { LabelColumns } from '../encoders/cells.js';
import { categoryLists, chosenCategories, codesOf, unknownLabel } from '../encoders/cells.js';
import type { Category } from '../labels.js';
import { readMatrix } from '../matrix.js';
import { formatErrors, readFitted } from '../stored.js';

/** Options of OrdinalEncoder. */
export interface OrdinalEncoderParams {
  /**
   * The categories of every column, in the order of their numbers; null stands for missing values. Default
   * 'auto': those of fit, sorted.
   */
  readonly categories: 'auto' | readonly (readonly Category[])[];
  /** Categories that fit has not seen: an error (default), or unknownValue ('useEncodedValue'). */
  readonly handleUnknown: 'error' | 'useEncodedValue';
  /**
   * Number of unknown categories, with handleUnknown 'useEncodedValue': an integer or NaN. Default null: NaN
   * with 'useEncodedValue', otherwise none.
   */
  readonly unknownValue: number | null;
  /** Number of missing values. Default NaN. */
  readonly encodedMissingValue: number;
}

interface Fitted {
  readonly categories: readonly (readonly Category[])[];
}

const integerOrNaN: Rule<number> = {
  expected: 'an integer or NaN',
  accept: (value) => (Number.isSafeInteger(value) || value !== value ? (value as number) : refused),
};
const numberOrNaN: Rule<number> = {
  expected: 'a number or NaN',
  // JSON has null for NaN.
  accept: (value) =>
    value === null ? NaN : Number.isFinite(value) || value !== value ? Number(value) : refused,
};
const schema = {
  categories: anyOf(oneOf<'auto'>(['auto']), categoryLists),
  handleUnknown: oneOf<OrdinalEncoderParams['handleUnknown']>(['error', 'useEncodedValue']),
  unknownValue: nullable(integerOrNaN),
  encodedMissingValue: numberOrNaN,
};
const defaults: OrdinalEncoderParams = {
  categories: 'auto',
  handleUnknown: 'error',
  unknownValue: null,
  encodedMissingValue: NaN,
};

/**
 * Columns of labels as numbers from 0: the place of each label among the sorted labels of its column. Missing
 * values (null, NaN) become encodedMissingValue. scikit-learn's OrdinalEncoder.
 */
export class OrdinalEncoder extends CategoryTransformer<OrdinalEncoderParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'OrdinalEncoder';
  readonly name = 'OrdinalEncoder';
  protected readonly schema = schema;

  constructor(options: Partial<OrdinalEncoderParams> = {}) {
    super({ ...defaults, ...checkOptions('OrdinalEncoder', options, schema) });
    this.params = this.check(this.params);
  }

  /** An encoder from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): OrdinalEncoder {
    const encoder = new OrdinalEncoder();
    return encoder.restore(json, (given) => {
      const { categories } = readFitted('OrdinalEncoder', given, { categories: categoryLists });
      return formatErrors(() => encoder.#checked(categories));
    });
  }

  protected override check(params: OrdinalEncoderParams): OrdinalEncoderParams {
    const { handleUnknown, unknownValue } = params;
    // JSON has null for NaN.
    if (handleUnknown === 'useEncodedValue') return { ...params, unknownValue: unknownValue ?? NaN };
    if (unknownValue === null) return params;
    throw new ValueError(
      `OrdinalEncoder: unknownValue must be omitted unless handleUnknown is 'useEncodedValue', but received ${describe(unknownValue)}.`,
    );
  }

  protected *learn(table: LabelColumns): Pieces<Fitted> {
    const { categories, handleUnknown } = this.params;
    const strict = handleUnknown === 'error';
    const chosen = yield* chosenCategories(this.name, table, categories, strict);
    return this.#checked(chosen.categories);
  }

  /** @throws ValueError if the number of unknown or missing values is that of a category */
  #checked(categories: Fitted['categories']): Fitted {
    const { handleUnknown, unknownValue, encodedMissingValue } = this.params;
    categories.forEach((column, j) => {
      const taken = (value: number | null) => value !== null && value >= 0 && value < column.length;
      const unknown = handleUnknown === 'useEncodedValue' && taken(unknownValue);
      if (!unknown && !(column.includes(null) && taken(encodedMissingValue))) return;
      const [name, value] = unknown
        ? ['unknownValue', unknownValue]
        : ['encodedMissingValue', encodedMissingValue];
      throw new ValueError(
        `OrdinalEncoder: ${name} must be no number of a category, but ${value} is that of ${describe(column[value!])} in column ${j}.`,
      );
    });
    return { categories };
  }

  protected *apply({ columns, rows }: LabelColumns, { categories }: Fitted): Pieces<NdArray<Float64Array>> {
    const { handleUnknown, unknownValue, encodedMissingValue } = this.params;
    const width = columns.length;
    const data = new Float64Array(rows * width);
    for (const [j, column] of columns.entries()) {
      const codes = yield* codesOf(column, categories[j]);
      yield* ranges(rows, 2, (begin, end) => {
        for (let row = begin; row < end; row++) {
          const code = codes[row];
          if (code < 0 && handleUnknown === 'error') {
            throw unknownLabel(this.name, column[row], `row ${row}, column ${j}`, categories[j]);
          }
          const known = column[row] === null ? encodedMissingValue : code;
          data[row * width + j] = code < 0 ? unknownValue! : known;
        }
      });
    }
    return { data, shape: [rows, width] };
  }

  /**
   * The labels of numbers; null for missing values and for unknownValue.
   *
   * @throws ValueError for a number that is none of a category
   */
  inverseTransform(x: ArrayInput): Category[][] {
    const { categories } = this.fitted('inverseTransform');
    const { data, scale, rows, columns } = readMatrix(this.name, x, categories.length, { missing: true });
    const { handleUnknown, unknownValue, encodedMissingValue } = this.params;
    return Array.from({ length: rows }, (_, row) =>
      categories.map((column, j) => {
        const code = data[row * columns + j] * scale;
        if (column.includes(null) && Object.is(code, encodedMissingValue)) return null;
        if (handleUnknown === 'useEncodedValue' && Object.is(code, unknownValue)) return null;
        if (Number.isInteger(code) && code >= 0 && code < column.length) return column[code];
        throw new ValueError(
          `OrdinalEncoder: X must hold numbers of categories, 0 to ${column.length - 1} in column ${j}, but received ${describe(code)} in row ${row}.`,
        );
      }),
    );
  }
}
