import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ShapeError, UnsupportedError, ValueError } from '../../src/errors.js';
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

  const refused: [string, () => unknown, typeof ShapeError | typeof ValueError, string][] = [
    [
      'ragged rows',
      () => ndarray([[1, 2, 3], [4, 5, 6], [7]]),
      ShapeError,
      'data must have rows of equal length, but row 0 has 3 values and row 2 has 1.',
    ],
    [
      'ragged rows of typed arrays',
      () => ndarray([Uint8Array.of(1, 2), Uint8Array.of(3)]),
      ShapeError,
      'data must have rows of equal length, but row 0 has 2 values and row 1 has 1.',
    ],
    [
      'ragged blocks',
      () => ndarray([[[1], [2]], [[3]]]),
      ShapeError,
      'data must have rows of equal length, but row 0 has 2 values and row 1 has 1.',
    ],
    [
      'a string',
      () =>
        ndarray([
          [1, 2],
          [3, 'abc'],
        ] as never),
      ValueError,
      "data must hold numbers, but received 'abc' at row 1, column 1.",
    ],
    [
      'a boolean',
      () => ndarray([[true]] as never),
      ValueError,
      'data must hold numbers, but received true at row 0, column 0.',
    ],
    [
      'null',
      () => ndarray([1, null] as never),
      ValueError,
      'data must hold numbers, but received null at index 1.',
    ],
    [
      'a BigInt',
      () => ndarray([[1n]] as never),
      ValueError,
      'data must hold numbers, but received 1n at row 0, column 0.',
    ],
    [
      'a hole',
      // eslint-disable-next-line no-sparse-arrays
      () => ndarray([[1, , 3]] as never),
      ValueError,
      'data must hold numbers, but received a hole at row 0, column 1.',
    ],
    [
      'uneven depth, deeper later',
      () => ndarray([1, [2]] as never),
      ShapeError,
      'data must be nested to the same depth everywhere, but received an array at index 1.',
    ],
    [
      'uneven depth, shallower later',
      () => ndarray([[1], 2] as never),
      ShapeError,
      'data must have an array at row 1, but received 2.',
    ],
    [
      'a shape that does not fit',
      () => ndarray(new Float32Array(5), [2, 3]),
      ShapeError,
      'shape (2, 3) holds 6 values, but received 5 values of shape (5).',
    ],
    [
      'an NdArray whose shape does not fit',
      () => ndarray({ data: new Float32Array(5), shape: [2, 3] }),
      ShapeError,
      'data must have 6 data for its shape (2, 3), but received 5.',
    ],
    [
      'a negative dimension',
      () => ndarray(new Float32Array(6), [-2, -3]),
      ShapeError,
      'shape must have a shape of whole numbers >= 0, but received (-2, -3).',
    ],
    [
      'a fractional dimension',
      () => ndarray(new Float32Array(6), [1.5, 4]),
      ShapeError,
      'shape must have a shape of whole numbers >= 0, but received (1.5, 4).',
    ],
    [
      'a shape beyond 2^53',
      () => ndarray(new Float32Array(6), [2 ** 31, 2 ** 31]),
      ShapeError,
      'shape must have at most 2^53 elements, but received the shape (2147483648, 2147483648).',
    ],
    [
      'a BigInt array',
      () => ndarray(new BigInt64Array(4) as never, [2, 2]),
      ValueError,
      'data must hold numbers, but received a BigInt64Array; convert it with Float64Array.from(values, Number).',
    ],
    [
      'a DataView',
      () => ndarray(new DataView(new ArrayBuffer(8)) as never),
      ValueError,
      'data must be an array of numbers, but received a DataView.',
    ],
    [
      'a detached buffer',
      () => {
        const data = new Float32Array(4);
        structuredClone(data.buffer, { transfer: [data.buffer] });
        return ndarray(data, [2, 2]);
      },
      ValueError,
      'data must have a usable buffer, but received one that is detached or has shrunk (transferred to another thread?).',
    ],
    [
      'a buffer that has shrunk',
      () => {
        const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
        const buffer = new Resizable(32, { maxByteLength: 64 });
        const data = new Float32Array(buffer, 16, 4);
        (buffer as unknown as { resize(size: number): void }).resize(20);
        return ndarray(data, [2, 2]);
      },
      ValueError,
      'data must have a usable buffer, but received one that is detached or has shrunk (transferred to another thread?).',
    ],
    [
      'a shape that is a number',
      () => ndarray(new Float32Array(6), 6 as never),
      ShapeError,
      'shape must have an array as its shape, but received 6.',
    ],
    [
      'a shape of a thousand dimensions',
      () => ndarray(new Float32Array(1), new Array<number>(1000).fill(1)),
      ShapeError,
      'shape must have at most 64 dimensions, but received 1000.',
    ],
    [
      'an array that contains itself',
      () => {
        const cycle: unknown[] = [];
        cycle.push([cycle]);
        return ndarray(cycle as never);
      },
      ShapeError,
      'data must have at most 64 dimensions, but received an array that contains itself.',
    ],
    [
      'an array nested 3,000 deep',
      () => {
        let nested: unknown = 1;
        for (let depth = 0; depth < 3000; depth++) nested = [nested];
        return ndarray(nested as never);
      },
      ShapeError,
      'data must have at most 64 dimensions, but received more.',
    ],
    [
      'CSR rows without data',
      () => ndarray({ data: null, indices: [0], indptr: [0, 1], shape: [1, 2] } as never),
      ValueError,
      'data in CSR form must have an array or a typed array as data, but received null.',
    ],
    [
      'CSR rows of more columns than 32 bits count',
      () => ndarray({ data: [1], indices: [0], indptr: [0, 1], shape: [1, 2 ** 40] }),
      ShapeError,
      'data in CSR form must have at most 2147483647 columns, but received the shape (1, 1099511627776).',
    ],
    [
      'CSR rows that are too large when dense',
      () => ndarray({ data: [1], indices: [0], indptr: [0, 1], shape: [1, 2 ** 30] }),
      UnsupportedError,
      'data of shape (1, 1073741824) needs 8192 MiB, but at most 4096 MiB may be used.',
    ],
    [
      'a stride that is no array',
      () => ndarray({ data: [1, 2], shape: [2], stride: 1, offset: 0 } as never),
      ShapeError,
      'data must have an array as its stride, but received 1.',
    ],
    [
      'one value at a thousand million places',
      () => ndarray({ data: [1], shape: [1e9], stride: [0], offset: 0 }),
      UnsupportedError,
      'data of shape (1000000000) needs 7630 MiB, but at most 4096 MiB may be used.',
    ],
    [
      'a tensor of TensorFlow.js',
      () => ndarray({ shape: [1, 2], data: () => {}, dataSync: () => {} } as never),
      ValueError,
      'data must have a typed array as its data, but received the function data; for a tensor of TensorFlow.js give ndarray(t.dataSync(), t.shape).',
    ],
    [
      'a data frame',
      () => ndarray({ values: [[1, 2]], shape: [1, 2], columns: ['a', 'b'] } as never),
      ValueError,
      'but received an object; for a data frame give ndarray(df.values).',
    ],
    [
      'a bad scale',
      () => ndarray({ data: new Uint8Array(1), shape: [1], scale: NaN }),
      ValueError,
      'data must have a finite number as its scale, but received NaN.',
    ],
    [
      'something else',
      () => ndarray('abc' as never),
      ValueError,
      "data must be an array of numbers (nested arrays, typed arrays, an NdArray or CSR rows), but received 'abc'.",
    ],
  ];
  test.each(refused)('refuses %s', (_name, run, type, sentence) => {
    expect(run).toThrow(type);
    expect(run).toThrow(sentence);
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
