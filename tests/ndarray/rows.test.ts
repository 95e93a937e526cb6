import { runAtOnce } from '../../src/yielding.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
      expect(dense(runAtOnce(takeRows(rows, Int32Array.of(3, 1, 1))))).toEqual([
        [4, 0],
        [0, 5],
        [0, 5],
      ]);
      expect(runAtOnce(takeRows(rows, Int32Array.of(3))).shape).toEqual([1, 2]);
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
