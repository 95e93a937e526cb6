/** Columns of a weight panel. */
export const PANEL = 8;

/** Layers of at most so many units have products of their own (assembly/gemm/narrow.ts). */
export const NARROW = 3;

/** Floats of scratch in which gradients wait for their update (assembly/gemm/gradient.ts, assembly/sparse.ts). */
export const SWEEP_FLOATS = 2560;

const LINE = 64;

/** A row-major matrix in the arena: byte offset, bytes from row to row, columns that mean something. */
export interface Matrix {
  readonly offset: number;
  readonly stride: number;
  readonly columns: number;
}

/** Numbers that an arena holds from the start: tables that kernels read. */
export interface Constants {
  readonly offset: number;
  readonly values: Int32Array;
}

/** Hands out byte ranges one after another, each at the start of a cache line. */
export class Layout {
  /** The first bytes stay unused, so that 0 is never the offset of anything. */
  bytes = LINE;
  /** What is to be written before the first step. */
  readonly constants: Constants[] = [];

  take(bytes: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(bytes / LINE) * LINE;
    return offset;
  }

  floats(length: number): number {
    return this.take(4 * length);
  }

  /** The offset of a table. */
  table(values: ArrayLike<number>): number {
    const offset = this.take(4 * values.length);
    this.constants.push({ offset, values: Int32Array.from(values) });
    return offset;
  }

  matrix(rows: number, columns: number): Matrix {
    const stride = 4 * rowStride(columns);
    return { offset: this.take(rows * stride), stride, columns };
  }
}

export function paddedUnits(units: number): number {
  return Math.ceil(units / PANEL) * PANEL;
}

/**
 * Floats from one row of a matrix to the next: whole vectors, and for wide rows an odd number of cache lines, so that the
 * rows of a column do not all fall into the same cache set.
 */
export function rowStride(columns: number): number {
  const padded = paddedUnits(columns);
  if (padded < 128) return padded;
  const lines = Math.ceil(padded / 16);
  return 16 * (lines % 2 === 0 ? lines + 1 : lines);
}
