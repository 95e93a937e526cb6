// y = x · W + b on weight panels:
//
//   W (depth × units)  →  panel p = columns 8p … 8p+7:   [panel][depth][8], zero-padded, bias padded alike
//
// `wide` takes two neighbouring panels at once. Every y element is one chain: its bias, then k ascending, one
// multiply-add per term. Row tiles, row blocks and depth blocks only change the order in which elements are
// visited.
import { PANEL_BYTES, panelsAtOnce, tileCount, tileHeight } from '../simd';
import { forwardStrip1, forwardStrip2, forwardTile } from '../generated/forward';
import { forwardPair } from '../generated/wide';

/** Depth of a block: its panel rows take 32 KB of L1. */
const DEPTH_BLOCK: usize = WIDE ? 512 : 1024;

/** Bytes of x that a row and depth block may take, so that it stays in L2 while the panels pass. */
const ROW_BLOCK_BYTES: usize = 512 * 1024;

/**
 * Panels of a strip of one row, and of two: twelve chains. Where a product needs a register of its own and V8
 * loads all panels first (Node.js 20), fewer do not spill.
 */
const STRIP_1: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 3;
const STRIP_2: usize = ASC_FEATURE_RELAXED_SIMD ? 3 : 2;

/**
 * Rows [0, rows) × panels [panelBegin, panelEnd) of y = max(low, x · W + b). Strides in bytes.
 * @writes y @reads x panels bias
 * @range panelBegin
 * @rows rows by 8: y x
 * @cost 0.3 * rows * depth * (panelEnd - panelBegin)
 */
export function denseForward(
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
): void {
  if (rows - 1 < 2) {
    return stripForward(y, yStride, x, xStride, panels, bias, rows, depth, panelBegin, panelEnd, low);
  }
  const rowBlock = max<usize>(60, (ROW_BLOCK_BYTES / min(xStride, DEPTH_BLOCK << 2) / 30) * 30);
  for (let row: usize = 0; row < rows; row += rowBlock) {
    const height = min(rowBlock, rows - row);
    let k: usize = 0;
    do {
      const block = min(DEPTH_BLOCK, depth - k);
      const limit: f32 = k + block == depth ? low : -Infinity;
      for (let p = panelBegin; p < panelEnd;) {
        const column = p * PANEL_BYTES;
        const out = y + row * yStride + column;
        const count = panelsAtOnce(panelEnd - p);
        panelForward(
          count,
          out,
          yStride,
          x + row * xStride + (k << 2),
          xStride,
          panels + column * depth + k * PANEL_BYTES,
          depth * PANEL_BYTES,
          k == 0 ? bias + column : out,
          k == 0 ? 0 : yStride,
          height,
          block,
          limit,
        );
        p += count;
      }
      k += block;
    } while (k < depth);
  }
}

/** One depth block of `count` panels: their sums begin where `init` says. */
function panelForward(
  count: usize,
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panel: usize,
  panelStride: usize,
  init: usize,
  initStride: usize,
  rows: usize,
  depth: usize,
  low: f32,
): void {
  for (let row: usize = 0; row < rows;) {
    const height = tileHeight(rows - row);
    const tiles = tileCount(rows - row);
    const out = y + row * yStride;
    const from = x + row * xStride;
    const start = init + row * initStride;
    if (WIDE && count == 2) {
      forwardPair(
        <i32>height,
        out,
        yStride,
        from,
        xStride,
        panel,
        panelStride,
        depth,
        start,
        initStride,
        tiles,
        low,
      );
    } else {
      forwardTile(<i32>height, out, yStride, from, xStride, panel, depth, start, initStride, tiles, low);
    }
    row += tiles * height;
  }
}

/** Product of one or two rows, in strips of panels. */
function stripForward(
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
): void {
  const stride = depth * PANEL_BYTES;
  const maxPanels = rows == 1 ? STRIP_1 : STRIP_2;
  for (let p = panelBegin; p < panelEnd;) {
    const strips = (panelEnd - p + maxPanels - 1) / maxPanels;
    const count = (panelEnd - p + strips - 1) / strips;
    const column = p * PANEL_BYTES;
    const to = y + column,
      w = panels + column * depth,
      start = bias + column;
    if (rows == 1) forwardStrip1(<i32>count, to, yStride, x, xStride, w, stride, depth, start, low);
    else forwardStrip2(<i32>count, to, yStride, x, xStride, w, stride, depth, start, low);
    p += count;
  }
}
