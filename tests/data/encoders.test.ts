import { describe, expect, test } from 'vitest';
import { LabelBinarizer, LabelEncoder, OneHotEncoder, toCategorical } from '../../src/index.js';
import type { Label } from '../../src/data/labels.js';
import { FormatError, type LamellaError, NotFittedError, ShapeError, ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';
import { type Matrix, readGolden, table } from './goldens.js';

const kinds = { OneHotEncoder, LabelEncoder, LabelBinarizer };

interface Recorded {
  readonly kind: keyof typeof kinds;
  readonly params: object;
  readonly fit: unknown[];
  readonly attributes: { readonly [name: string]: unknown };
  readonly transform: {
    readonly input: unknown[];
    readonly output?: Matrix | number[];
    readonly inverse?: unknown[];
    readonly error?: object;
  }[];
}

interface Encoder {
  readonly [name: string]: unknown;
  fit(x: unknown): Encoder;
  transform(x: unknown): unknown;
  inverseTransform(x: unknown): unknown;
}

const { encoders } = readGolden<{ encoders: Recorded[] }>('sklearn_split');

describe('encoders equal scikit-learn', () => {
  test.each(
    encoders.map((each) => [each.kind, JSON.stringify(each.params), JSON.stringify(each.fit), each] as const),
  )('%s %s of %s', (kind, _params, _fit, recorded) => {
    const encoder = new kinds[kind](recorded.params) as unknown as Encoder;
    expect(encoder.fit(recorded.fit)).toBe(encoder);
    for (const [name, value] of Object.entries(recorded.attributes)) expect(encoder[name]).toEqual(value);
    const reborn = kinds[kind].fromJSON(JSON.parse(JSON.stringify(encoder))) as unknown as Encoder;
    for (const { input, output, inverse, error } of recorded.transform) {
      // numpy takes 99 for true; here a number is no boolean.
      if (error || typeof input[0] !== typeof recorded.fit[0]) {
        expect(() => encoder.transform(input)).toThrow(ValueError);
        continue;
      }
      const encoded = encoder.transform(input);
      expect(encoded).toEqual(Array.isArray(output) ? Int32Array.from(output) : table(output!));
      expect(encoder.inverseTransform(encoded)).toEqual(inverse);
      expect(reborn.transform(input)).toEqual(encoded);
    }
  });
});

describe('OneHotEncoder', () => {
  const rows = [
    ['a', 1],
    ['b', 2],
    ['c', 1],
  ];

  test('drops the categories that are named', () => {
    const encoder = new OneHotEncoder({ drop: ['b', 2] }).fit(rows);
    expect(encoder.dropIdx).toEqual([1, 1]);
    const encoded = encoder.transform(rows);
    expect(encoded).toEqual({ data: Float64Array.of(1, 0, 1, 0, 0, 0, 0, 1, 1), shape: [3, 3] });
    expect(encoder.inverseTransform(encoded)).toEqual(rows);
    expect(encoder.nFeaturesIn).toBe(2);
  });

  test('takes numbers in any form of rows', () => {
    const expected = { data: Float64Array.of(1, 0, 0, 1), shape: [2, 2] };
    expect(new OneHotEncoder().fitTransform(ndarray([3, 7], [2, 1]))).toEqual(expected);
    expect(new OneHotEncoder().fitTransform([Uint8Array.of(3), Uint8Array.of(7)])).toEqual(expected);
    const scaled = { data: Uint8Array.of(1, 3), shape: [2, 1], scale: 0.5 };
    expect(new OneHotEncoder().fit(scaled).categories).toEqual([[0.5, 1.5]]);
  });
});

describe('toCategorical', () => {
  test('gives one-hot rows', () => {
    expect(toCategorical([0, 2, 1])).toEqual({
      data: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0),
      shape: [3, 3],
    });
    expect(toCategorical(Uint8Array.of(1), 2)).toEqual({ data: Float32Array.of(0, 1), shape: [1, 2] });
  });

  test('drops a last dimension of 1 and keeps the others', () => {
    expect(toCategorical([[1], [0]]).shape).toEqual([2, 2]);
    expect(
      toCategorical([
        [0, 1],
        [1, 0],
      ]).shape,
    ).toEqual([2, 2, 2]);
  });
});

describe('encoders refuse', () => {
  const letters = new LabelEncoder().fit(['a', 'b']);
  const one = new OneHotEncoder().fit([['a'], ['b']]);
  test.each<[string, () => unknown, new (...args: never[]) => LamellaError, string]>([
    [
      'to encode before fit',
      () => new LabelEncoder().transform(['a']),
      NotFittedError,
      'LabelEncoder: transform needs a fitted encoder, but fit has not been called; call fit first.',
    ],
    [
      'labels that fit has not seen',
      () => letters.transform(['a', 'c']),
      ValueError,
      "LabelEncoder: y must hold only the labels ['a', 'b'], as in fit, but received 'c' at index 1.",
    ],
    [
      'numbers of no label',
      () => letters.inverseTransform([0, 2]),
      ValueError,
      'LabelEncoder: codes must be whole numbers from 0 to 1, but received 2 at index 1.',
    ],
    [
      'labels of two types',
      () => letters.fit(['a', 1] as Label[]),
      ValueError,
      'LabelEncoder: y must hold labels of one type (strings), but received 1 at index 1.',
    ],
    [
      'no labels',
      () => letters.fit([]),
      ValueError,
      'LabelEncoder: y must hold at least 1 label, but received none.',
    ],
    [
      'options where there are none',
      () => letters.setParams({ drop: 1 }),
      ValueError,
      "LabelEncoder: 'drop' is not an option; it takes none.",
    ],
    [
      'values upside down',
      () => new LabelBinarizer({ negLabel: 1 }),
      ValueError,
      'LabelBinarizer: negLabel must be less than posLabel, 1, but received 1.',
    ],
    [
      'binarized rows of another width',
      () => new LabelBinarizer().fit([1, 2, 3]).inverseTransform([[0, 1]]),
      ShapeError,
      'LabelBinarizer: y must have 3 columns for the classes [1, 2, 3], but received 2.',
    ],
    [
      'an unknown category',
      () => one.transform([['a'], ['z']]),
      ValueError,
      "OneHotEncoder: X must hold only the categories ['a', 'b'] in row 1, column 0, but received 'z'.",
    ],
    [
      'categories that were not announced',
      () => new OneHotEncoder({ categories: [['a']] }).fit([['b']]),
      ValueError,
      "OneHotEncoder: X must hold only the categories ['a'] in column 0, but received 'b'.",
    ],
    [
      'ragged rows',
      () => one.fit([['a', 'b'], ['a']]),
      ShapeError,
      'OneHotEncoder: X must have 2 columns, as row 0, but received 1 in row 1.',
    ],
    [
      'a list',
      () => one.fit(['a', 'b'] as never),
      ShapeError,
      "OneHotEncoder: X must be a 2-d array, rows of labels, but received 'a' in row 0; use [[...]] for one row, values.map((value) => [value]) for one column.",
    ],
    [
      'another width',
      () => one.transform([['a', 'b']]),
      ShapeError,
      'OneHotEncoder: X must have 1 columns, as in fit, but received 2 in row 0.',
    ],
    [
      'infinity',
      () => one.fit([[null], [1], [Infinity]]),
      ValueError,
      'OneHotEncoder: column 0 must hold labels of one type (finite numbers), but received Infinity at index 2.',
    ],
    [
      'a dropped category that is none',
      () => new OneHotEncoder({ drop: ['z'] }).fit([['a']]),
      ValueError,
      "OneHotEncoder: drop must have one of the categories ['a'] for column 0, but received 'z'.",
    ],
    [
      'zeros where every category has a column',
      () => one.inverseTransform([[0, 0]]),
      ValueError,
      'OneHotEncoder: X must have a category for every column, but received only zeros in row 0 for column 0.',
    ],
    [
      'numbers beyond the classes',
      () => toCategorical([0, 3], 3),
      ValueError,
      'toCategorical: y must hold whole numbers from 0 to 2, but received 3 at index 1.',
    ],
    [
      'negative numbers',
      () => toCategorical([-1]),
      ValueError,
      'toCategorical: y must hold whole numbers from 0, but received -1 at index 0.',
    ],
    [
      'JSON of unsorted classes',
      () => LabelEncoder.fromJSON({ kind: 'LabelEncoder', params: {}, fitted: { classes: ['b', 'a'] } }),
      FormatError,
      "LabelEncoder.fromJSON: classes must be labels of one type, sorted, each once, but received ['b', 'a'].",
    ],
    [
      'JSON whose dropped category is none',
      () =>
        OneHotEncoder.fromJSON({
          kind: 'OneHotEncoder',
          params: { drop: [1, 2] },
          fitted: { categories: [[1]], infrequent: [[]] },
        }),
      FormatError,
      'OneHotEncoder: drop must have a category for each of the 1 columns, but received 2.',
    ],
  ])('%s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});
