import type { CsrRows, NdArray } from '../../src/index.js';
import { Seeded } from './seeded.js';

/** The same rows three times: all values; those that are not 0; and as careless people store them. */
export interface SparseSample {
  readonly dense: NdArray;
  readonly csr: CsrRows;
  /** Columns in no order, zeros stored, some values in two parts, plain arrays. */
  readonly untidy: CsrRows;
}

/** Rows of which about `density` are not 0; every seventh has no value at all. */
export function sparseSample(rows: number, columns: number, density: number, seed = 1): SparseSample {
  const seeded = new Seeded(seed);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const empty = Math.floor(i / columns) % 7 === 6;
    if (!empty && seeded.uniform() < density) data[i] = seeded.signed();
  }
  const shape = [rows, columns];
  return {
    dense: { data, shape },
    csr: tidy(data, rows, columns),
    untidy: untidy(data, rows, columns, seeded),
  };
}

function tidy(data: Float32Array, rows: number, columns: number): CsrRows {
  const places = Array.from(data.keys()).filter((i) => data[i] !== 0);
  const indptr = new Int32Array(rows + 1);
  for (const i of places) indptr[Math.floor(i / columns) + 1] += 1;
  for (let row = 0; row < rows; row++) indptr[row + 1] += indptr[row];
  return {
    data: Float32Array.from(places, (i) => data[i]),
    indices: Int32Array.from(places, (i) => i % columns),
    indptr,
    shape: [rows, columns],
  };
}

function untidy(data: Float32Array, rows: number, columns: number, seeded: Seeded): CsrRows {
  const values: number[] = [];
  const indices: number[] = [];
  const indptr = [0];
  for (let row = 0; row < rows; row++) {
    const start = seeded.integer(columns);
    for (let step = 0; step < columns; step++) {
      const column = (start + 5 * step + (step % 2)) % columns;
      if (indices.slice(indptr[row]).includes(column)) continue;
      const value = data[row * columns + column];
      if (value === 0 && seeded.integer(9) > 0) continue;
      indices.push(column);
      values.push(value);
    }
    for (let column = 0; column < columns; column++) {
      if (indices.slice(indptr[row]).includes(column) || data[row * columns + column] === 0) continue;
      // The parts add up without rounding in float64.
      const part = Math.fround(data[row * columns + column] / 2);
      indices.push(column, column);
      values.push(part, data[row * columns + column] - part);
    }
    indptr.push(indices.length);
  }
  return { data: values, indices, indptr, shape: [rows, columns] };
}

/** Rows of words of four topics: every row has `words` words of the vocabulary, some of them of its topic. */
export function topics(rows: number, vocabulary: number, words: number): { x: CsrRows; y: Int32Array } {
  const seeded = new Seeded(3);
  const y = seeded.integers(rows, 4);
  const indices = new Int32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    const chosen = new Set<number>();
    while (chosen.size < words) {
      // Rare words are rare: the density falls like one over the square root of the rank.
      const word = Math.floor(seeded.uniform() ** 2 * vocabulary);
      chosen.add(seeded.integer(2) === 0 ? word - (word % 4) + y[row] : word);
    }
    indices.set(Int32Array.from(chosen).sort(), row * words);
  }
  const indptr = Int32Array.from({ length: rows + 1 }, (_, row) => row * words);
  const data = new Float32Array(indices.length).fill(1);
  return { x: { data, indices, indptr, shape: [rows, vocabulary] }, y };
}
