import { describe, expect, test } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.js';
import { ndarray, toRows } from '../../src/ndarray.js';

describe('toRows refuses', () => {
  const refused: [string, unknown, object, typeof ShapeError | typeof ValueError, string][] = [
    [
      'one dimension, telling how to reshape',
      [1, 2, 3],
      {},
      ShapeError,
      'X: Expected a 2-d array, got a 1-d array of length 3; use [[...]] or ndarray(data, [3, 1]) for one feature, ndarray(data, [1, 3]) for one row.',
    ],
    [
      'rank 0',
      { data: new Float32Array(1), shape: [] },
      {},
      ShapeError,
      'X must be a 2-d array (rows, features), but received a single number.',
    ],
    [
      'no rows',
      [],
      {},
      ShapeError,
      'X must have at least 1 row and 1 feature, but received an empty array of shape (0).',
    ],
    [
      'no features',
      [[], []],
      {},
      ShapeError,
      'X must have at least 1 row and 1 feature, but received an empty array of shape (2, 0).',
    ],
    [
      'five dimensions',
      ndarray(new Float32Array(1), [1, 1, 1, 1, 1]),
      {},
      ShapeError,
      'X must have 2 to 4 dimensions, but received the shape (1, 1, 1, 1, 1).',
    ],
    [
      'the wrong width',
      [[1, 2]],
      { expectedFeatures: 3 },
      ShapeError,
      'X must have 3 features, as the network was made for, but received 2 (shape (1, 2)).',
    ],
    [
      'NaN',
      [
        [1, 2],
        [3, NaN],
      ],
      {},
      ValueError,
      'X must hold finite numbers, but received NaN at row 1, column 1.',
    ],
    [
      'infinity, in the name of the array',
      ndarray(Float32Array.of(1, 2, -Infinity, 4), [2, 2]),
      { name: 'validation X' },
      ValueError,
      'validation X must hold finite numbers, but received -Infinity at row 1, column 0.',
    ],
    [
      'float64 values beyond float32',
      [[1, 1e300]],
      {},
      ValueError,
      "X must be within float32's range (±3.4028235e38), but received 1e+300 at row 0, column 1.",
    ],
    [
      'values that the scale takes beyond float32',
      { data: Float32Array.of(3e38), shape: [1, 1], scale: 10 },
      {},
      ValueError,
      "X must be within float32's range (±3.4028235e38), but received 3",
    ],
    [
      'NaN in an image',
      ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, NaN, 8), [2, 2, 2]),
      {},
      ValueError,
      'X must hold finite numbers, but received NaN at index [1, 1, 0].',
    ],
    [
      'NaN in CSR rows',
      { data: [1, 2, NaN], indices: [0, 3, 1], indptr: [0, 1, 3], shape: [2, 4] },
      {},
      ValueError,
      'X must hold finite numbers, but received NaN at row 1, column 1.',
    ],
    [
      'infinity in CSR rows of float32',
      {
        data: Float32Array.of(1, -Infinity),
        indices: Int32Array.of(0, 3),
        indptr: Int32Array.of(0, 1, 2),
        shape: [2, 4],
      },
      {},
      ValueError,
      'X must hold finite numbers, but received -Infinity at row 1, column 3.',
    ],
    [
      'values of CSR rows beyond float32',
      { data: [3e38, 3e38], indices: [2, 2], indptr: [0, 2], shape: [1, 4] },
      {},
      ValueError,
      "X must be within float32's range (±3.4028235e38), but received 6e+38 at row 0, column 2.",
    ],
    [
      'CSR rows without rows',
      { data: [], indices: [], indptr: [0], shape: [0, 4] },
      {},
      ShapeError,
      'X must have at least 1 row and 1 feature, but received an empty array of shape (0, 4).',
    ],
    [
      'a column beyond the shape',
      { data: [1], indices: [4], indptr: [0, 1], shape: [1, 4] },
      {},
      ValueError,
      'X in CSR form must have column indices from 0 to 3, but received 4 at indices[0].',
    ],
    [
      'row pointers that fall',
      { data: [1, 2], indices: [1, 1], indptr: [0, 2, 1, 2], shape: [3, 4] },
      {},
      ValueError,
      'X in CSR form must have indptr rising from 0 to 2, but received 1 at indptr[2].',
    ],
    [
      'CSR rows of another width than the network was made for',
      { data: [1], indices: [1], indptr: [0, 1], shape: [1, 4] },
      { expectedFeatures: 5 },
      ShapeError,
      'X must have 5 features, as the network was made for, but received 4 (shape (1, 4)).',
    ],
    [
      'no array',
      5,
      {},
      ValueError,
      'X must be an array of numbers (nested arrays, typed arrays, an NdArray or CSR rows), but received 5.',
    ],
  ];
  test.each(refused)('%s', (_name, input, options, type, sentence) => {
    expect(() => toRows(input, options)).toThrow(type);
    expect(() => toRows(input, options)).toThrow(sentence);
  });

  test('a single NaN wherever it stands', () => {
    for (let length = 1; length < 12; length++) {
      for (let at = 0; at < length; at++) {
        const data = new Float32Array(length).fill(1);
        data[at] = NaN;
        expect(() => toRows({ data, shape: [1, length] })).toThrow(`received NaN at row 0, column ${at}.`);
      }
    }
  });

  test('largest float32 is accepted, the next float64 that rounds to infinity is not', () => {
    expect(toRows([[3.4028234663852886e38]]).data[0]).toBe(3.4028234663852886e38);
    expect(() => toRows([[3.402823669209385e38]])).toThrow("within float32's range");
  });
});
