// Convolutions in which every channel has one filter of its own: panels of filters [channels/8][positions][8]
// meet vectors of channels. Chains as everywhere: position by position, and pixel by pixel in the gradient.
import { PANEL, PANEL_BYTES, TILE } from '../simd';
import { depthwiseGradientTile, depthwiseTile } from '../generated/conv';
import { copyLanes } from './forward';
import { packLanes } from './gradient';
import { bordered, clearBorder, ConvolutionRecord, isDense, lastLane } from './shape';

/**
 * y (images × panels [panelBegin, panelEnd)) = max(low, convolution + bias): channels are the lanes. Reads up
 * to 28 bytes behind an image whose channels are no multiple of 8; what comes of them is dropped.
 * @writes y @reads x panels bias
 * @range panelBegin
 * @rows rows: y x
 * @cost 2000 * rows * (panelEnd - panelBegin)
 */
export function depthwiseForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  shape: ConvolutionRecord,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const depth = shape.depth;
  const stride = shape.outPixelBytes;
  const pixels = shape.pixels;
  const bases = shape.bases;
  const offsets = shape.offsets;
  const tiles = pixels / TILE;
  const done = tiles * TILE;
  const tile = scratch + shape.borderedBytes;
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      const last = lastLane(p, shape.filters);
      const whole = last == PANEL && isDense(shape);
      const out = whole ? y + at : tile;
      const outStride = whole ? stride : PANEL_BYTES;
      const w = panels + at * depth;
      if (tiles > 0) {
        depthwiseTile(<i32>TILE, tiles, out, outStride, image + at, bases, offsets, depth, w, bias + at, low);
      }
      if (done < pixels) {
        const to = out + done * outStride;
        depthwiseTile(
          <i32>(pixels - done),
          1,
          to,
          outStride,
          image + at,
          bases + (done << 2),
          offsets,
          depth,
          w,
          bias + at,
          low,
        );
      }
      if (!whole) copyLanes(y + at, tile, shape, 0, last);
    }
    x += xStride;
    y += yStride;
  }
}

/**
 * g (panels, like the filters) = gradient of the filters. `scratch`: the bordered image, then the delta of
 * one panel. Reads up to 28 bytes behind an image whose channels are no multiple of 8: what the delta lacks
 * there is 0.
 * @writes g @reads x delta
 * @range panelBegin
 * @chain rows: x delta
 * @cost 1000 * rows * (panelEnd - panelBegin)
 */
export function depthwiseGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  shape: ConvolutionRecord,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  fresh: bool,
): void {
  const depth = shape.depth;
  const filters = shape.filters;
  const packed = scratch + shape.borderedBytes;
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      const last = lastLane(p, filters);
      if (last != PANEL) packLanes(packed, delta + at, shape, 0, last);
      for (let k: usize = 0; k < depth; k += TILE) {
        depthwiseGradientTile(
          <i32>min(TILE, depth - k),
          g + (p * depth + k) * PANEL_BYTES,
          image + at,
          shape.bases,
          shape.offsets + (k << 2),
          shape.pixels,
          last == PANEL ? delta + at : packed,
          last == PANEL ? filters << 2 : PANEL_BYTES,
          fresh && row == 0,
        );
      }
    }
    x += xStride;
    delta += deltaStride;
  }
  const rest = filters & 7;
  if (rest == 0 || panelEnd * PANEL < filters) return;
  // Lanes behind the last filter have accumulated what lies behind the image.
  for (let at = g + (panelEnd - 1) * depth * PANEL_BYTES; at < g + panelEnd * depth * PANEL_BYTES; at += 32) {
    for (let lane = rest; lane < PANEL; lane++) store<f32>(at + (lane << 2), 0);
  }
}
