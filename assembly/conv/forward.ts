// y = convolution of images with weight panels, channels last:
//
// filters (height, width, channels of a group, filters) → matrix (depth × filters) → panels
//   [filters/8][depth][8]
//
// Every y element is one chain: its bias, then the positions of the window ascending, one multiply-add per
// term. `scratch` holds the bordered image, then one panel of an image whose lanes are copied from there, or
// the lines that are pooled next.
import { PANEL, PANEL_BYTES, TILE } from '../simd';
import { convTile } from '../generated/conv';
import { bordered, clearBorder, ConvolutionRecord, firstLane, isDense, lastLane } from './shape';

/**
 * Images [0, rows) × panels [panelBegin, panelEnd) of y = max(low, convolution + bias). Strides in bytes.
 * @writes y @reads x panels bias
 * @range panelBegin
 * @rows rows: y x
 * @cost 2000 * rows * (panelEnd - panelBegin)
 */
export function convForward(
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
  const tile = scratch + shape.borderedBytes;
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      panelForward(y + at, image, panels + at * depth, bias + at, shape, tile, p, low);
    }
    x += xStride;
    y += yStride;
  }
}

/** One panel of one image: group by group, where filters of several groups share it. */
function panelForward(
  y: usize,
  image: usize,
  panel: usize,
  bias: usize,
  shape: ConvolutionRecord,
  tile: usize,
  p: usize,
  low: f32,
): void {
  const perGroup = shape.filters / shape.groups;
  const end = min(shape.filters, (p + 1) * PANEL);
  for (let group = (p * PANEL) / perGroup; group * perGroup < end; group++) {
    const first = firstLane(p, group * perGroup);
    const last = lastLane(p, min(end, (group + 1) * perGroup));
    const from = image + group * shape.groupBytes;
    const whole = last - first == PANEL && isDense(shape);
    pixelTiles(y, from, panel, bias, shape, whole ? 0 : tile, first, last, low);
  }
}

/** All pixels of one panel; where `tile` is not 0 only its lanes [first, last) are copied to y from there. */
function pixelTiles(
  y: usize,
  image: usize,
  panel: usize,
  bias: usize,
  shape: ConvolutionRecord,
  tile: usize,
  first: usize,
  last: usize,
  low: f32,
): void {
  const pixels = shape.pixels;
  if (tile == 0) windows(y, shape.outPixelBytes, image, shape.bases, pixels, shape, panel, bias, low);
  else {
    windows(tile, PANEL_BYTES, image, shape.bases, pixels, shape, panel, bias, low);
    copyLanes(y, tile, shape, first, last);
  }
}

/** `count` windows, whole tiles first. */
// @ts-ignore: decorator
@inline
export function windows(
  y: usize,
  yStride: usize,
  image: usize,
  bases: usize,
  count: usize,
  shape: ConvolutionRecord,
  panel: usize,
  bias: usize,
  low: f32,
): void {
  const offsets = shape.offsets;
  const depth = shape.depth;
  const tiles = count / TILE;
  const done = tiles * TILE;
  if (tiles > 0) {
    convTile(<i32>TILE, tiles, y, yStride, image, bases, offsets, depth, panel, bias, low);
  }
  if (done == count) return;
  y += done * yStride;
  bases += done << 2;
  convTile(<i32>(count - done), 1, y, yStride, image, bases, offsets, depth, panel, bias, low);
}

/** The lanes [first, last) of every pixel of a panel to their channels, line by line. */
export function copyLanes(y: usize, tile: usize, shape: ConvolutionRecord, first: usize, last: usize): void {
  const stride = shape.outPixelBytes;
  const whole = last - first == PANEL;
  y += shape.outBegin;
  for (let left = shape.pixels; left > 0; left -= shape.columns) {
    let to = y;
    for (const end = tile + shape.columns * PANEL_BYTES; tile < end; tile += PANEL_BYTES) {
      if (whole) {
        v128.store(to, v128.load(tile));
        v128.store(to, v128.load(tile, 16), 16);
      } else {
        for (let lane = first << 2; lane < last << 2; lane += 4) {
          store<f32>(to + lane, load<f32>(tile + lane));
        }
      }
      to += stride;
    }
    y += shape.outLineBytes;
  }
}
