import { expect, test } from 'vitest';
import { ShapeError, UnsupportedError, ValueError } from '../../src/errors.js';
import { ndarray } from '../../src/ndarray.js';

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
