import { describe, expect, test } from 'vitest';
import { FormatError, type LamellaError, NotFittedError, ShapeError, ValueError } from '../../src/errors.js';
import { MinMaxScaler, OneHotEncoder, pipeline, RobustScaler, StandardScaler } from '../../src/index.js';
import type { NdArray } from '../../src/ndarray.js';
import { MaxAbsScaler } from '../../src/data/scalers/max-abs.js';
import { Normalizer } from '../../src/data/transformers/normalizer.js';
import { OrdinalEncoder } from '../../src/data/transformers/ordinal-encoder.js';
import { PolynomialFeatures } from '../../src/data/transformers/polynomial-features.js';
import { QuantileTransformer } from '../../src/data/transformers/quantile-transformer.js';
import { FunctionTransformer } from '../../src/data/transformers/function-transformer.js';
import { SimpleImputer } from '../../src/data/transformers/simple-imputer.js';
import { fromColumns } from '../../src/data/table/records.js';
import { TargetEncoder } from '../../src/data/transformers/target-encoder.js';
import { type Matrix, readGolden } from './goldens.js';

const kinds = {
  ...{ MaxAbsScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures },
  ...{ QuantileTransformer, SimpleImputer, TargetEncoder },
};

type Rows = (string | number | null)[][];

interface Recorded {
  readonly kind: keyof typeof kinds;
  readonly params: object;
  readonly fit: Rows;
  readonly y?: (string | number)[];
  readonly attributes: Record<string, unknown>;
  readonly fitTransform?: Matrix;
  readonly transform: { input: Rows; output: Matrix | Rows; inverse?: Matrix | Rows }[];
  readonly names: string[];
}

/** What all of them have. */
interface Any {
  readonly [attribute: string]: unknown;
  fit(x: unknown, y?: unknown): Any;
  transform(x: unknown): NdArray<Float64Array> | Rows;
  fitTransform(x: unknown, y?: unknown): NdArray<Float64Array> | Rows;
  fitTransformAsync(x: unknown, y?: unknown): Promise<unknown>;
  inverseTransform(x: unknown): NdArray<Float64Array> | Rows;
  featureNames(input?: string[]): string[];
}

const { cases } = readGolden<{ cases: Recorded[] }>('sklearn_preprocessing');

/** Compares numbers to 1e-9, whatever holds them, and all else exactly. */
function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (typeof expected === 'number' || expected === 'nan') {
    const wanted = expected === 'nan' ? NaN : expected;
    const received = actual === null ? NaN : (actual as number);
    if (Object.is(received, wanted) || Math.abs(received - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)))
      return;
    expect.fail(`${what}: ${String(actual)}, expected ${wanted}`);
  } else if (Array.isArray(expected) || (typeof expected === 'object' && expected !== null)) {
    const [got, keys] = [actual as Record<string, unknown>, Object.keys(expected)];
    if (Array.isArray(expected)) expect((actual as unknown[]).length, what).toBe(expected.length);
    for (const key of keys)
      expectSame(got[key], (expected as Record<string, unknown>)[key], `${what} ${key}`);
  } else expect(actual, what).toBe(expected);
}

describe('transformers equal scikit-learn', () => {
  test.each(cases.map((each, i) => [i, each.kind, JSON.stringify(each.params), each] as const))(
    '%i %s %s',
    async (_i, kind, _params, { params, fit, y, attributes, fitTransform, transform, names }) => {
      const before = JSON.stringify(fit);
      const transformer = new kinds[kind](params) as unknown as Any;
      expect(transformer.fit(fit, y)).toBe(transformer);
      for (const [name, value] of Object.entries(attributes)) {
        expectSame(transformer[name], name === 'powers' ? rowsOf(value as Matrix) : value, name);
      }
      const json: unknown = JSON.parse(JSON.stringify(transformer));
      const reborn = kinds[kind].fromJSON(json) as unknown as Any;
      for (const { input, output, inverse } of transform) {
        const result = transformer.transform(input);
        expectSame(result, output, 'output');
        expect(reborn.transform(input)).toEqual(result);
        if (inverse) expectSame(transformer.inverseTransform(result), inverse, 'inverse');
      }
      // Here a number is written without '.0'.
      const expected = names.map((name) => name.replace(/\.0$/, ''));
      expect(transformer.featureNames()).toEqual(expected);
      expect(reborn.featureNames()).toEqual(expected);
      const again = new kinds[kind](params) as unknown as Any;
      const fitted = again.fitTransform(fit, y);
      if (fitTransform) expectSame(fitted, fitTransform, 'fitTransform');
      else expect(fitted).toEqual(transformer.transform(fit));
      const slices = y === undefined ? again.fitTransformAsync(fit) : again.fitTransformAsync(fit, y);
      expect(await slices).toEqual(fitted);
      expect(JSON.stringify(fit)).toBe(before);
    },
  );
});

/** A golden matrix as nested arrays. */
function rowsOf({ shape: [rows, columns], data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
}

describe('transformers', () => {
  const table = fromColumns({
    a: [1, 2, null],
    word: ['x', null, 'y'],
    b: [4, 0, 8],
    ok: [true, false, true],
  });
  const numbers = table.select(['b', 'ok']);

  test.each([StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler])(
    '%o reads the columns of tables by name',
    (Class) => {
      const scaler = new Class().fit(numbers);
      const expected = new Class().fitTransform([
        [4, 1],
        [0, 0],
        [8, 1],
      ]);
      expect(scaler.transform(numbers)).toEqual(expected);
      expect(scaler.transform(fromColumns({ ok: [true, false, true], z: [9, 9, 9], b: [4, 0, 8] }))).toEqual(
        expected,
      );
      expect(scaler.featureNames()).toEqual(['b', 'ok']);
      const reborn = Class.fromJSON(JSON.parse(JSON.stringify(scaler)));
      expect(reborn.featureNames()).toEqual(['b', 'ok']);
      expect(reborn.transform(numbers)).toEqual(expected);
      expect(() => scaler.transform(table.select(['b']))).toThrow(
        `${Class.name}: X must have the column 'ok', as in fit, but has the columns ['b'].`,
      );
    },
  );

  test('call features x0, x1, … without a table, and as they are told', () => {
    const scaler = new StandardScaler().fit([[1, 2]]);
    expect(scaler.featureNames()).toEqual(['x0', 'x1']);
    expect(scaler.featureNames(['p', 'q'])).toEqual(['p', 'q']);
  });

  test('read categories of tables, booleans and dates too', () => {
    const when = fromColumns({ ok: [true, null], when: [new Date(0), new Date(0)] });
    const encoder = new OneHotEncoder().fit(when);
    expect(encoder.categories).toEqual([[true, null], ['1970-01-01T00:00:00.000Z']]);
    expect(encoder.featureNames()).toEqual(['ok_true', 'ok_nan', 'when_1970-01-01T00:00:00.000Z']);
    const words = new OneHotEncoder().fit(table.select(['word']));
    expect(words.transform(table).data).toEqual(Float64Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0));
    expect(new OrdinalEncoder().fitTransform(table.select(['word'])).data).toEqual(
      Float64Array.of(0, NaN, 1),
    );
    expect(new SimpleImputer({ strategy: 'mostFrequent' }).fitTransform(table.select(['word', 'a']))).toEqual(
      [
        ['x', 1],
        ['x', 2],
        ['y', 1],
      ],
    );
  });

  test('give functions a copy of arrays, and tables as they are', () => {
    const rows = [[1, 4]];
    const double = (x: NdArray<Float64Array>) => ({ ...x, data: x.data.map((_, i) => (x.data[i] *= 2)) });
    const transformer = new FunctionTransformer({ func: double });
    expect(transformer.transform(rows)).toEqual({ data: Float64Array.of(2, 8), shape: [1, 2] });
    expect(rows).toEqual([[1, 4]]);
    const lengths = new FunctionTransformer({
      func: (words: typeof table) => words.toRecords().map(({ word }) => [String(word ?? '').length]),
      inverseFunc: double,
      featureNames: ([name]) => [`${name} length`],
    });
    expect(lengths.fitTransform(table.select(['word'])).data).toEqual(Float64Array.of(1, 0, 1));
    expect(lengths.featureNames()).toEqual(['word length']);
    expect(lengths.inverseTransform([[3]]).data).toEqual(Float64Array.of(6));
    expect(new FunctionTransformer().fit(rows).featureNames()).toEqual(['x0', 'x1']);
  });

  test('need no fit where there is nothing to learn', () => {
    expect(new Normalizer({ norm: 'l1' }).transform([[1, 3]]).data).toEqual(Float64Array.of(0.25, 0.75));
    expect(() => new Normalizer().featureNames()).toThrow(NotFittedError);
  });

  test('draw the rows of quantiles anew without a seed, and store none', () => {
    const transformer = new QuantileTransformer({ nQuantiles: 2, subsample: 2 }).fit([[1], [2], [3]]);
    expect(transformer.quantiles.shape).toEqual([2, 1]);
    expect(transformer.toJSON().params).toMatchObject({ randomState: null });
  });

  test('have what they learned read back, NaN and missing categories too', () => {
    const encoder = new OrdinalEncoder({ handleUnknown: 'useEncodedValue', unknownValue: NaN }).fit([
      ['a'],
      [null],
    ]);
    const reborn = OrdinalEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(reborn.getParams()).toEqual(encoder.getParams());
    expect(reborn.transform([['z'], [null], ['a']]).data).toEqual(Float64Array.of(NaN, NaN, 0));
    const scaler = MaxAbsScaler.fromJSON(JSON.parse(JSON.stringify(new MaxAbsScaler().fit([[NaN, 2]]))));
    expect(scaler.maxAbs).toEqual(Float64Array.of(NaN, 2));
  });

  test('name the features of a pipeline', async () => {
    const estimator = {
      estimatorType: 'classifier',
      fit: () => undefined,
      predict: () => [],
      getParams: () => ({}),
    };
    const steps = [new StandardScaler(), new PolynomialFeatures({ includeBias: false }), estimator];
    const model = pipeline(steps as never);
    await model.fit(
      [
        [1, 2],
        [3, 5],
      ],
      [0, 1],
    );
    expect(model.featureNames()).toEqual(['x0', 'x1', 'x0^2', 'x0 x1', 'x1^2']);
    expect(model.featureNames(['a', 'b'])).toEqual(['a', 'b', 'a^2', 'a b', 'b^2']);
  });
});

describe('transformers refuse', () => {
  const table = fromColumns({ a: [1, 2], word: ['x', 'y'] });
  const ordinal = new OrdinalEncoder().fit([['a'], ['b']]);
  const json = (kind: string, fitted: object, params = {}) => ({ kind, params, fitted });
  test.each<[string, () => unknown, new (...args: never[]) => LamellaError, string]>([
    [
      'strings among numbers',
      () => new MaxAbsScaler().fit(table),
      ValueError,
      "MaxAbsScaler: column 'word' must hold numbers or booleans, but holds strings; encode it first, as TableVectorizer does.",
    ],
    [
      'infinity',
      () => new MaxAbsScaler().fit([[1], [-Infinity]]),
      ValueError,
      'MaxAbsScaler: X must hold finite numbers or NaN, but received -Infinity at row 1, column 0.',
    ],
    [
      'NaN where there may be none',
      () => new Normalizer().fit([[NaN]]),
      ValueError,
      'Normalizer: X must hold finite numbers, but received NaN at row 0, column 0.',
    ],
    [
      'a table without rows',
      () => new OneHotEncoder().fit(fromColumns({ a: [] })),
      ShapeError,
      'OneHotEncoder: X must have at least 1 row and at least 1 column(s), but received a table of 0 rows and 1 columns.',
    ],
    [
      'another number of names',
      () => new MaxAbsScaler().fit([[1]]).featureNames(['a', 'b']),
      ShapeError,
      "MaxAbsScaler: featureNames takes the names of the 1 columns of fit, but received ['a', 'b'].",
    ],
    [
      'other names than those of the table',
      () => new MaxAbsScaler().fit(table.select(['a'])).featureNames(['b']),
      ValueError,
      "MaxAbsScaler: featureNames takes the names that fit has seen, ['a'], but received ['b'].",
    ],
    [
      'to transform before fit',
      () => new SimpleImputer().transform([[1]]),
      NotFittedError,
      'SimpleImputer: transform needs a fitted imputer, but fit has not been called; call fit(X) first.',
    ],
    [
      'the mean of strings',
      () => new SimpleImputer().fit([['a']]),
      ValueError,
      "SimpleImputer: column 0 must hold numbers for the strategy 'mean', but holds strings; use 'mostFrequent' or 'constant'.",
    ],
    [
      'a fill of another type',
      () => new SimpleImputer({ strategy: 'constant', fillValue: 'x' }).fit([[1]]),
      ValueError,
      "SimpleImputer: fillValue must be a number, as the values of column 0, but received 'x'.",
    ],
    [
      'values of another type than in fit',
      () => new SimpleImputer().fit([[1]]).transform([['a']]),
      ValueError,
      "SimpleImputer: column 0 must hold numbers, as in fit, but received 'a' in row 0.",
    ],
    [
      'to undo what left no mark',
      () => new SimpleImputer().fit([[1]]).inverseTransform([[1]]),
      ValueError,
      'SimpleImputer: inverseTransform needs addIndicator: true, but it is false; without it nothing tells where gaps were.',
    ],
    [
      'an unknown category',
      () => ordinal.transform([['z']]),
      ValueError,
      "OrdinalEncoder: X must hold only the categories ['a', 'b'] in row 0, column 0, but received 'z'.",
    ],
    [
      'a number of no category',
      () => ordinal.inverseTransform([[2]]),
      ValueError,
      'OrdinalEncoder: X must hold numbers of categories, 0 to 1 in column 0, but received 2 in row 0.',
    ],
    [
      'a number of a category for unknown ones',
      () => new OrdinalEncoder({ handleUnknown: 'useEncodedValue', unknownValue: 0 }).fit([['a']]),
      ValueError,
      "OrdinalEncoder: unknownValue must be no number of a category, but 0 is that of 'a' in column 0.",
    ],
    [
      'a number that nothing takes',
      () => new OrdinalEncoder({ unknownValue: 3 }),
      ValueError,
      "OrdinalEncoder: unknownValue must be omitted unless handleUnknown is 'useEncodedValue', but received 3.",
    ],
    [
      'another number of categories',
      () => new OrdinalEncoder({ categories: [['a']] }).fit([['a', 'b']]),
      ShapeError,
      'OrdinalEncoder: X must have 1 columns, as the option categories, but received 2.',
    ],
    [
      'more quantiles than rows drawn',
      () => new QuantileTransformer({ subsample: 10 }),
      ValueError,
      'QuantileTransformer: nQuantiles must be at most subsample, 10, but received 1000.',
    ],
    [
      'nothing as a polynomial',
      () => new PolynomialFeatures({ degree: 0, includeBias: false }),
      ValueError,
      'PolynomialFeatures: degree must be at least 1 without includeBias, but received 0.',
    ],
    [
      'degrees upside down',
      () => new PolynomialFeatures({ degree: [3, 2] }),
      ValueError,
      'PolynomialFeatures: degree must be an integer >= 0 or [lowest, highest] with 0 <= lowest <= highest, but received [3, 2].',
    ],
    [
      'terms without end',
      () => new PolynomialFeatures({ degree: 1e9 }).fit([[1]]),
      ValueError,
      'PolynomialFeatures: the terms may have at most 4000000 factors together, but those of 1 columns have more up to degree 1000000000; take a lower degree or fewer columns.',
    ],
    [
      'a function that loses rows',
      () => new FunctionTransformer({ func: () => [[1]] }).transform([[1], [2]]),
      ShapeError,
      'FunctionTransformer: func must give as many rows as it gets, 2, but gave 1.',
    ],
    [
      'to store functions',
      () => JSON.stringify(new FunctionTransformer()),
      ValueError,
      'FunctionTransformer: functions cannot be stored, but toJSON was called; make it anew where the rest is read.',
    ],
    [
      'the dropping of a rare category',
      () => new OneHotEncoder({ drop: ['b'], minFrequency: 2 }).fit([['a'], ['a'], ['b']]),
      ValueError,
      "OneHotEncoder: drop must have one of the frequent categories ['a'] for column 0, but received 'b'.",
    ],
    [
      'JSON of rare categories that are none',
      () => OneHotEncoder.fromJSON(json('OneHotEncoder', { categories: [[1]], infrequent: [[1]] })),
      FormatError,
      'OneHotEncoder.fromJSON: infrequent must hold indices of the categories of every column, but received others.',
    ],
    [
      'JSON of quantiles that fall',
      () => QuantileTransformer.fromJSON(json('QuantileTransformer', { quantiles: [2, 1], nFeaturesIn: 1 })),
      FormatError,
      'QuantileTransformer.fromJSON: quantiles must ascend, as many for each of 1 columns, but received 2, which fall at index 1.',
    ],
    [
      'JSON of other columns than names',
      () =>
        MaxAbsScaler.fromJSON({
          ...json('MaxAbsScaler', { maxAbs: [1], nSamplesSeen: 1 }),
          featureNames: ['a', 'b'],
        }),
      FormatError,
      'MaxAbsScaler.fromJSON: featureNames must hold the names of 1 columns, but received 2.',
    ],
    [
      'JSON of columns without end',
      () => PolynomialFeatures.fromJSON(json('PolynomialFeatures', { nFeaturesIn: 1e15 })),
      FormatError,
      'PolynomialFeatures: the terms may have at most 4000000 factors together, but those of 1000000000000000 columns have more up to degree 2; take a lower degree or fewer columns.',
    ],
    [
      'JSON of marks in no column',
      () => SimpleImputer.fromJSON(json('SimpleImputer', { statistics: [1], indicators: [1] })),
      FormatError,
      'SimpleImputer.fromJSON: indicators must hold ascending numbers of the 1 columns, but received [1].',
    ],
    [
      'JSON of categories twice',
      () => OrdinalEncoder.fromJSON(json('OrdinalEncoder', { categories: [['a', 'a']] })),
      FormatError,
      'OrdinalEncoder.fromJSON: categories must be an array of at least 1 whose every value is an array of at least 1 label or null, each once, but received [[...]].',
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});
