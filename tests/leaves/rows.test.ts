import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.js';
import type { Rows } from '../../src/ndarray.js';
import { ndarray, sliceRows, takeRows, toRows } from '../../src/ndarray.js';

describe('toRows', () => {
  test('passes Float32Array through without a copy', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const rows = toRows(ndarray(data, [2, 3]));
    expect(rows.data).toBe(data);
    expect(rows).toMatchObject({ rows: 2, features: 3, scale: 1, shape: [2, 3] });
  });

  test('keeps 8-bit data 8-bit, with their scale', () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    expect(toRows({ data, shape: [2, 2], scale: 1 / 255 })).toMatchObject({ data, scale: 1 / 255 });
    expect(toRows({ data, shape: [2, 2] }).scale).toBe(1);
    const clamped = new Uint8ClampedArray([1, 2]);
    const rows = toRows({ data: clamped, shape: [1, 2] });
    expect(rows.data.constructor).toBe(Uint8Array);
    expect(rows.data.buffer).toBe(clamped.buffer);
  });

  test('rounds once: the product with the scale is formed in float64', () => {
    const number = fc.double({ min: -1e30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.001, max: 10, noNaN: true }),
        (list, scale) => {
          const data = Float64Array.from(list);
          const rows = toRows({ data, shape: [1, list.length], scale });
          expect(rows.data).toEqual(Float32Array.from(list, (value) => Math.fround(value * scale)));
          expect(toRows([list]).data).toEqual(Float32Array.from(list));
        },
      ),
    );
  });

  test('applies the scale of a Float32Array to a copy', () => {
    const data = Float32Array.of(0.1, 3);
    const rows = toRows({ data, shape: [1, 2], scale: 0.1 });
    expect([...rows.data]).toEqual([Math.fround(Math.fround(0.1) * 0.1), Math.fround(3 * 0.1)]);
    expect([...data]).toEqual([Math.fround(0.1), 3]);
  });

  test('reads nested numbers and ndarray objects', () => {
    const expected = Float32Array.of(1, 0, 0, 2);
    const strided = { data: Int16Array.of(1, 0, 0, 2), shape: [2, 2], stride: [1, 2], offset: 0 };
    for (const input of [
      [
        [1, 0],
        [0, 2],
      ],
      strided,
    ])
      expect(toRows(input).data).toEqual(expected);
  });

  test('passes tidy CSR rows through without a copy', () => {
    const data = Float32Array.of(1, 2, 3);
    const columns = Int32Array.of(1, 4, 0);
    const starts = Int32Array.of(0, 2, 2, 3);
    const rows = toRows({ data, indices: columns, indptr: starts, shape: [3, 5] });
    expect(rows).toEqual({
      data,
      rows: 3,
      features: 5,
      scale: 1,
      shape: [3, 5],
      sparse: { starts, columns },
    });
    expect([rows.data, rows.sparse?.columns, rows.sparse?.starts]).toEqual([data, columns, starts]);
    expect(rows.data).toBe(data);
  });

  test('sorts CSR rows, adds values of one column in float64, leaves zeros out and rounds once', () => {
    const given = {
      data: [5, 1e8, 1, -1e8, 0, 0.1, 7, -7, 1e-60],
      indices: [3, 1, 1, 1, 0, 2, 2, 2, 0],
      indptr: [0, 5, 8, 9],
      shape: [3, 4],
    };
    const { data, sparse } = toRows(given);
    expect([...data]).toEqual([1, 5, Math.fround(0.1 + 7 - 7)]);
    expect(sparse).toEqual({ columns: Int32Array.of(1, 3, 2), starts: Int32Array.of(0, 2, 3, 3) });
    expect(given.data[0]).toBe(5);
  });

  test('slices and takes rows, stored ones too', () => {
    const csr = { data: [1, 2, 3, 4], indices: [0, 1, 1, 0], indptr: [0, 1, 3, 3, 4], shape: [4, 2] };
    const full = ndarray(Float32Array.of(1, 0, 0, 5, 0, 0, 4, 0), [4, 2]);
    const dense = (rows: Rows): number[][] => {
      const all = Array.from({ length: rows.rows }, () => [0, 0]);
      all.forEach((row, r) => {
        const { sparse, data } = rows;
        if (!sparse) row.splice(0, 2, ...data.subarray(2 * r, 2 * r + 2));
        else for (let i = sparse.starts[r]; i < sparse.starts[r + 1]; i++) row[sparse.columns[i]] = data[i];
      });
      return all;
    };
    for (const rows of [toRows(csr), toRows(full)]) {
      expect(dense(sliceRows(rows, 1, 3))).toEqual([
        [0, 5],
        [0, 0],
      ]);
      expect(dense(takeRows(rows, Int32Array.of(3, 1, 1)))).toEqual([
        [4, 0],
        [0, 5],
        [0, 5],
      ]);
      expect(takeRows(rows, Int32Array.of(3)).shape).toEqual([1, 2]);
    }
  });

  test('keeps the shape of images, or flattens them', () => {
    const images = ndarray(new Uint8Array(24), [2, 3, 4]);
    expect(toRows(images)).toMatchObject({ rows: 2, features: 12, shape: [2, 3, 4] });
    expect(toRows(images, { flatten: true })).toMatchObject({ rows: 2, features: 12, shape: [2, 12] });
    expect(toRows(images, { expectedFeatures: 12 }).rows).toBe(2);
  });

  test('never changes its input', () => {
    const nested = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]);
    expect(toRows(nested).data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(nested).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('takes -0 and subnormal numbers for what they are', () => {
    const rows = toRows([[-0, 1e-320, 1.401298464324817e-45]]);
    expect([...rows.data]).toEqual([-0, 0, 1.401298464324817e-45]);
  });
});

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
