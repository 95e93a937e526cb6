import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { isCsr, ndarray, toNested } from '../../src/ndarray.js';

describe('ndarray', () => {
  test('wraps a typed array without a copy and gives it a shape', () => {
    const data = new Float32Array([1, 2, 3, 4, 5, 6]);
    const array = ndarray(data, [2, 3]);
    expect(array.data).toBe(data);
    expect(array.shape).toEqual([2, 3]);
    expect(ndarray(data).shape).toEqual([6]);
  });

  test('reads nested arrays of any depth as float64, row by row', () => {
    const array = ndarray([
      [
        [0.1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect(array.shape).toEqual([2, 2, 2]);
    expect(array.data).toEqual(Float64Array.of(0.1, 2, 3, 4, 5, 6, 7, 8));
  });

  test('keeps the type of rows that are typed arrays of one type', () => {
    const array = ndarray([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
    expect(array.data).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(array.shape).toEqual([2, 2]);
  });

  test('reads rows of different types as float64', () => {
    expect(ndarray([Uint8Array.of(1, 2), [0.5, 4]]).data).toEqual(Float64Array.of(1, 2, 0.5, 4));
    expect(ndarray([Uint8Array.of(1), Int8Array.of(-1)]).data).toEqual(Float64Array.of(1, -1));
  });

  test('takes Node Buffers as Uint8Array', () => {
    const one = ndarray(Buffer.from([1, 2, 3, 4]), [2, 2]);
    const rows = ndarray([Buffer.from([1, 2]), Buffer.from([3, 4])]);
    for (const array of [one, rows]) {
      expect(array.data.constructor).toBe(Uint8Array);
      expect(array.data).toEqual(Uint8Array.of(1, 2, 3, 4));
    }
  });

  test('reshapes an NdArray and keeps its scale', () => {
    const array = ndarray({ data: Uint8Array.of(1, 2, 3, 4), shape: [4], scale: 0.5 }, [2, 2]);
    expect(array).toEqual({ data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], scale: 0.5 });
  });

  test('takes typed arrays of other realms as this realm has them, over the same memory', () => {
    const foreign = runInNewContext('new Float64Array([1, 2, 3, 4]).subarray(1)') as Float64Array;
    const array = ndarray(foreign, [3, 1]);
    expect(array.data).toBeInstanceOf(Float64Array);
    expect(array.data).toEqual(Float64Array.of(2, 3, 4));
    foreign[0] = 7;
    expect(array.data[0]).toBe(7);
    expect(ndarray(runInNewContext('[[1, 2], new Uint8Array([3, 4])]') as number[][]).data).toEqual(
      Float64Array.of(1, 2, 3, 4),
    );
  });

  test('takes arrays over resizable and shared buffers', () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
    const resizable = new Float32Array(new Resizable(16, { maxByteLength: 64 }));
    expect(ndarray(shared, [2, 2]).data).toBe(shared);
    expect(ndarray(resizable, [2, 2]).data).toBe(resizable);
  });

  test('takes empty dimensions', () => {
    expect(ndarray(new Float32Array(0), [0, 3]).shape).toEqual([0, 3]);
    expect(ndarray([[], []]).shape).toEqual([2, 0]);
  });
});

describe('CSR rows', () => {
  const csr = { data: [1, 2, 3, 4], indices: [0, 2, 1, 1], indptr: [0, 2, 2, 4], shape: [3, 3] };

  test('are recognised by their four members', () => {
    expect(isCsr(csr)).toBe(true);
    expect(isCsr({ data: [], shape: [] })).toBe(false);
    expect(isCsr(null)).toBe(false);
  });

  test('become dense, repeated columns added', () => {
    expect(toNested(ndarray(csr))).toEqual([
      [1, 0, 2],
      [0, 0, 0],
      [0, 7, 0],
    ]);
  });

  test.each([
    [{ indptr: [0, 2, 4] }, 'must have 4 entries in indptr for 3 rows, but received 3.'],
    [{ indptr: [0, 3, 2, 4] }, 'must have indptr rising from 0 to 4, but received 2 at indptr[2].'],
    [{ indptr: [1, 2, 2, 4] }, 'must have indptr rising from 0 to 4, but received 1 at indptr[0].'],
    [{ indptr: [0, 2, 2, 3] }, 'must have indptr end at its 4 stored values, but received 3.'],
    [{ indices: [0, 3, 1, 1] }, 'must have column indices from 0 to 2, but received 3 at indices[1].'],
    [{ indices: [0, -1, 1, 1] }, 'must have column indices from 0 to 2, but received -1 at indices[1].'],
    [{ indices: [0, 1, 1] }, 'must have as many data as indices, but received 4 and 3.'],
    [{ shape: [3] }, 'must have 2 dimensions, but received the shape (3).'],
    [{ data: [1, '2', 3, 4] }, "must hold numbers, but received '2' at data[1]."],
  ])('with %j are refused', (change, sentence) => {
    expect(() => ndarray({ ...csr, ...change } as never)).toThrow(sentence);
  });
});

describe('arrays of the ndarray package', () => {
  test('are made row-major when transposed, stepped or reversed', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(toNested(ndarray({ data, shape: [3, 2], stride: [1, 3], offset: 0 }))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(toNested(ndarray({ data, shape: [2, 2], stride: [3, 2], offset: 0 }))).toEqual([
      [1, 3],
      [4, 6],
    ]);
    expect(toNested(ndarray({ data, shape: [3], stride: [-2], offset: 5 }))).toEqual([6, 4, 2]);
  });

  test('are taken without a copy when contiguous', () => {
    const data = Float32Array.of(0, 1, 2, 3, 4);
    const array = ndarray({ data, shape: [2, 2], stride: [2, 1], offset: 1 });
    expect(array.data.buffer).toBe(data.buffer);
    expect([...array.data]).toEqual([1, 2, 3, 4]);
  });

  test.each([
    [{ stride: [3, 2], shape: [2, 3] } as object, 'reach from 0 to 7.'],
    [{ stride: [-1, 1] }, 'reach from -1 to 1.'],
    [
      { stride: [1] },
      'must have one whole-numbered stride per dimension of (2, 2), but received the strides (1)',
    ],
    [{ stride: [0.5, 1] }, 'must have one whole-numbered stride per dimension'],
  ])('with %j are refused', (change, sentence) => {
    const array = { data: new Float32Array(6), shape: [2, 2], stride: [2, 1], offset: 0, ...change };
    expect(() => ndarray(array)).toThrow(sentence);
  });
});

describe('toNested', () => {
  test('applies the scale', () => {
    expect(toNested({ data: Uint8Array.of(0, 51, 255), shape: [1, 3], scale: 1 / 255 })).toEqual([
      [0, 0.2, 1],
    ]);
  });

  test('returns a number for rank 0 and empty arrays for empty dimensions', () => {
    expect(toNested({ data: Float32Array.of(5), shape: [] })).toBe(5);
    expect(toNested({ data: new Float32Array(0), shape: [2, 0] })).toEqual([[], []]);
  });
});
