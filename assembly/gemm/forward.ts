// y = x · W + b on weight panels:
//
//   W (depth × units)  →  panel p = columns 8p … 8p+7:   [panel][depth][8], zero-padded, bias padded alike
//
// Every y element is one chain: its bias, then k ascending, one multiply-add per term. Row tiles, row blocks and
// depth blocks only change the order in which elements are visited.
import { PANEL_BYTES, tileHeight } from '../simd';
import { forwardTile } from '../generated/forward';

/** Depth of a block: its panel rows take 32 KB of L1. */
const DEPTH_BLOCK: usize = 1024;

/** Bytes of x that a row and depth block may take, so that it stays in L2 while the panels pass. */
const ROW_BLOCK_BYTES: usize = 512 * 1024;

/** Rows [0, rows) × panels [panelBegin, panelEnd) of y = max(low, x · W + b). Strides in bytes. */
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
  const rowBlock = max<usize>(60, (ROW_BLOCK_BYTES / min(xStride, DEPTH_BLOCK << 2) / 30) * 30);
  for (let row: usize = 0; row < rows; row += rowBlock) {
    const count = min(rowBlock, rows - row);
    let k: usize = 0;
    do {
      const block = min(DEPTH_BLOCK, depth - k);
      const limit: f32 = k + block == depth ? low : -Infinity;
      for (let p = panelBegin; p < panelEnd; p++) {
        const column = p * PANEL_BYTES;
        const out = y + row * yStride + column;
        panelForward(
          out,
          yStride,
          x + row * xStride + (k << 2),
          xStride,
          panels + column * depth + k * PANEL_BYTES,
          k == 0 ? bias + column : out,
          k == 0 ? 0 : yStride,
          count,
          block,
          limit,
        );
      }
      k += block;
    } while (k < depth);
  }
}

/** One depth block of a panel: its sums begin where `init` says. */
function panelForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panel: usize,
  init: usize,
  initStride: usize,
  rows: usize,
  depth: usize,
  low: f32,
): void {
  for (let row: usize = 0; row < rows;) {
    const height = tileHeight(rows - row);
    forwardTile(
      <i32>height,
      y + row * yStride,
      yStride,
      x + row * xStride,
      xStride,
      panel,
      depth,
      init + row * initStride,
      initStride,
      low,
    );
    row += height;
  }
}
