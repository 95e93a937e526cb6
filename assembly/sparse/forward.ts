// The first layer on rows that are mostly zeros, forward, and how both products cut panels into passes.
// Exact: a zero adds nothing to a chain, so leaving it out changes no bit. Rows are CSR (format.ts).
import { sparseForwardVectors } from '../generated/sparse';
import { PANEL_BYTES } from '../simd';

/** Vectors of one pass over the entries: the panels of a wider pass would not stay in L1. */
const FORWARD_PASS: usize = 7;

/** Vectors of the next pass when `left` are left: whole panels, except at the end. */
// @ts-ignore: decorator
@inline
export function passWidth(left: usize, maxWidth: usize): usize {
  if (left <= maxWidth) return left;
  return (left / ((left + maxWidth - 1) / maxWidth)) & ~1;
}

/** The vectors of panels up to `panelEnd` that hold any of the units. */
// @ts-ignore: decorator
@inline
export function vectorEnd(panelEnd: usize, units: usize): usize {
  return min<usize>(panelEnd << 1, (units + 3) >> 2);
}

/**
 * Panels [panelBegin, panelEnd) of y = max(low, x · W + b) for CSR rows.
 * @writes y @reads rowOffsets panels bias
 * @range panelBegin
 * @rows rows by 8: y rowOffsets*4
 * @cost 0.15 * rows * depth * (panelEnd - panelBegin)
 */
export function sparseForward(
  y: usize,
  yStride: usize,
  rowOffsets: usize,
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
    sparseForwardVectors(<i32>width, y + column, yStride, rowOffsets, rows, w, stride, bias + column, low);
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
