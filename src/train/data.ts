import { checkReadable } from '../check.js';
import type { Arena } from '../engine/arena.js';
import { isSparseIn } from '../network/lists.js';
import type { LossPlan, Plan, ResidentSpec } from '../network/plan.js';
import type { GatherableRows } from '../network/scale.js';
import type { NetworkSpec } from '../network/spec.js';
import {
  countValues,
  largestSum,
  storedBytes,
  takesLists,
  writeEntries,
  writeLists,
  writeRow,
} from '../network/stored.js';
import type { Pieces } from '../yielding.js';
import { ranges } from '../yielding.js';

/** What the loss compares with: labels 0 … classes − 1, or values (rows, outputs) row-major. */
export type Targets =
  | { readonly kind: 'labels'; readonly data: Int32Array }
  | { readonly kind: 'values'; readonly data: Float32Array };

/** Rows with what they are to become. */
export interface Dataset {
  readonly rows: GatherableRows;
  readonly targets: Targets;
  /** Weight of every row in the loss; 1 if undefined. */
  readonly weights?: Float32Array;
}

/** A data set of at most this size is kept in the arena; a larger one is gathered from the caller's array batch by batch. */
const MOST_RESIDENT_BYTES = 1073741824;

/**
 * How a data set lives in the arena; undefined if it does not. `entries`: as lists of so many values, made once instead of
 * for every batch.
 */
export function residentSpec(
  { rows, targets, weights }: Dataset,
  entries?: number,
  mostBytes = MOST_RESIDENT_BYTES,
): ResidentSpec | undefined {
  const kept = { rows: rows.rows, scale: rows.parts, entries, weighted: weights !== undefined };
  const bytes = entries === undefined ? rows.data.byteLength : storedBytes(kept) + 4 * rows.rows;
  if (bytes + targets.data.byteLength + 4 * rows.rows > mostBytes) return undefined;
  return kept;
}

/** Copy a data set into its place in the arena. */
export function* loadResident(
  arena: Arena,
  { resident }: LossPlan,
  { rows, targets, weights }: Dataset,
): Pieces<void> {
  if (!resident) return;
  checkRows(rows);
  if (resident.entries !== undefined) yield* writeEntries(arena, resident, rows);
  else if (rows.data instanceof Uint8Array) yield* copy(arena.u8, resident.data, rows.data);
  else yield* copy(arena.f32, resident.data >>> 2, rows.data);
  if (targets.kind === 'labels') yield* copy(arena.i32, resident.targets >>> 2, targets.data);
  else yield* copy(arena.f32, resident.targets >>> 2, targets.data);
  if (weights) yield* copy(arena.f32, resident.weights >>> 2, weights);
}

type Values = Uint8Array | Int32Array | Float32Array;

function copy(target: Values, at: number, source: Values): Pieces<void> {
  const { length, byteLength } = source;
  return ranges(length, 1, (begin, end) => {
    checkReadable(source, byteLength);
    target.set(source.subarray(begin, end), at + begin);
  });
}

/** @throws ValueError if dense rows, which may be the caller's own array, can no longer be read */
function checkRows({ data, rows, features, sparse }: GatherableRows): void {
  if (!sparse) checkReadable(data, data.BYTES_PER_ELEMENT * rows * features);
}

/** Dense rows become lists if these take at most so many times their bytes. */
const MAX_LIST_GROWTH = 2;

/** The non-zero values of a data set and of its largest batch where it is to be kept as lists; else undefined. */
export function* listSizes(
  spec: NetworkSpec,
  { rows }: Dataset,
  batch: number,
): Pieces<ListSizes | undefined> {
  checkRows(rows);
  if (!takesLists(spec) || !isSparseIn(spec, rows)) return undefined;
  const counts = yield* countValues(rows);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const bytes = storedBytes({ entries: all, scale: rows.parts });
  if (!rows.sparse && bytes > MAX_LIST_GROWTH * rows.data.byteLength) return undefined;
  return { all, batch: largestSum(counts, batch) };
}

export interface ListSizes {
  readonly all: number;
  readonly batch: number;
}

/** Gather a batch from the caller's arrays: the same bits as the gather kernels. */
export function loadBatch(
  arena: Arena,
  { input, lists }: Plan,
  loss: LossPlan,
  dataset: Dataset,
  batch: Int32Array,
): Pieces<void> {
  const { rows, targets, weights } = dataset;
  const columns = loss.targets.columns;
  checkRows(rows);
  if (lists?.given) writeLists(arena, lists, rows, batch);
  return ranges(batch.length, rows.data.length / rows.rows, (begin, end) => {
    checkRows(rows);
    for (let i = begin; i < end; i++) {
      if (!lists?.given) writeRow(arena.f32, (input.offset + i * input.stride) >>> 2, rows, batch[i]);
      const target = (loss.targets.offset + i * loss.targets.stride) >>> 2;
      if (targets.kind === 'labels') arena.i32[target] = targets.data[batch[i]];
      else arena.f32.set(targets.data.subarray(batch[i] * columns, (batch[i] + 1) * columns), target);
      arena.f32[(loss.weights >>> 2) + i] = weights ? weights[batch[i]] : 1;
    }
  });
}
