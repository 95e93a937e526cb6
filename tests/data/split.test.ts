import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitIndices, splitSizes, trainTestSplit } from '../../src/data/split.js';
import { ShapeError, ValueError } from '../../src/errors.js';
import { ndarray, toNested } from '../../src/ndarray.js';
import { ascending, RandomState } from '../../src/random.js';

const range = (n: number) => [...ascending(n)];

/** The row numbers of both parts. */
function split(rows: number, options: object): [number[], number[]] {
  const { xTrain, xTest, yTrain, yTest } = trainTestSplit(range(rows), range(rows), options);
  expect(yTrain).toEqual(xTrain);
  expect(yTest).toEqual(xTest);
  return [xTrain, xTest];
}

// Reference values: scikit-learn 1.2.1, sklearn.model_selection.train_test_split.
describe('trainTestSplit equals scikit-learn', () => {
  test('plain, a quarter by default', () => {
    const expected = [
      [9, 1, 6, 7, 3, 0, 5],
      [2, 8, 4],
    ];
    expect(split(10, { randomState: 0 })).toEqual(expected);
    expect(split(10, { randomState: 0, testSize: 0.25 })).toEqual(expected);
  });

  test('plain, with both sizes', () => {
    expect(split(10, { testSize: 3, trainSize: 4, randomState: 1 })).toEqual([
      [4, 0, 3, 1],
      [2, 9, 6],
    ]);
  });

  test('stratified by numbers', () => {
    const stratify = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2];
    expect(split(12, { testSize: 0.25, randomState: 3, stratify })).toEqual([
      [5, 6, 0, 8, 3, 1, 9, 10, 11],
      [4, 2, 7],
    ]);
  });

  test('stratified with equal remainders, which are drawn for', () => {
    const stratify = Uint8Array.from({ length: 18 }, (_, i) => i % 3);
    expect(split(18, { testSize: 7, trainSize: 10, randomState: 11, stratify })).toEqual([
      [15, 10, 6, 16, 8, 11, 0, 14, 12, 13],
      [2, 3, 5, 1, 17, 7, 9],
    ]);
  });

  test('stratified by strings', () => {
    const stratify = ['b', 'a', 'c', 'a', 'b', 'a', 'c', 'b', 'a', 'b'];
    expect(split(10, { testSize: 0.3, randomState: 5, stratify })).toEqual([
      [0, 1, 6, 3, 8, 9, 4],
      [2, 7, 5],
    ]);
  });

  test('stratified by booleans', () => {
    const stratify = range(10).map((i) => i % 2 === 0);
    expect(split(10, { trainSize: 0.5, randomState: 8, stratify })).toEqual([
      [7, 2, 8, 5, 1],
      [3, 4, 6, 0, 9],
    ]);
  });

  test('stratified by rows of several entries', () => {
    const rows = [
      [0, 1],
      [1, 1],
      [0, 1],
      [1, 1],
      [1, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    for (const stratify of [rows, ndarray(rows)]) {
      expect(split(8, { testSize: 3, randomState: 2, stratify })).toEqual([
        [3, 0, 5, 1, 6],
        [2, 7, 4],
      ]);
    }
  });

  test('a shared generator goes on', () => {
    const options = { testSize: 0.5, randomState: new RandomState(4) };
    expect(split(6, options)).toEqual([
      [0, 1, 2],
      [4, 5, 3],
    ]);
    expect(split(6, options)).toEqual([
      [0, 2, 1],
      [4, 3, 5],
    ]);
  });

  test('without shuffling, the first rows train and the next ones test', () => {
    expect(split(10, { shuffle: false, testSize: 3 })).toEqual([range(7), [7, 8, 9]]);
    expect(split(10, { shuffle: false, testSize: 3, trainSize: 4 })).toEqual([range(4), [4, 5, 6]]);
  });
});

describe('splitSizes', () => {
  test.each([
    [100, undefined, undefined, { train: 75, test: 25 }],
    [10, undefined, undefined, { train: 7, test: 3 }],
    [100, 0.07, undefined, { train: 92, test: 8 }],
    [10, undefined, 0.55, { train: 5, test: 5 }],
    [10, 0.15, 0.15, { train: 1, test: 2 }],
    [10, 9, undefined, { train: 1, test: 9 }],
    [10, 1, null, { train: 9, test: 1 }],
  ])('of %i rows for %s and %s', (rows, testSize, trainSize, expected) => {
    expect(splitSizes(rows, testSize, trainSize)).toEqual(expected);
  });

  test.each([
    [1, undefined, undefined, 'but testSize 0.25 would give 0 to train and 1 to test.'],
    [10, 10, undefined, 'but testSize 10 would give 0 to train and 10 to test.'],
    [10, 11, undefined, 'but testSize 11 would give -1 to train and 11 to test.'],
    [10, 0.6, 0.5, 'but testSize 0.6 and trainSize 0.5 would give 5 to train and 6 to test.'],
    [10, undefined, 0.05, 'but trainSize 0.05 would give 0 to train and 10 to test.'],
  ])('refuses %i rows for %s and %s', (rows, testSize, trainSize, sentence) => {
    expect(() => splitSizes(rows, testSize, trainSize)).toThrow(
      `A split must leave at least 1 row in each part and use at most the ${rows} rows there are, ${sentence}`,
    );
  });
});

describe('splitIndices', () => {
  test('gives each row to one part at most, and stratified parts their share of each class', () => {
    const classesOf = fc.array(fc.nat(2), { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(classesOf, fc.nat(1000), fc.nat(10), (list, seed, less) => {
        const classes = Int32Array.from([...list, 0, 0, 1, 1, 2, 2]);
        const rows = classes.length;
        const sizes = { test: 10, train: rows - 10 - less };
        const { train, test } = splitIndices(rows, classes, new RandomState(seed), sizes);
        expect([train.length, test.length]).toEqual([sizes.train, sizes.test]);
        expect(new Set([...train, ...test]).size).toBe(sizes.train + sizes.test);
        for (const k of [0, 1, 2]) {
          const count = (part: Int32Array) => part.filter((row) => classes[row] === k).length;
          const exact = (count(ascending(rows)) / rows) * sizes.train;
          expect(Math.abs(count(train) - exact)).toBeLessThan(1);
        }
      }),
    );
  });

  test('refuses before it draws', () => {
    const random = new RandomState(1);
    const one = Int32Array.of(0, 0, 0, 1);
    const few = Int32Array.of(0, 0, 1, 1, 2, 2);
    expect(() => splitIndices(4, one, random, { train: 2, test: 2 })).toThrow(
      'A stratified split needs at least 2 rows of every class, but class 1 has 1.',
    );
    expect(() => splitIndices(6, few, random, { train: 2, test: 4 })).toThrow(
      'A stratified split needs at least one train row for each of the 3 classes, but has 2.',
    );
    expect(() => splitIndices(6, few, random, { train: 4, test: 2 })).toThrow(
      'A stratified split needs at least one test row for each of the 3 classes, but has 2.',
    );
    expect(random.u32()).toBe(1791095845);
  });
});

describe('trainTestSplit', () => {
  const options = { testSize: 2, shuffle: false };

  test('gives typed arrays for typed arrays', () => {
    const { xTrain, yTest } = trainTestSplit(Float64Array.of(1, 2, 3, 4), Buffer.from([5, 6, 7, 8]), options);
    expect(xTrain).toEqual(Float64Array.of(1, 2));
    expect(yTest.constructor).toBe(Uint8Array);
    expect([...yTest]).toEqual([7, 8]);
  });

  test('gives NdArrays for NdArrays, with their scale', () => {
    const x = { ...ndarray(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), [3, 2, 2]), scale: 0.5 };
    const { xTrain, xTest } = trainTestSplit(x, ['a', 'b', 'c'], { testSize: 1, randomState: 1 });
    expect(xTest).toEqual({ data: Uint8Array.of(1, 2, 3, 4), shape: [1, 2, 2], scale: 0.5 });
    expect(xTrain).toEqual({ data: Uint8Array.of(9, 10, 11, 12, 5, 6, 7, 8), shape: [2, 2, 2], scale: 0.5 });
  });

  test('gives arrays of rows for arrays of rows', () => {
    const x = [[1], [2], [3], [4]];
    const { xTrain, xTest, yTrain } = trainTestSplit(x, ['a', 'b', 'c', 'd'], options);
    expect([xTrain, xTest, yTrain]).toEqual([
      [[1], [2]],
      [[3], [4]],
      ['a', 'b'],
    ]);
  });

  test('gives CSR rows for CSR rows', () => {
    const x = { data: [1, 2, 3, 4], indices: [0, 2, 1, 0], indptr: [0, 2, 2, 3, 4], shape: [4, 3] };
    const { xTrain, xTest } = trainTestSplit(x, range(4), options);
    expect(toNested(ndarray(xTrain))).toEqual([
      [1, 0, 2],
      [0, 0, 0],
    ]);
    expect(toNested(ndarray(xTest))).toEqual([
      [0, 3, 0],
      [4, 0, 0],
    ]);
  });

  test('copies', () => {
    const x = Float32Array.of(1, 2, 3, 4);
    const { xTrain } = trainTestSplit(x, x, options);
    xTrain[0] = 9;
    expect(x[0]).toBe(1);
  });

  test.each<[string, unknown, unknown, object, typeof ShapeError | typeof ValueError, string]>([
    [
      'different numbers of rows',
      range(10),
      range(8),
      {},
      ShapeError,
      'trainTestSplit: y must have one entry for each of the 10 rows of x, but has 8.',
    ],
    [
      'too few labels',
      range(10),
      range(10),
      { stratify: [1, 2] },
      ShapeError,
      'trainTestSplit: stratify must have one entry for each of the 10 rows of x, but has 2.',
    ],
    [
      'a class of one row, by name',
      range(5),
      range(5),
      { stratify: ['a', 'a', 'cat', 'a', 'a'] },
      ValueError,
      "A stratified split needs at least 2 rows of every class, but class 'cat' has 1.",
    ],
    [
      'labels of two types',
      range(3),
      range(3),
      { stratify: ['a', 'a', 1] },
      ValueError,
      'stratify must hold labels of one type (strings), but received 1 at index 2.',
    ],
    [
      'labels that are NaN',
      range(3),
      range(3),
      { stratify: [1, 1, NaN] },
      ValueError,
      'stratify must hold labels of one type (finite numbers), but received NaN at index 2.',
    ],
    [
      'stratify without shuffle',
      range(4),
      range(4),
      { stratify: [0, 0, 1, 1], shuffle: false },
      ValueError,
      'trainTestSplit: stratify must be omitted with shuffle: false, but was given.',
    ],
    [
      'a share above 1',
      range(4),
      range(4),
      { testSize: 1.5 },
      ValueError,
      'trainTestSplit: testSize must be an integer >= 1 or a number > 0 and < 1 or null, but received 1.5.',
    ],
    [
      'unknown options',
      range(4),
      range(4),
      { test_size: 0.5 },
      ValueError,
      "trainTestSplit: 'test_size' is not an option; did you mean 'testSize'?",
    ],
    ['no rows', 5, range(4), {}, ValueError, 'x must be an array with one entry per row, but received 5.'],
  ])('refuses %s', (_name, x, y, given, type, sentence) => {
    expect(() => trainTestSplit(x, y, given)).toThrow(type);
    expect(() => trainTestSplit(x, y, given)).toThrow(sentence);
  });
});
