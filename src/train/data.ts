import type { Arena } from '../engine/arena.js';
import type { LossPlan, Plan, ResidentSpec } from '../model/plan.js';
import type { GatherableRows } from '../model/scale.js';
import { storedBytes, writeEntries, writeLists, writeRow } from '../model/stored.js';

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
export function loadResident(
  arena: Arena,
  { resident }: LossPlan,
  { rows, targets, weights }: Dataset,
): void {
  if (!resident) return;
  if (resident.entries !== undefined) writeEntries(arena, resident, rows);
  else if (rows.data instanceof Uint8Array) arena.u8.set(rows.data, resident.data);
  else arena.f32.set(rows.data, resident.data >>> 2);
  if (targets.kind === 'labels') arena.i32.set(targets.data, resident.targets >>> 2);
  else arena.f32.set(targets.data, resident.targets >>> 2);
  if (weights) arena.f32.set(weights, resident.weights >>> 2);
}

/** Gather a batch from the caller's arrays: the same bits as the gather kernels. */
export function loadBatch(
  arena: Arena,
  { input, lists }: Plan,
  loss: LossPlan,
  dataset: Dataset,
  batch: Int32Array,
): void {
  const { rows, targets, weights } = dataset;
  const columns = loss.targets.columns;
  if (lists?.given) writeLists(arena, lists, rows, batch);
  for (let i = 0; i < batch.length; i++) {
    if (!lists?.given) writeRow(arena.f32, (input.offset + i * input.stride) >>> 2, rows, batch[i]);
    const target = (loss.targets.offset + i * loss.targets.stride) >>> 2;
    if (targets.kind === 'labels') arena.i32[target] = targets.data[batch[i]];
    else arena.f32.set(targets.data.subarray(batch[i] * columns, (batch[i] + 1) * columns), target);
    arena.f32[(loss.weights >>> 2) + i] = weights ? weights[batch[i]] : 1;
  }
}
