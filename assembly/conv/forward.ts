// y = convolution of images with weight panels, channels last:
//
//   filters (height, width, channels of a group, filters)  →  matrix (depth × filters)  →  panels [filters/8][depth][8]
//
// Every y element is one chain: its bias, then the positions of the window ascending, one multiply-add per term.
// `scratch` holds the bordered image, then one panel of an image whose lanes are copied from there, or the lines that
// are pooled next.
import { PANEL, PANEL_BYTES, TILE } from '../simd';
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
  if (tile == 0) windows(y, stride, image, basesOf(shape), pixels, shape, panel, bias, low);
  else {
    windows(tile, PANEL_BYTES, image, basesOf(shape), pixels, shape, panel, bias, low);
    copyLanes(y, stride, tile, pixels, first, last);
  }
}

/** `count` windows, whole tiles first. */
// @ts-ignore: decorator
@inline
function windows(
  y: usize,
  yStride: usize,
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

function copyLanes(y: usize, stride: usize, tile: usize, pixels: usize, first: usize, last: usize): void {
  for (let i: usize = 0; i < pixels; i++) {
    for (let lane = first << 2; lane < last << 2; lane += 4) {
      store<f32>(y + lane, load<f32>(tile + lane));
    }
    y += stride;
    tile += PANEL_BYTES;
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
  const bases = basesOf(shape);
  const offsets = offsetsOf(shape);
  const tiles = pixels / TILE;
  const done = tiles * TILE;
  const tile = scratch + borderedBytes(shape);
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      const last = lastLane(p, filtersOf(shape));
      const whole = last == PANEL;
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
      if (!whole) copyLanes(y + at, stride, tile, pixels, 0, last);
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
        windows(tile, PANEL_BYTES, image, bases, strip, shape, panels + at * depth, bias + at, low);
        const out = line * lineBytes + at;
        poolStrip(y + out, picks == 0 ? 0 : picks + out, tile, bases, shape, lastLane(p, filters));
      }
    }
    x += xStride;
    y += yStride;
    if (picks != 0) picks += yStride;
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
  if (height == 2 && width == 2 && last == PANEL && picks != 0) {
    return poolTwo(y, picks, strip, bases, columns, stride, count);
  }
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

/** The usual windows of two by two, 8 filters wide. */
function poolTwo(
  y: usize,
  picks: usize,
  strip: usize,
  bases: usize,
  columns: usize,
  stride: usize,
  count: usize,
): void {
  const line = columns * PANEL_BYTES;
  // Every window begins as far right of the one before, and every line as far below.
  const first: usize = load<u32>(bases);
  const right = i32x4.splat(<i32>(<usize>load<u32>(bases, 4) - first));
  const down = i32x4.splat(<i32>(<usize>load<u32>(bases + (columns << 2)) - first));
  for (; count > 0; count--) {
    const base = v128.load32_splat(bases);
    poolVector(y, picks, strip, line, base, right, down);
    poolVector(y + 16, picks + 16, strip + 16, line, base, right, down);
    strip += 2 * PANEL_BYTES;
    bases += 8;
    y += stride;
    picks += stride;
  }
}

// @ts-ignore: decorator
@inline
function poolVector(
  y: usize,
  picks: usize,
  strip: usize,
  line: usize,
  base: v128,
  right: v128,
  down: v128,
): void {
  const a = v128.load(strip),
    b = v128.load(strip, 32);
  const c = v128.load(strip + line),
    d = v128.load(strip + line, 32);
  const upper = f32x4.pmax(a, b),
    lower = f32x4.pmax(c, d);
  const isLower = f32x4.gt(lower, upper);
  const across = v128.bitselect(f32x4.gt(d, c), f32x4.gt(b, a), isLower);
  v128.store(y, f32x4.pmax(upper, lower));
  const pick = i32x4.add(base, v128.and(across, right));
  v128.store(picks, i32x4.add(pick, v128.and(isLower, down)));
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
