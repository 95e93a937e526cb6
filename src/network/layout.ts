import { PANEL } from '../engine/generated/abi.js';

export { NARROW_UNITS, PANEL, UPDATE_SCRATCH_FLOATS } from '../engine/generated/abi.js';

const LINE = 64;

/** A row-major matrix in the arena: byte offset, bytes from row to row, columns that mean something. */
export interface Matrix {
  readonly offset: number;
  readonly stride: number;
  readonly columns: number;
}

/**
 * A table of integers that kernels read, which an arena holds from the start. It is computed straight into
 * the arena, once there is one: a plan takes no memory for it, however many pixels or filters there are.
 */
export interface Constants {
  readonly offset: number;
  /** Integers. */
  readonly length: number;
  /** Writes all of them. */
  readonly fill: (to: Int32Array) => void;
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

  /** The offset of a table of `length` integers, which `fill` writes when there is an arena. */
  table(length: number, fill: (to: Int32Array) => void): number {
    const offset = this.take(4 * length);
    this.constants.push({ offset, length, fill });
    return offset;
  }

  /** The offset of a record: `fields` has its words by their indices (generated/abi.ts). */
  record<Fields extends object>(fields: Fields): number {
    const words: number[] = Object.values(fields);
    return this.table(words.length, (to) => to.set(words));
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
 * Floats from one row of a matrix to the next: whole vectors, and for wide rows an odd number of cache lines,
 * so that the rows of a column do not all fall into the same cache set.
 */
export function rowStride(columns: number): number {
  const padded = paddedUnits(columns);
  if (padded < 128) return padded;
  const lines = Math.ceil(padded / 16);
  return 16 * (lines % 2 === 0 ? lines + 1 : lines);
}
