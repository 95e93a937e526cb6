// The first layer on rows that are mostly zeros. Exact: a zero adds nothing to a chain, so leaving it out changes no bit.
//
//   row lists:     starts[row] → {k · 32 (bytes into a panel), value} …      one more start marks the end
//   column lists:  bounds[k]   → {row · deltaStride, value} …                start and end; rows ascending
//
// Starts and bounds are uint32 addresses, entries 8 bytes.
import { updateBlock } from './gemm/gradient';
import {
  isFused,
  sparseAdamVectors,
  sparseForwardVectors,
  sparseMomentumVectors,
  sparseSgdVectors,
  sparseStoreVectors,
} from './generated/sparse';
import { PANEL_BYTES } from './simd';
import { isClassical, isPlain, isPrepared, ruleOf } from './update';
import { RuleCode } from './generated/update';

/**
 * Vectors of one pass over the lists. Forward, the panels of a wider pass would not stay in L1; mul+add spills from eight on.
 */
const FORWARD_PASS: usize = 7;
const GRADIENT_PASS: usize = ASC_FEATURE_RELAXED_SIMD ? 13 : 7;

/** Inputs whose gradients wait in scratch for their update, seven panels at most. */
const INPUT_BLOCK: usize = 40;

/** Vectors of the next pass when `left` are left: whole panels, except at the end. */
// @ts-ignore: decorator
@inline
function passWidth(left: usize, most: usize): usize {
  if (left <= most) return left;
  return (left / ((left + most - 1) / most)) & ~1;
}

/** The vectors of panels up to `panelEnd` that hold any of the units. */
// @ts-ignore: decorator
@inline
function vectorEnd(panelEnd: usize, units: usize): usize {
  return min<usize>(panelEnd << 1, (units + 3) >> 2);
}

/**
 * Panels [panelBegin, panelEnd) of y = max(low, x · W + b) for rows given as lists.
 * @writes y @reads starts panels bias
 * @range panelBegin
 * @rows rows by 8: y starts*4
 * @cost 0.1 * rows * depth * (panelEnd - panelBegin)
 */
export function sparseForward(
  y: usize,
  yStride: usize,
  starts: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
  units: usize,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, FORWARD_PASS);
    const column = i << 4;
    const w = panels + (i >> 1) * stride;
    sparseForwardVectors(<i32>width, y + column, yStride, starts, rows, w, stride, bias + column, low);
    i += width;
  }
  if (end & 1) clearColumn(y + (end << 4), yStride, rows);
}

/** Padding of the last panel. */
function clearColumn(y: usize, yStride: usize, rows: usize): void {
  for (; rows > 0; rows--) {
    v128.store(y, f32x4.splat(0));
    y += yStride;
  }
}

/**
 * Updates panels of W from column lists: xᵀ · delta, through `scratch` (2560 float32) as denseGradientUpdate.
 * @writes w @reads bounds delta
 * @range panelBegin
 * @cost 8 * depth * (panelEnd - panelBegin)
 */
export function sparseGradientUpdate(
  w: usize,
  parameter: usize,
  scratch: usize,
  bounds: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  const rule = ruleOf(parameter);
  const prepare = isPrepared(parameter);
  const skips = rule == RuleCode.sgd && isPlain(parameter);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    const at = (i >> 1) * stride;
    const d = delta + (i << 4);
    if (skips) sparseSgdVectors(<i32>width, w + at, stride, bounds, depth, d, parameter);
    else if (rule == RuleCode.momentum && isFused(width) && !prepare && isClassical(parameter))
      sparseMomentumVectors(<i32>width, w + at, stride, bounds, depth, d, parameter);
    else if (rule == RuleCode.adam && isFused(width) && !prepare)
      sparseAdamVectors(<i32>width, w + at, stride, bounds, depth, d, parameter);
    else {
      const panels = (width + 1) >> 1;
      if (width & 1)
        memory.fill(scratch + (panels - 1) * INPUT_BLOCK * PANEL_BYTES, 0, INPUT_BLOCK * PANEL_BYTES);
      for (let k: usize = 0; k < depth; k += INPUT_BLOCK) {
        const count = min(INPUT_BLOCK, depth - k);
        const block = INPUT_BLOCK * PANEL_BYTES;
        sparseStoreVectors(<i32>width, scratch, block, bounds + (k << 3), count, d, true);
        for (let p: usize = 0; p < panels; p++) {
          const to = w + at + p * stride + k * PANEL_BYTES;
          updateBlock(to, parameter, scratch + p * block, count << 3);
        }
      }
    }
    i += width;
  }
}

/**
 * g (panels, like W) = xᵀ · delta from column lists, or += if not `fresh`. Padding stays as it is.
 * @writes g @reads bounds delta
 * @range panelBegin
 * @cost 8 * depth * (panelEnd - panelBegin)
 */
export function sparseGradient(
  g: usize,
  bounds: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
  fresh: bool,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    sparseStoreVectors(<i32>width, g + (i >> 1) * stride, stride, bounds, depth, delta + (i << 4), fresh);
    i += width;
  }
}
