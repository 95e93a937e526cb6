import { ENTRY_PADDING } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Rows } from '../ndarray.js';
import type { Layout, Matrix } from './layout.js';
import type { ScaleParts } from './scale.js';
import type { NetworkSpec } from './spec.js';

/**
 * Share of non-zero inputs up to which products by lists are faster than dense ones (measured on both
 * variants).
 */
const MOST_DENSITY = 0.4;

/**
 * In training of layers of so many units: gradients gain more, and the lists of a batch cost little beside
 * the products.
 */
const MOST_TRAINING_DENSITY = 0.65;
const WIDE_UNITS = 96;

/**
 * Entries of a batch up to which every column has room for all rows: counting them first would cost more than
 * the room.
 */
const MOST_SLOTS = 262144;

/** Fewer inputs are not worth a list. */
export const LEAST_INPUTS = 64;

/** Rows looked at to estimate the density of a data set. */
const SAMPLED_ROWS = 256;

/** Lists of the non-zero inputs of a batch, by row and by column (assembly/sparse.ts). */
export interface ListsPlan {
  readonly inputs: number;
  /** Most entries of all rows of a batch. */
  readonly most: number;
  /** Rows come as lists: there is no input matrix. */
  readonly given: boolean;
  readonly rowStarts: number;
  readonly rowEntries: number;
  /** Column lists, for gradients; 0 in plans without. */
  readonly columnBounds: number;
  readonly columnEntries: number;
  /** Bytes that every column has for its entries; 0: as many as it needs. */
  readonly slot: number;
}

export function planLists(
  layout: Layout,
  rows: number,
  inputs: number,
  gradients: boolean,
  { most, given }: Pick<ListsPlan, 'most' | 'given'>,
): ListsPlan {
  const entries = (count: number): number => layout.take(8 * count + ENTRY_PADDING);
  // An odd number of cache lines: the columns' first entries then lie in all sets of a cache.
  const slot = rows * inputs <= MOST_SLOTS ? 64 * (Math.ceil(rows / 8) | 1) : 0;
  const words = (count: number): number => layout.take(4 * count);
  return {
    inputs,
    most,
    given,
    rowStarts: words(rows + 1),
    rowEntries: entries(most),
    columnBounds: gradients ? words(2 * inputs) : 0,
    columnEntries: gradients ? entries(slot > 0 ? (inputs * slot) / 8 : most) : 0,
    slot,
  };
}

/**
 * Lists from byte rows (`parts` is their scale) or float32 rows `stride` bytes apart, numbered by `indices`.
 */
export function rowListCalls(
  { inputs, rowStarts, rowEntries }: ListsPlan,
  source: { data: number; stride: number; indices: number; parts?: ScaleParts },
  rows: number,
): Call[] {
  const { data, stride, indices, parts } = source;
  const lists = [rowStarts, rowEntries, data] as const;
  return [
    parts
      ? call('listBytes', ...lists, inputs, indices, rows, ...parts)
      : call('listFloats', ...lists, stride, inputs, indices, rows),
  ];
}

/** Column lists from row lists; entries hold offsets into rows of `delta`. */
export function columnListCalls(lists: ListsPlan, delta: Matrix, rows: number): Call[] {
  const { columnBounds, columnEntries, slot, rowStarts, inputs } = lists;
  const places = [columnBounds, columnEntries, slot, rowStarts] as const;
  return [call('listColumns', ...places, rows, inputs, delta.stride, 0, inputs)];
}

/** Whether lists pay in training a network on these rows. */
export function isSparseIn({ layers }: NetworkSpec, rows: Omit<Rows, 'scale' | 'shape'>): boolean {
  const [first] = layers;
  const wide = first.type === 'dense' && first.units >= WIDE_UNITS;
  return isSparse(rows, wide ? MOST_TRAINING_DENSITY : MOST_DENSITY);
}

/**
 * Whether lists pay for these rows. Dense or by lists, the bits are the same: this only decides about time.
 */
export function isSparse(
  { data, rows, features, sparse }: Omit<Rows, 'scale' | 'shape'>,
  density = MOST_DENSITY,
): boolean {
  if (features < LEAST_INPUTS) return false;
  if (sparse) return true;
  const sampled = Math.min(rows, SAMPLED_ROWS);
  const most = density * sampled * features;
  const step = Math.floor(rows / sampled);
  let count = 0;
  for (let i = 0; i < sampled; i++) {
    const from = i * step * features;
    for (let j = from; j < from + features; j++) if (data[j] !== 0) count++;
    if (count > most) return false;
  }
  return true;
}
