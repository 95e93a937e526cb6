// A convolution and the max pooling that follows it, in one: the outputs of the convolution are never in
// memory.
import { PANEL, PANEL_BYTES } from '../simd';
import { windows } from './forward';
import { bordered, clearBorder, ConvolutionRecord, lastLane } from './shape';

/**
 * Convolution and the maxima of its pooling windows, which do not overlap: the convolution itself is never in
 * memory. picks (rows and stride like y; 0: not wanted) = where the window of every maximum begins in the
 * bordered image. Of equal values the first counts, line by line. Only for one group.
 * @writes y picks @reads x panels bias
 * @range panelBegin
 * @rows rows: y x picks*yStride
 * @cost 2000 * rows * (panelEnd - panelBegin)
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
  shape: ConvolutionRecord,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const depth = shape.depth;
  const filters = shape.filters;
  const lines = shape.pooledLines;
  const strip = shape.poolHeight * shape.columns;
  const lineBytes = (shape.pooledColumns * filters) << 2;
  const tile = scratch + shape.borderedBytes;
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      for (let line: usize = 0; line < lines; line++) {
        const bases = shape.bases + ((line * strip) << 2);
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
  shape: ConvolutionRecord,
  last: usize,
): void {
  const height = shape.poolHeight;
  const width = shape.poolWidth;
  const columns = shape.columns;
  const stride = shape.filters << 2;
  const count = shape.pooledColumns;
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
