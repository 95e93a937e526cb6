// dW = xᵀ · delta on weight panels, and what is done with it. Reduced over the rows of the batch, in order.
// An update reads the gradient of a part of a panel that was left in L1: faster than taking each tile from
// registers, where the scalars of the rule would have to be loaded anew for every vector (measured for adam:
// 14 cycles a vector instead of 11).
import { PANEL_BYTES, panelsAtOnce, tileHeight } from '../simd';
import { gradientStoreTile } from '../generated/gradient';
import { gradientStorePair } from '../generated/wide';
import { adjust, regularize } from '../penalty';
import { update } from '../generated/update';
import { isPrepared } from '../update';

/** Rows of a block of the reduction: more would push the columns of x that a tile revisits out of L1. */
const ROW_BLOCK: usize = 256;

/** Inputs whose gradients wait in scratch, or half as many of two panels: whole tiles of every variant. */
const INPUT_BLOCK: usize = 96;

/**
 * g (panels, like W) = xᵀ · delta, or += if not `fresh`.
 * @writes g @reads x delta
 * @range panelBegin
 * @chain rows: x delta
 * @cost 0.3 * rows * depth * (panelEnd - panelBegin)
 */
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
  const stride = depth * PANEL_BYTES;
  for (let p = panelBegin; p < panelEnd;) {
    const panels = panelsAtOnce(panelEnd - p);
    const d = delta + p * PANEL_BYTES;
    panelGradient(panels, g + p * stride, stride, x, xStride, d, deltaStride, rows, depth, fresh);
    p += panels;
  }
}

/**
 * Updates W as the parameter's record says, from blocks of gradients in `scratch` (96 · 8 float32). The same
 * columns of x serve all panels before the next ones come: wide batches would not stay in L2.
 * @writes w @reads x delta
 * @range panelBegin
 * @cost (0.3 * rows + 8) * depth * (panelEnd - panelBegin)
 */
export function denseGradientUpdate(
  w: usize,
  parameter: usize,
  scratch: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
): void {
  const maxInputs = WIDE ? INPUT_BLOCK / 2 : INPUT_BLOCK;
  for (let k: usize = 0; k < depth; k += maxInputs) {
    const count = min(maxInputs, depth - k);
    const block = count * PANEL_BYTES;
    for (let p = panelBegin; p < panelEnd;) {
      const panels = panelsAtOnce(panelEnd - p);
      const d = delta + p * PANEL_BYTES;
      panelGradient(panels, scratch, block, x + (k << 2), xStride, d, deltaStride, rows, count, true);
      for (let i: usize = 0; i < panels; i++) {
        const at = ((p + i) * depth + k) * PANEL_BYTES;
        updateBlock(w + at, parameter, scratch + i * block, count << 3);
      }
      p += panels;
    }
  }
}

/** Updates `length` weights from a gradient, which is prepared first if the parameter's record says so. */
export function updateBlock(w: usize, parameter: usize, g: usize, length: usize): void {
  if (isPrepared(parameter)) {
    regularize(g, w, length, parameter);
    adjust(g, w, length, parameter);
  }
  update(w, parameter, g, length);
}

/** The gradient of one panel, or of two that lie `stride` apart in g. */
function panelGradient(
  panels: usize,
  g: usize,
  stride: usize,
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
      const out = g + k * PANEL_BYTES;
      const column = xBlock + (k << 2);
      const first = fresh && row == 0;
      if (WIDE && panels == 2) {
        gradientStorePair(<i32>height, out, stride, column, xStride, dBlock, deltaStride, count, first);
      } else {
        gradientStoreTile(<i32>height, out, column, xStride, dBlock, deltaStride, count, first);
      }
      k += height;
    }
  }
}

/**
 * out[8 · panels] = column sums of delta over the rows, in order: the bias gradient; or += if not `fresh`.
 * @writes out @reads delta
 * @chain rows: delta
 * @cost 0.8 * rows * panels
 */
export function columnSums(
  out: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  panels: usize,
  fresh: bool,
): void {
  let p: usize = 0;
  for (; p + 4 <= panels; p += 4) {
    columnSums4(out + p * PANEL_BYTES, delta + p * PANEL_BYTES, deltaStride, rows, fresh);
  }
  for (; p < panels; p++) {
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

/** Four panels at once: enough chains to keep the adders busy. */
export function columnSums4(out: usize, delta: usize, deltaStride: usize, rows: usize, fresh: bool): void {
  if (fresh) memory.fill(out, 0, 4 * PANEL_BYTES);
  let s0 = v128.load(out),
    s1 = v128.load(out, 16),
    s2 = v128.load(out, 32),
    s3 = v128.load(out, 48);
  let s4 = v128.load(out, 64),
    s5 = v128.load(out, 80),
    s6 = v128.load(out, 96),
    s7 = v128.load(out, 112);
  for (; rows > 0; rows--) {
    s0 = f32x4.add(s0, v128.load(delta));
    s1 = f32x4.add(s1, v128.load(delta, 16));
    s2 = f32x4.add(s2, v128.load(delta, 32));
    s3 = f32x4.add(s3, v128.load(delta, 48));
    s4 = f32x4.add(s4, v128.load(delta, 64));
    s5 = f32x4.add(s5, v128.load(delta, 80));
    s6 = f32x4.add(s6, v128.load(delta, 96));
    s7 = f32x4.add(s7, v128.load(delta, 112));
    delta += deltaStride;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}
