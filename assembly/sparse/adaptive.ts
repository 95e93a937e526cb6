// Products of layers whose input, or whose delta, is often mostly zeros, because relu or dropout made it: by
// CSR or CSC where non-zeros are few, dense where they are not. Decided anew for every batch; the bits are
// the same.
//
//   scratch:  rowOffsets or columnOffsets (format.ts) | entries (8 bytes each)
import { denseForward } from '../gemm/forward';
import { sparseDeltaUpdate, sparseInputGradient } from './delta';
import { denseGradientUpdate } from '../gemm/gradient';
import { denseInputGradient, keepActive } from '../gemm/input-gradient';
import { COLUMN_OFFSET_BYTES, compressVectors, ROW_OFFSET_BYTES } from './format';
import { PANEL, PANEL_BYTES } from '../simd';
import { sparseForward } from './forward';
import { sparseGradientUpdate } from './gradient';

// Percent of non-zeros up to which CSR is faster than dense, by variant. Dense products are faster in
// `relaxed` than in `base`, and faster still in `wide`. They were set at depths from 64 to 4608 when the
// kernels were written; no run is recorded. `npm run bench:thresholds` measures them.

/**
 * Limit for x, forward.
 * @abi
 */
export const FORWARD_MAX_DENSITY: usize = WIDE ? 20 : ASC_FEATURE_RELAXED_SIMD ? 45 : 60;

/**
 * Limit for x, forward, at more than DEEP inputs: panels so deep do not stay in L1 while a row is read.
 * @abi
 */
export const DEEP_FORWARD_MAX_DENSITY: usize = WIDE ? 10 : ASC_FEATURE_RELAXED_SIMD ? 30 : 40;

const DEEP: usize = 640;

/**
 * Limit for x, in the gradient of the weights.
 * @abi
 */
export const GRADIENT_MAX_DENSITY: usize = WIDE ? 35 : ASC_FEATURE_RELAXED_SIMD ? 60 : 70;

/**
 * Limit for delta, in the gradient of the weights.
 * @abi
 */
export const DELTA_MAX_DENSITY: usize = WIDE ? 40 : ASC_FEATURE_RELAXED_SIMD ? 55 : 60;

/**
 * Limit for delta, in the gradient of the input.
 * @abi
 */
export const INPUT_GRADIENT_MAX_DENSITY: usize = WIDE ? 25 : ASC_FEATURE_RELAXED_SIMD ? 58 : 70;

/**
 * Limit for delta, in the gradient of the input, of at most NARROW_DELTA units: their transposed weights stay
 * in L1.
 * @abi
 */
export const NARROW_INPUT_GRADIENT_MAX_DENSITY: usize = WIDE ? 45 : ASC_FEATURE_RELAXED_SIMD ? 70 : 75;

const NARROW_DELTA: usize = 256;

/**
 * Step between the rows that are read to estimate a density.
 * @abi
 */
export const SAMPLED_ROW_STEP: usize = 4;

/**
 * Floats at the front of the scratch of a gradient update: gradients wait there for their update.
 * @abi
 */
export const UPDATE_SCRATCH_FLOATS: usize = 2560;

/** About how many percent of x (rows, depth) are not 0: what is left of some of the rows, rounded up. */
function density(x: usize, xStride: usize, rows: usize, depth: usize): usize {
  const width = depth & ~3;
  const zero = f32x4.splat(0);
  let zeros = i32x4.splat(0);
  let looked: usize = 0;
  for (let row: usize = 0; row < rows; row += SAMPLED_ROW_STEP) {
    const from = x + row * xStride;
    for (let i: usize = 0; i < width; i += 4) {
      zeros = i32x4.sub(zeros, f32x4.eq(v128.load(from + (i << 2)), zero));
    }
    looked += width;
  }
  const count =
    i32x4.extract_lane(zeros, 0) +
    i32x4.extract_lane(zeros, 1) +
    i32x4.extract_lane(zeros, 2) +
    i32x4.extract_lane(zeros, 3);
  return (100 * (looked - count) + looked - 1) / looked;
}

/**
 * denseForward, by CSR in `scratch` if x is mostly zeros.
 * @writes y @reads x panels bias
 * @range panelBegin
 * @rows rows by 8: y x
 * @cost 0.3 * rows * depth * (panelEnd - panelBegin)
 */
export function adaptiveForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
  scratch: usize,
): void {
  const maxDensity = depth <= DEEP ? FORWARD_MAX_DENSITY : DEEP_FORWARD_MAX_DENSITY;
  if (density(x, xStride, rows, depth) <= maxDensity) {
    compressVectors(scratch, x, rows, xStride, depth, 4, <u32>PANEL_BYTES, ROW_OFFSET_BYTES);
    const units = panelEnd * PANEL;
    sparseForward(y, yStride, scratch, panels, bias, rows, depth, panelBegin, panelEnd, low, units);
  } else denseForward(y, yStride, x, xStride, panels, bias, rows, depth, panelBegin, panelEnd, low);
}

/** What may be mostly zeros in an adaptiveGradientUpdate. @static */
export const enum UpdateFlag {
  adaptiveInput = 1,
  adaptiveDelta = 2,
}

/**
 * denseGradientUpdate, by CSC behind the gradients in `scratch` if x or delta is mostly zeros. `flags`:
 * which of them may be.
 * @writes w @reads x delta
 * @range panelBegin
 * @cost (0.3 * rows + 8) * depth * (panelEnd - panelBegin)
 */
export function adaptiveGradientUpdate(
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
  flags: i32,
): void {
  const csc = scratch + (UPDATE_SCRATCH_FLOATS << 2);
  const units = (panelEnd - panelBegin) * PANEL;
  const d = delta + panelBegin * PANEL_BYTES;
  const ofX = (flags & UpdateFlag.adaptiveInput) != 0 ? density(x, xStride, rows, depth) : 100;
  // Of all units, whichever panels this thread has: all threads then do the same with an infinite value.
  const ofDelta =
    (flags & UpdateFlag.adaptiveDelta) != 0 ? density(delta, deltaStride, rows, deltaStride >> 2) : 100;
  if (ofX <= GRADIENT_MAX_DENSITY && (ofX <= ofDelta || ofDelta > DELTA_MAX_DENSITY)) {
    compressVectors(csc, x, depth, 4, rows, xStride, <u32>deltaStride, COLUMN_OFFSET_BYTES);
    sparseGradientUpdate(w, parameter, scratch, csc, delta, depth, panelBegin, panelEnd, panelEnd * PANEL);
  } else if (ofDelta <= DELTA_MAX_DENSITY) {
    compressVectors(csc, d, units, 4, rows, deltaStride, <u32>xStride, COLUMN_OFFSET_BYTES);
    sparseDeltaUpdate(w, parameter, scratch, csc, x, depth, panelBegin, panelEnd);
  } else {
    denseGradientUpdate(
      w,
      parameter,
      scratch,
      x,
      xStride,
      delta,
      deltaStride,
      rows,
      depth,
      panelBegin,
      panelEnd,
    );
  }
}

/**
 * denseInputGradient, by CSR of delta in `scratch` if that is mostly zeros.
 * @writes dx @reads panels deltaT y delta
 * @range begin by 24
 * @cost 0.05 * rows * units * (end - begin)
 */
export function adaptiveInputGradient(
  dx: usize,
  dxStride: usize,
  panels: usize,
  deltaT: usize,
  scratch: usize,
  rows: usize,
  depth: usize,
  units: usize,
  begin: usize,
  end: usize,
  y: usize,
  yStride: usize,
  delta: usize,
  deltaStride: usize,
): void {
  const csr = scratch + ((32 + 24 * ((units + 7) & ~7)) << 2);
  if (
    density(delta, deltaStride, rows, units) <=
    (units <= NARROW_DELTA ? NARROW_INPUT_GRADIENT_MAX_DENSITY : INPUT_GRADIENT_MAX_DENSITY)
  ) {
    compressVectors(csr, delta, rows, deltaStride, units, 4, <u32>PANEL_BYTES, ROW_OFFSET_BYTES);
    sparseInputGradient(dx, dxStride, panels, csr, scratch, rows, depth, units, begin, end);
    if (y != 0) keepActive(dx + (begin << 2), dxStride, y + (begin << 2), yStride, rows, end - begin);
  } else
    denseInputGradient(dx, dxStride, panels, deltaT, scratch, rows, depth, units, begin, end, y, yStride);
}
