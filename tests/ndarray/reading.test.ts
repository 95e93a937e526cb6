import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { ndarray } from '../../src/ndarray.js';
import { arrayInPieces, readArray } from '../../src/ndarray/read.js';
import { exactRowsInPieces, toExactRows } from '../../src/ndarray/exact-rows.js';
import { rowsInPieces, toRows } from '../../src/ndarray/rows.js';
import type { Pieces } from '../../src/yielding.js';
import { ranges, runAtOnce } from '../../src/yielding.js';

/** Any result as text, typed arrays by their type and bits. */
function text(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? [
          value.constructor.name,
          createHash('md5')
            .update(value as Uint8Array)
            .digest('hex'),
        ]
      : value,
  );
}

/** The result or the error of some work, and how often it could have paused. */
function drive<T>(work: Pieces<T>): { result?: T; error?: unknown; pauses: number } {
  let pauses = 0;
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return { result: value, pauses };
      pauses += 1;
    }
  } catch (error) {
    return { error, pauses };
  }
}

function outcome<T>(work: () => T): { result?: T; error?: unknown } {
  try {
    return { result: work() };
  } catch (error) {
    return { error };
  }
}

const ROWS = 700;
const COLUMNS = 210;
const values = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 7919) % 1009) / 8 - 60);
const nested = Array.from({ length: ROWS }, (_, i) => [...values.subarray(i * COLUMNS, (i + 1) * COLUMNS)]);
const shape = [ROWS, COLUMNS];

/** CSR rows of every value but the zeros, by descending columns if `untidy`. */
function sparse(untidy: boolean) {
  const [data, indices, indptr]: number[][] = [[], [], [0]];
  for (const row of nested) {
    const places = [...row.keys()].filter((j) => row[j] !== 0);
    for (const j of untidy ? places.reverse() : places) {
      data.push(row[j]);
      indices.push(j);
    }
    indptr.push(data.length);
  }
  return untidy ? { data, indices, indptr, shape } : { ...tidy(data, indices, indptr), shape };
}

const tidy = (data: number[], indices: number[], indptr: number[]) => ({
  data: Float32Array.from(data),
  indices: Int32Array.from(indices),
  indptr: Int32Array.from(indptr),
});

const withBad = (row: number, column: number, bad: unknown): unknown[][] =>
  nested.map((each, i) => (i === row ? each.map((value, j) => (j === column ? bad : value)) : each));

const inputs: [string, unknown][] = [
  ['nested arrays', nested],
  ['rows that are typed arrays', nested.map((row) => Int16Array.from(row))],
  ['rows of two kinds', nested.map((row, i) => (i % 2 ? row : Float32Array.from(row)))],
  ['images', nested.map((row) => Array.from({ length: 15 }, (_, i) => row.slice(14 * i, 14 * i + 14)))],
  ['float64', ndarray(values, shape)],
  ['float32', ndarray(Float32Array.from(values), shape)],
  ['integers with a scale', { data: Int16Array.from(values), shape, scale: 0.3 }],
  ['columns of an ndarray object', { data: values, shape: [COLUMNS, ROWS], stride: [1, COLUMNS], offset: 0 }],
  ['CSR rows', sparse(false)],
  ['CSR rows out of order', sparse(true)],
];
const refused: [string, unknown][] = [
  ['text', withBad(600, 3, '5')],
  ['NaN', withBad(650, 209, NaN)],
  ['values beyond float32', withBad(600, 0, 1e300)],
  ['a ragged row', withBad(500, 0, 1).map((row, i) => (i === 699 ? row.slice(1) : row))],
  ['an array among numbers', withBad(699, 209, [1])],
  ['a bad column', { ...sparse(true), indices: sparse(true).indices.map((j, i) => (i === 140000 ? -1 : j)) }],
];

describe('reading in pieces', () => {
  test.each(inputs)('gives what reading at once gives: %s', (_name, input) => {
    for (const [whole, pieces] of [
      [() => toRows(input), () => rowsInPieces(input)],
      [() => toExactRows(input), () => exactRowsInPieces(input)],
      [() => readArray(input, 'X'), () => arrayInPieces(input, 'X')],
    ] as const) {
      expect(text(drive(pieces() as Pieces<unknown>).result)).toBe(text(whole()));
    }
    expect(drive(rowsInPieces(input)).pauses).toBeGreaterThan(0);
  });

  test.each(refused)('refuses what reading at once refuses, in the same words: %s', (_name, input) => {
    for (const [whole, pieces] of [
      [() => toRows(input), () => rowsInPieces(input)],
      [() => toExactRows(input), () => exactRowsInPieces(input)],
    ] as const) {
      const { error, pauses } = drive(pieces() as Pieces<unknown>);
      expect(error).toEqual(outcome<unknown>(whole).error);
      expect(pauses).toBeGreaterThan(0);
    }
    expect(outcome(() => toRows(input)).error).toBeInstanceOf(Error);
  });

  test('a list of numbers is cut too', () => {
    const list = Array.from({ length: 200000 }, (_, i) => i);
    const { result, pauses } = drive(arrayInPieces(list, 'y'));
    expect(text(result)).toBe(text(readArray(list, 'y')));
    expect(pauses).toBe(3);
  });
});

describe('ranges', () => {
  test('cover all items once and in order, with a pause between two', () => {
    const seen: number[] = [];
    const { pauses } = drive(
      ranges(10, 30000, (begin, end) => {
        for (let i = begin; i < end; i++) seen.push(i);
      }),
    );
    expect(seen).toEqual([...Array(10).keys()]);
    expect(pauses).toBe(4);
  });

  test('an item may be larger than a piece, and there may be none', () => {
    const body = vi.fn();
    runAtOnce(ranges(2, 1e9, body));
    runAtOnce(ranges(0, 1, body));
    expect(body.mock.calls).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});
