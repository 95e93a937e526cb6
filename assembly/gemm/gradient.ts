// dW = xᵀ · delta on weight panels, and what is done with it. Reduced over the rows of the batch, in order.
// The update either takes each tile from registers, or sweeps the gradient of one panel that was left in scratch.
import { PANEL_BYTES, tileHeight } from '../simd';
import {
  gradientAdamTile,
  gradientMomentumTile,
  gradientSgdTile,
  gradientStoreTile,
} from '../generated/gradient';
import { adjust, regularize } from '../penalty';
import { RULE_MOMENTUM, RULE_SGD, update } from '../update';

/** Rows of a block of the reduction: more would push the columns of x that a tile revisits out of L1. */
const ROW_BLOCK: usize = 256;

/** Updates W by `rule`, tile by tile: the gradient never reaches memory. Strides in bytes. */
export function denseGradientUpdate(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  control: usize,
): void {
  for (let p = panelBegin; p < panelEnd; p++) {
    const d = delta + p * PANEL_BYTES;
    for (let k: usize = 0; k < depth;) {
      const height = tileHeight(depth - k);
      const at = (p * depth + k) * PANEL_BYTES;
      const column = x + (k << 2);
      if (rule == RULE_SGD) {
        gradientSgdTile(<i32>height, w + at, column, xStride, d, deltaStride, rows, control);
      } else if (rule == RULE_MOMENTUM) {
        gradientMomentumTile(<i32>height, w + at, slot0 + at, column, xStride, d, deltaStride, rows, control);
      } else {
        gradientAdamTile(
          <i32>height,
          w + at,
          slot0 + at,
          slot1 + at,
          column,
          xStride,
          d,
          deltaStride,
          rows,
          control,
        );
      }
      k += height;
    }
  }
}

/** g (panels, like W) = xᵀ · delta, or += if not `fresh`. */
export function denseGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  fresh: bool,
): void {
  for (let p = panelBegin; p < panelEnd; p++) {
    const at = p * depth * PANEL_BYTES;
    panelGradient(g + at, x, xStride, delta + p * PANEL_BYTES, deltaStride, rows, depth, fresh);
  }
}

/**
 * Updates W by `rule`, panel by panel through `scratch` (depth · 8 float32): every rule, batches of many rows, and with
 * `prepare` L1 and L2 terms, clipping by value and weight decay first (penalty.ts).
 */
export function denseGradientSweep(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  slot2: usize,
  scratch: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  control: usize,
  prepare: bool,
): void {
  const length = depth << 3;
  for (let p = panelBegin; p < panelEnd; p++) {
    const at = p * depth * PANEL_BYTES;
    panelGradient(scratch, x, xStride, delta + p * PANEL_BYTES, deltaStride, rows, depth, true);
    if (prepare) {
      regularize(scratch, w + at, length, control);
      adjust(scratch, w + at, length, control);
    }
    update(
      rule,
      w + at,
      slot0 + at,
      slot1 + at,
      slot2 + at,
      scratch,
      length,
      prepare ? control + 64 : control,
    );
  }
}

function panelGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  fresh: bool,
): void {
  for (let row: usize = 0; row < rows; row += ROW_BLOCK) {
    const count = min(ROW_BLOCK, rows - row);
    const xBlock = x + row * xStride;
    const dBlock = delta + row * deltaStride;
    for (let k: usize = 0; k < depth;) {
      const height = tileHeight(depth - k);
      gradientStoreTile(
        <i32>height,
        g + k * PANEL_BYTES,
        xBlock + (k << 2),
        xStride,
        dBlock,
        deltaStride,
        count,
        fresh && row == 0,
      );
      k += height;
    }
  }
}

/** out[8 · panels] = column sums of delta over the rows, in order: the bias gradient; or += if not `fresh`. */
export function columnSums(
  out: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  panels: usize,
  fresh: bool,
): void {
  for (let p: usize = 0; p < panels; p++) {
    const at = out + p * PANEL_BYTES;
    let s = fresh ? f32x4.splat(0) : v128.load(at),
      t = fresh ? f32x4.splat(0) : v128.load(at, 16);
    let d = delta + p * PANEL_BYTES;
    for (let row: usize = 0; row < rows; row++) {
      s = f32x4.add(s, v128.load(d));
      t = f32x4.add(t, v128.load(d, 16));
      d += deltaStride;
    }
    v128.store(at, s);
    v128.store(at, t, 16);
  }
}
