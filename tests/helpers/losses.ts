import type { KernelName } from '../../src/engine/kernels.js';
import { expectSameBits } from './allclose.js';
import type { GuardedMemory } from './wasm.js';

export interface LossCall {
  readonly kernel: KernelName;
  readonly rows: number;
  /** (rows, outputs): predictions or logits. */
  readonly outputs: ArrayLike<number>;
  /** int32 labels (rows), or values (rows, outputs). */
  readonly targets: ArrayLike<number>;
  /** Arguments before the common ones, and after them. */
  readonly before?: readonly number[];
  readonly after?: readonly number[];
  /** Of the rows. Default 1 each. */
  readonly weights?: readonly number[];
  /** 1 / rows or 1 / Σ weights. Default 1 / rows. */
  readonly scale?: number;
  /** Whether delta takes the place of the outputs. */
  readonly inPlace?: boolean;
  /** What lies right of the outputs, and must not matter. Default NaN. */
  readonly padding?: number;
  /** The same of targets. */
  readonly targetPadding?: number;
}

export interface LossResult {
  /** (rows, outputs) */
  readonly delta: Float32Array;
  /** (rows) */
  readonly loss: Float64Array;
}

/** Calls a loss kernel. Guard bands are checked on the way, and that delta's padding is 0 or as it was. */
export function lossOf(memory: GuardedMemory, call: LossCall): LossResult {
  const { kernel, rows, before = [], after = [], inPlace = false } = call;
  const { padding = NaN, targetPadding = NaN, scale = 1 / rows } = call;
  const columns = call.outputs.length / rows;
  const width = 4 * Math.ceil(columns / 4);
  memory.reset();
  const y = memory.matrix({ rows, columns, width, padding }, call.outputs);
  const delta = inPlace
    ? y
    : memory.matrix({ rows, columns, width, gap: 12 }, new Float32Array(rows * columns));
  const targets =
    call.targets instanceof Int32Array
      ? { offset: memory.put(call.targets as Int32Array<ArrayBuffer>).offset, stride: 4 }
      : memory.matrix({ rows, columns, width, gap: 8, padding: targetPadding }, call.targets);
  const weights = memory.put(Float32Array.from(call.weights ?? new Float32Array(rows).fill(1)));
  const factor = memory.put(Float32Array.of(scale));
  const loss = memory.doubles(rows);
  memory.kernels[kernel](
    ...before,
    ...[delta.offset, delta.stride, y.offset, y.stride, targets.offset, targets.stride],
    ...[weights.offset, factor.offset, loss.offset, rows, columns],
    ...after,
  );
  const what = `${kernel}, ${rows} rows of ${columns}`;
  memory.expectGuards(what);
  if (!inPlace && !delta.get().some(Number.isNaN)) {
    const right = delta.get(columns, width).map((value) => value + 0);
    expectSameBits(right, new Float32Array(right.length), `padding, ${what}`);
  }
  return { delta: delta.get(), loss: loss.get() };
}
