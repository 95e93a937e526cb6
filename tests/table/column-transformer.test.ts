import { describe, expect, test } from 'vitest';
import { FormatError, type LamellaError, NotFittedError, ShapeError, ValueError } from '../../src/errors.js';
import { LabelEncoder, pipeline, StandardScaler } from '../../src/index.js';
import * as tables from '../../src/table.js';
import type { ColumnChoice, ColumnStep, StepTransformer } from '../../src/table.js';
import { OneHotEncoder } from '../../src/index.js';
import { expectNear, readGolden } from '../data/goldens.js';

const { ColumnTransformer, fromRecords, SimpleImputer, TableVectorizer, transformerFromJSON } = tables;

interface Recorded {
  readonly steps: [string, string, object, ColumnChoice][];
  readonly remainder: 'drop' | 'passthrough';
  readonly verbose: boolean;
  readonly rows: object[];
  readonly names: string[];
  readonly output: { readonly shape: number[]; readonly data: (number | 'nan')[] };
}

const { columnTransformers } = readGolden<{ columnTransformers: Recorded[] }>('sklearn_preprocessing');
const classes = { ...tables, StandardScaler, OneHotEncoder } as Record<string, any>;

function stepOf([name, kind, params, columns]: Recorded['steps'][number]): ColumnStep {
  if (kind === 'drop' || kind === 'passthrough') return [name, kind, columns];
  return [name, new classes[kind](params) as StepTransformer, columns];
}

test.each(columnTransformers.map((each, i) => [i, each] as const))(
  'ColumnTransformer equals scikit-learn, case %i',
  async (_i, { steps, remainder, verbose, rows, names, output }) => {
    const table = fromRecords(rows);
    const make = () =>
      new ColumnTransformer(steps.map(stepOf), { remainder, verboseFeatureNamesOut: verbose });
    const transformer = make();
    const result = transformer.fitTransform(table);
    expect(result.shape).toEqual(output.shape);
    const expected = output.data.map((value) => (value === 'nan' ? null : value));
    expectNear(result.data, expected, 'output');
    expect(transformer.featureNames()).toEqual(names);
    expect(transformer.transform(table)).toEqual(result);
    expect(await make().fitTransformAsync(table)).toEqual(result);
    expect(await transformer.transformAsync(table)).toEqual(result);
    const reborn = transformerFromJSON(JSON.parse(JSON.stringify(transformer)));
    expect(reborn).toBeInstanceOf(ColumnTransformer);
    expect(reborn.transform(table)).toEqual(result);
    expect(reborn.featureNames()).toEqual(names);
    expect(transformer.clone().fitTransform(table)).toEqual(result);
  },
);

describe('ColumnTransformer', () => {
  const rows = [
    ['a', 1, 5],
    ['b', 3, 6],
  ];
  const make = () =>
    new ColumnTransformer(
      [
        ['scale', new StandardScaler(), [1]],
        ['kind', new OneHotEncoder(), 0],
      ],
      { remainder: 'passthrough' },
    );

  test('takes columns of arrays by number', () => {
    const transformer = make();
    expect(transformer.fitTransform(rows)).toEqual({
      data: Float64Array.of(-1, 1, 0, 5, 1, 0, 1, 6),
      shape: [2, 4],
    });
    expect(transformer.featureNames()).toEqual(['scale__x1', 'kind__x0_a', 'kind__x0_b', 'remainder__x2']);
    const last = new ColumnTransformer([['same', 'passthrough', -1]]);
    const bytes = { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], scale: 0.5 };
    expect(last.fitTransform(bytes).data).toEqual(Float64Array.of(1, 2));
  });

  test('has the options of its steps', () => {
    const transformer = make();
    expect(transformer.getParams()).toMatchObject({
      remainder: 'passthrough',
      scale: { withMean: true, withStd: true },
    });
    transformer.setParams({ scale__withMean: false, kind: { drop: 'first' }, remainder: 'drop' });
    expect(transformer.fitTransform(rows).data).toEqual(Float64Array.of(1, 0, 3, 1));
    expect(transformer.clone({ scale__withStd: false }).fitTransform(rows).data).toEqual(
      Float64Array.of(1, 0, 3, 1),
    );
    expect(transformer.namedTransformers).toHaveProperty('scale');
  });

  test('reads tables by name, whatever their order', () => {
    const transformer = new ColumnTransformer([['scale', new StandardScaler(), 'b']]).fit(
      fromRecords([
        { a: 1, b: 1 },
        { a: 2, b: 3 },
      ]),
    );
    expect(transformer.transform(fromRecords([{ b: 3, z: 9 }])).data).toEqual(Float64Array.of(1));
  });

  test('hands targets to its steps, in a pipeline too', async () => {
    const encoder = () => new tables.TargetEncoder({ shuffle: false, cv: 2, smooth: 0 });
    const table = fromRecords(['u', 'u', 'v', 'v'].map((kind) => ({ kind })));
    const y = [1.5, 2, 3, 5];
    const transformer = new ColumnTransformer([['mean', encoder(), ['kind']]]);
    expect(transformer.fitTransform(table, y)).toEqual(encoder().fitTransform(table, y));
    let seen: unknown;
    const estimator = {
      ...{ estimatorType: 'regressor', predict: () => [], getParams: () => ({}) },
      fit: (x: unknown) => void (seen = x),
    };
    await pipeline([transformer.clone(), estimator] as never).fit(table, y);
    expect(seen).toEqual(encoder().fitTransform(table, y));
  });
});

test('TableVectorizer stores the transformers of its columns', () => {
  const table = fromRecords([
    { age: 1, kind: 'a' },
    { age: 4, kind: 'b' },
    { age: 7, kind: 'a' },
  ]);
  const vectorizer = new TableVectorizer({ columns: { kind: new OneHotEncoder({ drop: 'first' }) } }).fit(
    table,
  );
  const reborn = transformerFromJSON(JSON.parse(JSON.stringify(vectorizer)));
  expect(reborn.transform(table)).toEqual(vectorizer.transform(table));
  expect(reborn.featureNames()).toEqual(['age', 'kind_b']);
  expect(reborn.fit(table).featureNames()).toEqual(['age', 'kind_b']);
});

test('transformerFromJSON reads every kind', () => {
  const x = [
    [1, 2],
    [3, 5],
  ];
  const names = ['MaxAbsScaler', 'Normalizer', 'OneHotEncoder', 'OrdinalEncoder', 'PolynomialFeatures'];
  for (const name of [...names, 'QuantileTransformer', 'SimpleImputer', 'StandardScaler']) {
    const transformer = new classes[name]().fit(x);
    const reborn = transformerFromJSON(JSON.parse(JSON.stringify(transformer)));
    expect(reborn).toBeInstanceOf(classes[name]);
    expect(reborn.transform(x)).toEqual(transformer.transform(x));
  }
  const labels = transformerFromJSON(new LabelEncoder().fit(['b', 'a']).toJSON());
  expect(labels.classes).toEqual(['a', 'b']);
});

describe('refused', () => {
  const table = fromRecords([{ a: 1, b: 'x' }]);
  const fitted = new ColumnTransformer([['s', new SimpleImputer(), 'a']]).fit(table);
  const nested = (depth: number): object => ({
    kind: 'ColumnTransformer',
    params: { transformers: [['s', depth === 0 ? 'drop' : nested(depth - 1), 'a']] },
    fitted: null,
  });
  const own = {
    fit: () => undefined,
    transform: () => [[1], [2]],
    getParams: () => ({}),
    setParams: () => undefined,
  };
  test.each<[string, () => unknown, new (...args: never[]) => LamellaError, string]>([
    [
      'no steps',
      () => new ColumnTransformer([]),
      ValueError,
      'ColumnTransformer: steps must be an array of [name, transformer, columns], but received [].',
    ],
    [
      'a name twice',
      () =>
        new ColumnTransformer([
          ['s', 'drop', 'a'],
          ['s', 'drop', 'b'],
        ]),
      ValueError,
      "ColumnTransformer: step 1 must be [name, transformer, columns], a name of its own without '__', 'drop', 'passthrough' or a transformer with fit, transform and getParams, and names or numbers of columns, but received ['s', 'drop', 'b'].",
    ],
    [
      'an unknown column',
      () => new ColumnTransformer([['s', 'passthrough', 'A']]).fit(table),
      ValueError,
      "ColumnTransformer: 'A' is not a column of the table; did you mean 'a'?",
    ],
    [
      'a name for an array',
      () => new ColumnTransformer([['s', 'passthrough', 'a']]).fit([[1]]),
      ValueError,
      "ColumnTransformer: columns must be numbers for arrays, which have no names, but received 'a'.",
    ],
    [
      'a number beyond the columns',
      () => new ColumnTransformer([['s', 'passthrough', 1]]).fit([[1]]),
      ValueError,
      'ColumnTransformer: columns must be integers from 0 to 0, but received 1.',
    ],
    [
      'strings as features',
      () => new ColumnTransformer([['s', 'passthrough', 'b']]).fit(table),
      ValueError,
      "ColumnTransformer: the result of step 's': column 'b' must hold numbers or booleans, but holds strings; encode it first, as TableVectorizer does.",
    ],
    [
      'another width',
      () => new ColumnTransformer([['s', 'passthrough', 0]]).fit([[1]]).transform([[1, 2]]),
      ShapeError,
      'ColumnTransformer: X must have 1 columns, as in fit, but received 2.',
    ],
    [
      'an absent column',
      () => fitted.transform(table.select(['b'])),
      ValueError,
      "ColumnTransformer: 'a' is not a column of the table; did you mean 'b'?",
    ],
    [
      'to transform before fit',
      () => new ColumnTransformer([['s', 'drop', 'a']]).transform(table),
      NotFittedError,
      'ColumnTransformer: transform needs a fitted transformer, but fit has not been called; call fit(X) first.',
    ],
    [
      'to keep nothing',
      () => new ColumnTransformer([['s', 'drop', 'a']]).fit(table),
      ValueError,
      'ColumnTransformer: at least one step must keep columns, but all drop theirs.',
    ],
    [
      'other numbers of rows',
      () =>
        new ColumnTransformer([
          ['a', own, 'a'],
          ['b', 'passthrough', 'a'],
        ]).fit(table),
      ShapeError,
      "ColumnTransformer: step 'a' must give a row for each row, 1, but gave 2.",
    ],
    [
      'features of one name',
      () =>
        new ColumnTransformer(
          [
            ['s', 'passthrough', 'a'],
            ['t', 'passthrough', 'a'],
          ],
          { verboseFeatureNamesOut: false },
        )
          .fit(table)
          .featureNames(),
      ValueError,
      "ColumnTransformer: every feature must have a name of its own, but two are called 'a'; use verboseFeatureNamesOut: true.",
    ],
    [
      'to store a function',
      () => new ColumnTransformer([['s', new tables.FunctionTransformer(), 'a']]).toJSON(),
      ValueError,
      "ColumnTransformer: step 's' must be one of StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler, Normalizer, QuantileTransformer, OneHotEncoder, OrdinalEncoder, TargetEncoder, LabelEncoder, LabelBinarizer, SimpleImputer, PolynomialFeatures, ColumnTransformer to be stored, but is FunctionTransformer.",
    ],
    [
      'an unknown kind',
      () => transformerFromJSON({ kind: 'constructor' }),
      FormatError,
      "but has 'constructor'.",
    ],
    [
      'no object',
      () => transformerFromJSON(null),
      FormatError,
      'transformerFromJSON: a stored transformer must have a kind',
    ],
    [
      'nesting without end',
      () => transformerFromJSON(nested(1000)),
      FormatError,
      'ColumnTransformer.fromJSON: steps may be nested 8 deep, but received more.',
    ],
    [
      'JSON of no steps',
      () => transformerFromJSON({ kind: 'ColumnTransformer', params: {}, fitted: null }),
      FormatError,
      'ColumnTransformer.fromJSON: transformers must be an array of [name, transformer, columns], but received undefined.',
    ],
    [
      'JSON of other widths',
      () => transformerFromJSON({ ...fitted.toJSON(), fitted: { nFeaturesIn: 2, widths: [1, 1] } }),
      FormatError,
      'ColumnTransformer.fromJSON: widths must hold the features of 1 steps, but received 2.',
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});
