import { describe, expect, test } from 'vitest';
import { MinMaxScaler, RobustScaler, StandardScaler } from '../../src/index.js';
import { FormatError, NotFittedError, ShapeError, ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';
import { normalQuantile } from '../../src/math/normal.js';
import { expectNear, type Matrix, readGolden, table } from './goldens.js';

const kinds = { StandardScaler, MinMaxScaler, RobustScaler };

interface Recorded {
  readonly kind: keyof typeof kinds;
  readonly params: object;
  readonly fit: string;
  readonly attributes: Record<string, number | number[] | null>;
  readonly transform: { table: string; output: Matrix; inverse: Matrix }[];
}

const { scalers, tables } = readGolden<{ scalers: Recorded[]; tables: Record<string, Matrix> }>(
  'sklearn_split',
);

describe('scalers equal scikit-learn', () => {
  test.each(scalers.map((each) => [each.kind, JSON.stringify(each.params), each.fit, each] as const))(
    '%s %s on %s',
    (kind, _params, name, recorded) => {
      const scaler = new kinds[kind](recorded.params);
      expect(scaler.fit(table(tables[name]))).toBe(scaler);
      for (const [attribute, expected] of Object.entries(recorded.attributes)) {
        const value = (scaler as unknown as Record<string, number | Float64Array | null>)[attribute];
        if (expected === null || typeof expected === 'number') expect(value, attribute).toBe(expected);
        else expectNear(value as Float64Array, expected, attribute);
      }
      const reborn = kinds[kind].fromJSON(JSON.parse(JSON.stringify(scaler)));
      for (const { table: applied, output, inverse } of recorded.transform) {
        const scaled = scaler.transform(table(tables[applied]));
        expect(scaled.shape).toEqual(output.shape);
        expect(scaled.data).toBeInstanceOf(Float64Array);
        expectNear(scaled.data, output.data, 'output');
        const back = scaler.inverseTransform(table(output));
        // A value near 0 in a column of thousands carries the column's rounding.
        expectNear(back.data, inverse.data, 'inverse', Math.max(...inverse.data.map(Math.abs)));
        expect(reborn.transform(table(tables[applied]))).toEqual(scaled);
      }
    },
  );
});

describe('scalers', () => {
  const rows = [
    [1, 10],
    [3, 30],
  ];

  test('take every form of rows, with its scale', () => {
    const expected = new StandardScaler().fitTransform(rows);
    expect(expected).toEqual({ data: Float64Array.of(-1, -1, 1, 1), shape: [2, 2] });
    const bytes = { data: Uint8Array.of(1, 10, 3, 30), shape: [2, 2], scale: 0.5 };
    expect(new StandardScaler().fitTransform(bytes)).toEqual(expected);
    expect(new StandardScaler().fit(bytes).mean).toEqual(Float64Array.of(1, 10));
    expect(new StandardScaler().fitTransform([Float32Array.of(1, 10), Float32Array.of(3, 30)])).toEqual(
      expected,
    );
  });

  test('hand out copies of what they have learned', () => {
    const scaler = new StandardScaler().fit(rows);
    scaler.mean!.fill(7);
    scaler.scale!.fill(7);
    expect(scaler.mean).toEqual(Float64Array.of(2, 20));
    expect(scaler.scale).toEqual(Float64Array.of(1, 10));
    expect(scaler.nFeaturesIn).toBe(2);
  });

  test('take back their own JSON before and after fit', () => {
    const unfitted = new MinMaxScaler({ clip: true });
    expect(JSON.parse(JSON.stringify(unfitted))).toEqual({
      kind: 'MinMaxScaler',
      params: { featureRange: [0, 1], clip: true },
      fitted: null,
    });
    expect(MinMaxScaler.fromJSON(unfitted.toJSON()).getParams()).toEqual(unfitted.getParams());
    const robust = new RobustScaler().fit(rows);
    expect(RobustScaler.fromJSON(robust.toJSON()).center).toEqual(robust.center);
  });

  test('change their options by setParams', () => {
    const scaler = new MinMaxScaler().setParams({ featureRange: [0, 10] });
    expect(scaler.fitTransform(rows).data).toEqual(Float64Array.of(0, 0, 10, 10));
    expect(scaler.getParams()).toEqual({ featureRange: [0, 10], clip: false });
  });

  test('keep what they had learned when fit is refused', () => {
    const scaler = new StandardScaler().fit(rows);
    expect(() => scaler.fit([[NaN]])).toThrow(ValueError);
    expect(scaler.mean).toEqual(Float64Array.of(2, 20));
  });
});

describe('scalers refuse', () => {
  const fitted = new StandardScaler().fit([[1, 2]]);
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'to transform before fit',
      () => new RobustScaler().transform([[1]]),
      NotFittedError,
      'RobustScaler: transform needs a fitted scaler, but fit has not been called; call fit(X) first.',
    ],
    [
      'to tell before fit',
      () => new StandardScaler().mean,
      NotFittedError,
      'StandardScaler: mean needs a fitted scaler, but fit has not been called; call fit(X) first.',
    ],
    [
      'another width',
      () => fitted.transform([[1, 2, 3]]),
      ShapeError,
      'StandardScaler: X must have 2 columns, as in fit, but received 3 (shape (1, 3)).',
    ],
    [
      'a list',
      () => fitted.transform([1, 2]),
      ShapeError,
      'StandardScaler: X must be a 2-d array (rows, columns), but received a 1-d array of length 2; use ndarray(data, [2, 1]) for one column, ndarray(data, [1, 2]) for one row.',
    ],
    [
      'images',
      () => fitted.fit(ndarray([1, 2, 3, 4], [1, 2, 2])),
      ShapeError,
      'StandardScaler: X must be a 2-d array with at least 1 row and 1 column, but received the shape (1, 2, 2).',
    ],
    [
      'no rows',
      () => fitted.fit([]),
      ShapeError,
      'StandardScaler: X must be a 2-d array with at least 1 row and 1 column, but received the shape (0).',
    ],
    [
      'infinities',
      () =>
        fitted.transform([
          [1, 2],
          [3, -Infinity],
        ]),
      ValueError,
      'StandardScaler: X must hold finite numbers, but received -Infinity at row 1, column 1.',
    ],
    [
      'an unknown option',
      () => new StandardScaler({ withmean: false } as object),
      ValueError,
      "StandardScaler: 'withmean' is not an option; did you mean 'withMean'?",
    ],
    [
      'a range of three',
      () => new MinMaxScaler({ featureRange: [0, 1, 2] as never }),
      ValueError,
      'MinMaxScaler: featureRange must be two numbers [low, high], but received [0, 1, 2].',
    ],
    [
      'a range upside down',
      () => new MinMaxScaler({ featureRange: [1, 1] }),
      ValueError,
      'MinMaxScaler: featureRange must be [low, high] with low < high, but received [1, 1].',
    ],
    [
      'percentiles beyond 100',
      () => new RobustScaler().setParams({ quantileRange: [25, 101] }),
      ValueError,
      'RobustScaler: quantileRange must be [low, high] with 0 <= low < high <= 100, but received [25, 101].',
    ],
    [
      'an infinite normal quantile',
      () => new RobustScaler({ quantileRange: [0, 50], unitVariance: true }),
      ValueError,
      'RobustScaler: quantileRange must be [low, high] with 0 < low < high < 100 (with unitVariance), but received [0, 50].',
    ],
    [
      'the JSON of another class',
      () => RobustScaler.fromJSON(fitted.toJSON()),
      FormatError,
      "RobustScaler.fromJSON: kind must be 'RobustScaler', but received 'StandardScaler'.",
    ],
    [
      'JSON without a part',
      () =>
        StandardScaler.fromJSON({ ...fitted.toJSON(), fitted: { mean: [0], scale: [1], nSamplesSeen: 1 } }),
      FormatError,
      'StandardScaler.fromJSON: fitted must hold var, but received none.',
    ],
    [
      'JSON of unequal widths',
      () =>
        StandardScaler.fromJSON({
          ...fitted.toJSON(),
          fitted: { mean: [0], var: null, scale: [1, 2], nSamplesSeen: 1 },
        }),
      FormatError,
      'StandardScaler.fromJSON: scale must have as many values as mean, 1, but received 2.',
    ],
    [
      'JSON with bad options',
      () => StandardScaler.fromJSON({ kind: 'StandardScaler', params: { withStd: 1 }, fitted: null }),
      FormatError,
      'StandardScaler: withStd must be a boolean, but received 1.',
    ],
    [
      'what is no JSON of a scaler',
      () => StandardScaler.fromJSON(null),
      FormatError,
      'StandardScaler.fromJSON: options must be an object, but received null.',
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});

test('quantiles of the normal distribution are those of scipy.stats.norm.ppf', () => {
  const expected: [share: number, value: number][] = [
    [0.5, 0],
    [0.5000001, 2.506628273311648e-7],
    [0.6, 0.2533471031357997],
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446004],
    [0.99, 2.3263478740408408],
    [0.999999, 4.753424308817087],
    [1 - 1e-12, 7.0344869100478356],
  ];
  for (const [share, value] of expected) {
    // The nearest double to a share moves the value by up to 1.1e-16 / φ(value).
    const conditioning = 2.2e-16 * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * value * value);
    expect(Math.abs(normalQuantile(share) - value)).toBeLessThanOrEqual(2e-15 * value + conditioning);
    expect(normalQuantile(1 - share)).toBeCloseTo(-value, share < 0.999 ? 13 : 3);
  }
});
