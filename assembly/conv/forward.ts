// y = convolution of images with weight panels, channels last:
//
//   filters (height, width, channels of a group, filters)  →  matrix (depth × filters)  →  panels [filters/8][depth][8]
//
// Every y element is one chain: its bias, then the positions of the window ascending, one multiply-add per term.
// `scratch` holds the bordered image, then one tile or, with pooling, the output lines that are pooled next.
import { PANEL, PANEL_BYTES, tileHeight } from '../simd';
import { convTile, depthwiseTile } from '../generated/conv';
import {
  basesOf,
  bordered,
  borderedBytes,
  clearBorder,
  columnsOf,
  depthOf,
  filtersOf,
  firstLane,
  groupBytesOf,
  groupsOf,
  lastLane,
  offsetsOf,
  pixelsOf,
  poolHeightOf,
  poolWidthOf,
  pooledColumnsOf,
  pooledLinesOf,
} from './shape';

/** Images [0, rows) × panels [panelBegin, panelEnd) of y = max(low, convolution + bias). Strides in bytes. */
export function convForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const depth = depthOf(shape);
  const tile = scratch + borderedBytes(shape);
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
  shape: usize,
  tile: usize,
  p: usize,
  low: f32,
): void {
  const perGroup = filtersOf(shape) / groupsOf(shape);
  const end = min(filtersOf(shape), (p + 1) * PANEL);
  for (let group = (p * PANEL) / perGroup; group * perGroup < end; group++) {
    const first = firstLane(p, group * perGroup);
    const last = lastLane(p, min(end, (group + 1) * perGroup));
    const from = image + group * groupBytesOf(shape);
    const whole = last - first == PANEL;
    pixelTiles(y, from, panel, bias, shape, whole ? 0 : tile, first, last, low);
  }
}

/** All pixels of one panel; where `tile` is not 0 only its lanes [first, last) are copied to y from there. */
function pixelTiles(
  y: usize,
  image: usize,
  panel: usize,
  bias: usize,
  shape: usize,
  tile: usize,
  first: usize,
  last: usize,
  low: f32,
): void {
  const stride = filtersOf(shape) << 2;
  const pixels = pixelsOf(shape);
  for (let pixel: usize = 0; pixel < pixels;) {
    const height = tileHeight(pixels - pixel);
    const out = y + pixel * stride;
    convTile(
      <i32>height,
      tile == 0 ? out : tile,
      tile == 0 ? stride : PANEL_BYTES,
      image,
      basesOf(shape) + (pixel << 2),
      offsetsOf(shape),
      depthOf(shape),
      panel,
      bias,
      low,
    );
    if (tile != 0) copyLanes(out, stride, tile, height, first, last);
    pixel += height;
  }
}

// @ts-ignore: decorator
@inline
function copyLanes(y: usize, stride: usize, tile: usize, height: usize, first: usize, last: usize): void {
  for (let i: usize = 0; i < height; i++) {
    for (let lane = first << 2; lane < last << 2; lane += 4) {
      store<f32>(y + i * stride + lane, load<f32>(tile + i * PANEL_BYTES + lane));
    }
  }
}

/**
 * The same where every channel has one filter of its own: channels are the lanes. Reads up to 28 bytes behind an image
 * whose channels are no multiple of 8; what comes of them is dropped.
 */
export function depthwiseForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const depth = depthOf(shape);
  const stride = filtersOf(shape) << 2;
  const pixels = pixelsOf(shape);
  const tile = scratch + borderedBytes(shape);
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      const last = lastLane(p, filtersOf(shape));
      for (let pixel: usize = 0; pixel < pixels;) {
        const height = tileHeight(pixels - pixel);
        const out = y + at + pixel * stride;
        depthwiseTile(
          <i32>height,
          last == PANEL ? out : tile,
          last == PANEL ? stride : PANEL_BYTES,
          image + at,
          basesOf(shape) + (pixel << 2),
          offsetsOf(shape),
          depth,
          panels + at * depth,
          bias + at,
          low,
        );
        if (last != PANEL) copyLanes(out, stride, tile, height, 0, last);
        pixel += height;
      }
    }
    x += xStride;
    y += yStride;
  }
}

/**
 * Convolution and the maxima of its pooling windows, which do not overlap: the convolution itself is never in memory.
 * picks (rows and stride like y; 0: not wanted) = where the window of every maximum begins in the bordered image. Of
 * equal values the first counts, line by line. Only for one group.
 */
export function convPoolForward(
  y: usize,
  yStride: usize,
  picks: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const depth = depthOf(shape);
  const filters = filtersOf(shape);
  const lines = pooledLinesOf(shape);
  const strip = poolHeightOf(shape) * columnsOf(shape);
  const lineBytes = (pooledColumnsOf(shape) * filters) << 2;
  const tile = scratch + borderedBytes(shape);
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      for (let line: usize = 0; line < lines; line++) {
        const bases = basesOf(shape) + ((line * strip) << 2);
        stripForward(tile, image, bases, strip, shape, panels + at * depth, bias + at, low);
        const out = line * lineBytes + at;
        poolStrip(y + out, picks == 0 ? 0 : picks + out, tile, bases, shape, lastLane(p, filters));
      }
    }
    x += xStride;
    y += yStride;
    if (picks != 0) picks += yStride;
  }
}

// @ts-ignore: decorator
@inline
function stripForward(
  out: usize,
  image: usize,
  bases: usize,
  count: usize,
  shape: usize,
  panel: usize,
  bias: usize,
  low: f32,
): void {
  const offsets = offsetsOf(shape);
  const depth = depthOf(shape);
  for (let pixel: usize = 0; pixel < count;) {
    const height = tileHeight(count - pixel);
    const to = out + pixel * PANEL_BYTES;
    convTile(<i32>height, to, PANEL_BYTES, image, bases + (pixel << 2), offsets, depth, panel, bias, low);
    pixel += height;
  }
}

/** The maxima of one line of pooling windows, 8 filters wide; the lanes [0, last) of them are stored. */
export function poolStrip(
  y: usize,
  picks: usize,
  strip: usize,
  bases: usize,
  shape: usize,
  last: usize,
): void {
  const height = poolHeightOf(shape);
  const width = poolWidthOf(shape);
  const columns = columnsOf(shape);
  const stride = filtersOf(shape) << 2;
  const count = pooledColumnsOf(shape);
  for (let i: usize = 0; i < count; i++) {
    let s = v128.load(strip + i * width * PANEL_BYTES),
      t = v128.load(strip + i * width * PANEL_BYTES, 16);
    let first = v128.load32_splat(bases + ((i * width) << 2));
    let second = first;
    for (let line: usize = 0; line < height; line++) {
      const begin = line * columns + i * width;
      for (let pixel = begin; pixel < begin + width; pixel++) {
        const a = v128.load(strip + pixel * PANEL_BYTES),
          b = v128.load(strip + pixel * PANEL_BYTES, 16);
        const base = v128.load32_splat(bases + (pixel << 2));
        first = v128.bitselect(base, first, f32x4.gt(a, s));
        second = v128.bitselect(base, second, f32x4.gt(b, t));
        s = f32x4.pmax(s, a);
        t = f32x4.pmax(t, b);
      }
    }
    storeLanes(y, s, t, last);
    if (picks != 0) {
      storeLanes(picks, first, second, last);
      picks += stride;
    }
    y += stride;
  }
}

// @ts-ignore: decorator
@inline
function storeLanes(to: usize, s: v128, t: v128, last: usize): void {
  if (last >= 4) {
    v128.store(to, s);
    if (last == 8) v128.store(to, t, 16);
    else storeFew(to + 16, t, last - 4);
  } else storeFew(to, s, last);
}

/** 0 to 3 lanes. */
// @ts-ignore: decorator
@inline
function storeFew(to: usize, s: v128, count: usize): void {
  if (count > 0) v128.store_lane<u32>(to, s, 0);
  if (count > 1) v128.store_lane<u32>(to, s, 1, 4);
  if (count > 2) v128.store_lane<u32>(to, s, 2, 8);
}
