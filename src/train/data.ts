import type { Arena } from '../engine/arena.js';
import type { Plan, ResidentSpec, TrainingPlan } from '../model/plan.js';
import type { GatherableRows } from '../model/scale.js';
import type { Rows } from '../ndarray.js';

/** What the loss compares with: labels 0 … classes − 1, or values (rows, outputs) row-major. */
export type Targets =
  | { readonly kind: 'labels'; readonly data: Int32Array }
  | { readonly kind: 'values'; readonly data: Float32Array; readonly outputs: number };

/** A data set of at most this size is kept in the arena; a larger one is gathered from the caller's array batch by batch. */
const MOST_RESIDENT_BYTES = 1073741824;

/** Decide where the data set lives; `load` copies it into the arena if it is to live there. */
export function loadData(
  rows: GatherableRows,
  targets: Targets,
  mostBytes: number = MOST_RESIDENT_BYTES,
): { resident?: ResidentSpec; load: (arena: Arena, training: TrainingPlan) => void } {
  if (rows.data.byteLength + targets.data.byteLength > mostBytes) return { load: () => undefined };
  return {
    resident: { rows: rows.rows, scale: rows.parts },
    load(arena, { data, dataTargets }) {
      if (rows.data instanceof Uint8Array) arena.u8.set(rows.data, data);
      else arena.f32.set(rows.data, data >> 2);
      if (targets.kind === 'labels') arena.i32.set(targets.data, dataTargets >> 2);
      else arena.f32.set(targets.data, dataTargets >> 2);
    },
  };
}

/** Gather a batch from the caller's arrays: the same bits as the gather kernels. */
export function loadBatch(
  arena: Arena,
  { input }: Plan,
  { targets: place }: TrainingPlan,
  { rows, targets }: { rows: Rows; targets: Targets },
  batch: Int32Array,
): void {
  const { data, features, scale } = rows;
  const bytes = data instanceof Uint8Array;
  for (let i = 0; i < batch.length; i++) {
    const to = (input.offset + i * input.stride) >> 2;
    const from = batch[i] * features;
    if (bytes) for (let j = 0; j < features; j++) arena.f32[to + j] = data[from + j] * scale;
    else arena.f32.set(data.subarray(from, from + features), to);
    const target = (place.offset + i * place.stride) >> 2;
    if (targets.kind === 'labels') arena.i32[target] = targets.data[batch[i]];
    else
      for (let j = 0; j < targets.outputs; j++)
        arena.f32[target + j] = targets.data[batch[i] * targets.outputs + j];
  }
}
