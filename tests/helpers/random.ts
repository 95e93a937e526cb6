/**
 * The generator of assembly/dropout.ts, in plain integers: hash "lowbias32" (Wellons, 2018) of four counters.
 */
export function hash(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The stream of a row, counted over all parts of a batch. */
export function rowStream(key: number, row: number): number {
  return hash(key ^ hash((row + 0x9e3779b9) | 0));
}

/** A word of a stream, by the number of a column's first neighbour in its group of four, and its own lane. */
export function word(stream: number, column: number, lane: number): number {
  return hash(hash(Math.imul(column + 1 + lane, 0x9e3779b1)) ^ stream);
}

/** The 16-bit numbers that dropout compares with its threshold, for (rows, columns). */
export function dropoutNumbers(key: number, rows: number, columns: number): Uint16Array {
  return Uint16Array.from({ length: rows * columns }, (_, i) => {
    const column = i % columns;
    const stream = rowStream(key, Math.floor(i / columns));
    const drawn = word(stream, column - (column % 8), column % 4);
    return column % 8 < 4 ? drawn & 0xffff : drawn >>> 16;
  });
}

/** 1 where dropout keeps a value of (rows, columns), else 0. */
export function dropoutMask(key: number, rows: number, columns: number, rate: number): Uint8Array {
  const threshold = Math.floor(rate * 65536 + 0.5);
  const numbers = dropoutNumbers(key, rows, columns);
  return Uint8Array.from(numbers, (number) => (number >= threshold ? 1 : 0));
}

/** Numbers 0 to 1 of a row: what the maps of augmented images are drawn from. */
export function rowShare(key: number, row: number, counter: number): number {
  return (word(rowStream(key, row), counter, 0) + 0.5) / 2 ** 32;
}
