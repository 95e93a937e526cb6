import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.js';
import type { NdArray, TypedArray } from '../../src/ndarray.js';
import {
  argMax,
  column,
  concatenate,
  ndarray,
  reshape,
  row,
  rows,
  take,
  toNested,
  transpose,
} from '../../src/ndarray.js';

/** 0, 1, 2, … in a shape, as float32 unless told otherwise. */
function range(shape: number[]): NdArray<Float32Array>;
function range<T extends TypedArray>(shape: number[], Type: new (length: number) => T): NdArray<T>;
function range(
  shape: number[],
  Type: new (length: number) => TypedArray = Float32Array,
): NdArray<TypedArray> {
  const data = new Type(shape.reduce((product, size) => product * size, 1));
  return { data: data.map((_, i) => i) as TypedArray, shape };
}

const images: NdArray<Uint8Array> = { ...range([4, 3, 2], Uint8Array), scale: 1 / 255 };
const matrix = range([3, 4]);

const TYPES = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array],
];

describe('views of the same memory', () => {
  test('row is one row, of the type, the scale and the rest of the shape', () => {
    const second = row(images, 1);
    expect(second).toEqual({ data: Uint8Array.of(6, 7, 8, 9, 10, 11), shape: [3, 2], scale: 1 / 255 });
    expect(second.data.buffer).toBe(images.data.buffer);
    expectTypeOf(second).toEqualTypeOf<NdArray<Uint8Array>>();
    expect(toNested(row(range([3]), 2))).toBe(2);
    expect(row(range([2, 0]), 1)).toEqual({ data: new Float32Array(0), shape: [0] });
  });

  test('what is written to a row shows in the array', () => {
    const array = range([2, 2]);
    row(array, 1).data[0] = 7;
    expect([...array.data]).toEqual([0, 1, 7, 3]);
  });

  test('rows are all rows, as often as they are asked for', () => {
    const all = rows(images);
    for (let time = 0; time < 2; time++) {
      expect([...all]).toEqual([0, 1, 2, 3].map((i) => row(images, i)));
    }
    for (const image of all) expect(image.data.buffer).toBe(images.data.buffer);
    expect([...rows(range([0, 3]))]).toEqual([]);
    expect([...rows(range([3, 0]))]).toHaveLength(3);
  });

  test('reshape is the same data in another shape, one size of which may follow from the others', () => {
    for (const shape of [[8, 3], [-1, 3], [8, -1], [24], [-1], [2, -1, 2, 3]]) {
      const array = reshape(images, shape);
      expect(array.data).toBe(images.data);
      expect(array.scale).toBe(1 / 255);
      expect(array.shape).toEqual(
        shape.map((size) => (size < 0 ? -24 / shape.reduce((a, b) => a * b, 1) : size)),
      );
    }
    expect(reshape(range([1]), []).shape).toEqual([]);
    expect(reshape(range([0, 3]), [-1, 3]).shape).toEqual([0, 3]);
  });

  test.each<[string, () => unknown, typeof ShapeError | typeof ValueError, string]>([
    [
      'a row that is not there',
      () => row(matrix, 3),
      ValueError,
      'row: i must be an integer >= 0 and <= 2, but received 3.',
    ],
    [
      'a negative row',
      () => row(matrix, -1),
      ValueError,
      'row: i must be an integer >= 0 and <= 2, but received -1.',
    ],
    ['a fractional row', () => row(matrix, 0.5), ValueError, 'but received 0.5.'],
    [
      'rows of a single number',
      () => rows(range([])),
      ShapeError,
      'rows: x must have rank 1 or more, but received the shape ().',
    ],
    [
      'a shape for other values',
      () => reshape(matrix, [5, 2]),
      ShapeError,
      'shape (5, 2) holds 10 values, but received 12 values of shape (3, 4).',
    ],
    [
      'a shape that leaves a rest',
      () => reshape(matrix, [5, -1]),
      ShapeError,
      'shape (5, 2) holds 10 values',
    ],
    [
      'two open sizes',
      () => reshape(matrix, [-1, -1]),
      ShapeError,
      'shape must have a shape of whole numbers >= 0',
    ],
    ['what is no array', () => row('x' as never, 0), ValueError, 'row: x must be an array of numbers'],
  ])('are refused for %s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});

describe('copies', () => {
  test('column is x[:, j]', () => {
    const second = column(images, 1);
    expect(second).toEqual({
      data: Uint8Array.of(2, 3, 8, 9, 14, 15, 20, 21),
      shape: [4, 2],
      scale: 1 / 255,
    });
    expectTypeOf(second).toEqualTypeOf<NdArray<Uint8Array>>();
    expect(column(matrix, 3)).toEqual({ data: Float32Array.of(3, 7, 11), shape: [3] });
    const single = range([3, 1]);
    expect(column(single, 0)).toEqual({ data: Float32Array.of(0, 1, 2), shape: [3] });
    expect(column(single, 0).data.buffer).not.toBe(single.data.buffer);
  });

  test('take is x[indices], in any order and as often as named', () => {
    expect(take(images, [3, 0, 3])).toEqual({
      ...images,
      data: Uint8Array.from([3, 0, 3].flatMap((i) => [...row(images, i).data])),
      shape: [3, 3, 2],
    });
    for (const indices of [Int32Array.of(2, 1), Uint8Array.of(2, 1), [2, 1]]) {
      expect(take(range([3], Float64Array), indices)).toEqual({ data: Float64Array.of(2, 1), shape: [2] });
    }
    expect(take(matrix, [])).toEqual({ data: new Float32Array(0), shape: [0, 4] });
  });

  test('transpose puts the axes in another order', () => {
    expect(toNested(transpose(matrix))).toEqual([0, 1, 2, 3].map((j) => [j, 4 + j, 8 + j]));
    const planes = range([2, 3, 4, 5], Int16Array);
    const pixels = transpose(planes, [0, 2, 3, 1]);
    expect(pixels.shape).toEqual([2, 4, 5, 3]);
    expect([...pixels.data.subarray(0, 7)]).toEqual([0, 20, 40, 1, 21, 41, 2]);
    expect(transpose(pixels, [0, 3, 1, 2])).toEqual(planes);
    expect(transpose(planes, [0, -2, -1, 1])).toEqual(pixels);
    expect(transpose(range([])).shape).toEqual([]);
  });

  test('transpose copies where the values stay where they are, too', () => {
    for (const array of [range([3]), range([3, 1]), range([1, 3])]) {
      const copy = transpose(array);
      expect(copy.data).toEqual(array.data);
      expect(copy.data.buffer).not.toBe(array.data.buffer);
    }
  });

  test('transpose of any rank is numpy.transpose', () => {
    const axes = fc
      .integer({ min: 1, max: 5 })
      .chain((rank) =>
        fc.tuple(
          fc.array(fc.integer({ min: 0, max: 4 }), { minLength: rank, maxLength: rank }),
          fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank }),
        ),
      );
    fc.assert(
      fc.property(axes, ([shape, order]) => {
        const source = range(shape, Uint16Array);
        const result = transpose(source, order);
        expect(result.shape).toEqual(order.map((axis) => shape[axis]));
        result.data.forEach((value, i) => {
          // The place of i in the result, and of the same element in the source.
          const place: number[] = [];
          for (let d = shape.length - 1, rest = i; d >= 0; rest = Math.floor(rest / result.shape[d]), d--) {
            place[order[d]] = rest % result.shape[d];
          }
          expect(value).toBe(place.reduce((position, index, d) => position * shape[d] + index, 0));
        });
      }),
    );
  });

  test('concatenate joins along any axis', () => {
    const [a, b] = [range([2, 3]), range([2, 1])];
    expect(toNested(concatenate([a, a]))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(toNested(concatenate([a, b, a], 1))).toEqual([
      [0, 1, 2, 0, 0, 1, 2],
      [3, 4, 5, 1, 3, 4, 5],
    ]);
    expect(concatenate([a, b], -1)).toEqual(concatenate([a, b], 1));
    expect(concatenate([range([0, 3]), a])).toEqual(a);
    expect(concatenate([images, images]).scale).toBe(1 / 255);
    expect(concatenate([a]).data.buffer).not.toBe(a.data.buffer);
    expectTypeOf(concatenate([images, images])).toEqualTypeOf<NdArray<Uint8Array>>();
    expectTypeOf(concatenate([range([1], Uint8Array), range([1])])).toEqualTypeOf<
      NdArray<Float32Array | Float64Array>
    >();
  });

  test('concatenate of two types holds the values of both, in float32 if that does, else in float64', () => {
    const exact = TYPES.filter((Type) => Type.BYTES_PER_ELEMENT < 4 || Type === Float32Array);
    const two = (Type: unknown) => range([2], Type as new (length: number) => TypedArray);
    for (const A of TYPES) {
      for (const B of TYPES) {
        const joined = concatenate([two(A), two(B)]);
        const Wanted = A === B ? A : exact.includes(A) && exact.includes(B) ? Float32Array : Float64Array;
        expect(joined).toEqual({ data: Wanted.of(0, 1, 0, 1), shape: [4] });
      }
    }
    const wide = { data: Int32Array.of(2 ** 24 + 1), shape: [1] };
    expect([...concatenate([wide, range([1])]).data]).toEqual([2 ** 24 + 1, 0]);
  });

  test('concatenate of two scales applies them', () => {
    const half = { ...range([2], Uint8Array), scale: 0.5 };
    expect(concatenate([half, range([2], Uint8Array)])).toEqual({
      data: Float32Array.of(0, 0.5, 0, 1),
      shape: [4],
    });
    const joined = concatenate([half, { data: Float64Array.of(0.1), shape: [1] }]);
    expect(joined).toEqual({ data: Float64Array.of(0, 0.5, 0.1), shape: [3] });
  });

  test.each<[string, () => unknown, typeof ShapeError | typeof ValueError, string]>([
    [
      'a column that is not there',
      () => column(matrix, 4),
      ValueError,
      'column: j must be an integer >= 0 and <= 3, but received 4.',
    ],
    [
      'a column of a vector',
      () => column(range([3]), 0),
      ShapeError,
      'column: x must have rank 2 or more, but received the shape (3).',
    ],
    [
      'a row that is not there',
      () => take(matrix, [0, 3]),
      ValueError,
      'take: indices must be integers from 0 to 2, but received 3 at index 1.',
    ],
    ['a negative row', () => take(matrix, [-1]), ValueError, 'but received -1 at index 0.'],
    ['rows by name', () => take(matrix, ['1'] as never), ValueError, "but received '1' at index 0."],
    [
      'one row number',
      () => take(matrix, 1 as never),
      ValueError,
      'take: indices must be an array of row numbers, but received 1.',
    ],
    [
      'an axis twice',
      () => transpose(matrix, [0, 0]),
      ValueError,
      'transpose: axes must be the numbers of all 2 axes, but received [0, 0].',
    ],
    [
      'an axis twice, once from the end',
      () => transpose(matrix, [1, -1]),
      ValueError,
      'but received [1, -1].',
    ],
    [
      'too few axes',
      () => transpose(matrix, [0]),
      ValueError,
      'transpose: axes must be the numbers of all 2 axes',
    ],
    ['too many axes', () => transpose(matrix, [0, 1, 0]), ValueError, 'transpose: axes must be'],
    ['axes that are not there', () => transpose(matrix, [0, 2]), ValueError, 'an integer >= -2 and <= 1'],
    [
      'nothing to join',
      () => concatenate([]),
      ValueError,
      'concatenate: arrays must be a list of arrays, but received [].',
    ],
    [
      'one array',
      () => concatenate(matrix as never),
      ValueError,
      'concatenate: arrays must be a list of arrays, but received an object.',
    ],
    [
      'other shapes',
      () => concatenate([matrix, range([3, 5])]),
      ShapeError,
      'concatenate: arrays[1] must have the shape (3, 4) of arrays[0], but for axis 0, but received (3, 5).',
    ],
    [
      'other ranks',
      () => concatenate([range([3]), matrix]),
      ShapeError,
      'arrays[1] must have the shape (3) of arrays[0]',
    ],
    [
      'an axis that is not there',
      () => concatenate([matrix], 2),
      ValueError,
      'concatenate: axis must be an integer >= -2 and <= 1, but received 2.',
    ],
  ])('are refused for %s', (_what, call, Kind, sentence) => {
    expect(call).toThrow(Kind);
    expect(call).toThrow(sentence);
  });
});

describe('argMax', () => {
  test('is the place of the largest along the last axis, or another one', () => {
    const array = ndarray([
      [
        [1, 5, 2],
        [7, 0, 7],
      ],
      [
        [-1, -3, -2],
        [4, 4, 9],
      ],
    ]) as NdArray<Float64Array>;
    expect(argMax(array)).toEqual(Int32Array.of(1, 0, 0, 2));
    expect(argMax(array, 1)).toEqual(Int32Array.of(1, 0, 1, 1, 1, 1));
    expect(argMax(array, 0)).toEqual(Int32Array.of(0, 0, 0, 0, 1, 1));
    expect(argMax(array, -3)).toEqual(argMax(array, 0));
  });

  test('of one dimension is a number', () => {
    expect(argMax([0.1, 0.7, 0.2])).toBe(1);
    expect(argMax(Float32Array.of(3, 1))).toBe(0);
    expect(argMax<number>(range([5]))).toBe(4);
    expectTypeOf(argMax([1])).toBeNumber();
    expectTypeOf(argMax(range([2, 2]))).toEqualTypeOf<Int32Array>();
  });

  test('takes the first of equals, and NaN for the largest, as numpy does', () => {
    expect(argMax([2, 3, 3])).toBe(1);
    expect(argMax([-Infinity, -Infinity])).toBe(0);
    expect(argMax([1, NaN, Infinity, NaN])).toBe(1);
    expect(argMax([NaN, 5])).toBe(0);
    expect(argMax([0, -0])).toBe(0);
  });

  test('goes by values: a negative scale turns the order round', () => {
    expect(argMax<number>({ data: Uint8Array.of(3, 1, 2), shape: [3], scale: -1 })).toBe(1);
    expect(argMax<number>({ data: Uint8Array.of(3, 1, 2), shape: [3], scale: 0 })).toBe(0);
  });

  test('of no rows is empty; of no values is refused', () => {
    expect(argMax(range([0, 3]))).toEqual(new Int32Array(0));
    expect(() => argMax(range([3, 0]))).toThrow(
      'argMax: axis 1 must have values, but x has the shape (3, 0).',
    );
    expect(() => argMax(range([]))).toThrow(ShapeError);
    expect(() => argMax(matrix, 2)).toThrow(
      'argMax: axis must be an integer >= -2 and <= 1, but received 2.',
    );
  });
});

test('arrays of the ndarray package go by their strides', () => {
  const strided = { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [3, 2], stride: [1, 3], offset: 0 };
  expect([...row(strided, 1).data]).toEqual([1, 4]);
  expect([...take(strided, [2]).data]).toEqual([2, 5]);
  expect([...column(strided, 1).data]).toEqual([3, 4, 5]);
  expect([...reshape(strided, [6]).data]).toEqual([0, 3, 1, 4, 2, 5]);
});
