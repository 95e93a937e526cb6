// The gradient of filters behind which max pooling follows at once: most deltas are 0.
import { PANEL_BYTES } from '../simd';
import { tapsTile } from '../generated/conv';
import { bordered, clearBorder, ConvolutionRecord } from './shape';

/** Floats that a window's line takes in the sums below. */
// @ts-ignore: decorator
@inline
function paddedFloats(shape: ConvolutionRecord): usize {
  return (shape.windowFloats + 3) & ~3;
}

/**
 * The gradient where only the maxima of pooling have a delta: filters [filterBegin, filterEnd) of it, the
 * first a multiple of 4. The non-zeros are compressed by filter (CSC), and the taps of a filter stay in
 * registers while its column is read. `picks` holds where the window of each maximum begins.
 *
 * `scratch`: the bordered image, then where the columns end, columns [4][pooled pixels]{delta, pick}, and
 * sums [filters][lines of a window][floats of a line, padded to 4]. Reads up to 12 bytes behind a window's
 * line; what comes of them is dropped.
 * @writes g @reads x delta picks
 * @range filterBegin by 4
 * @cost 500 * rows * (filterEnd - filterBegin)
 */
export function convPoolGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  picks: usize,
  rows: usize,
  shape: ConvolutionRecord,
  scratch: usize,
  filterBegin: usize,
  filterEnd: usize,
): void {
  const ends = scratch + shape.borderedBytes;
  const csc = ends + 16;
  const step = shape.filters << 2;
  const columnBytes = (shape.pooledLines * shape.pooledColumns) << 3;
  const sums = csc + ((4 * columnBytes + 15) & ~15);
  const sumBytes = (shape.windowLines * paddedFloats(shape)) << 2;
  clearBorder(scratch, shape);
  for (let at = sums; at < sums + (filterEnd - filterBegin) * sumBytes; at += 16) {
    v128.store(at, f32x4.splat(0));
  }
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let f = filterBegin; f < filterEnd; f += 4) {
      const count = min<usize>(4, filterEnd - f);
      if (count == 4) cscOfFour(ends, csc, columnBytes, picks + (f << 2), delta + (f << 2), step);
      for (let i: usize = 0; i < count && count < 4; i++) {
        const at = (f + i) << 2;
        cscOfOne(ends + (i << 2), csc + i * columnBytes, columnBytes, picks + at, delta + at, step);
      }
      for (let i: usize = 0; i < count; i++) {
        const column = csc + i * columnBytes;
        const end: usize = load<u32>(ends + (i << 2));
        filterGradient(sums + (f + i - filterBegin) * sumBytes, image, column, end, shape);
      }
    }
    x += xStride;
    delta += deltaStride;
    picks += deltaStride;
  }
  for (let f = filterBegin; f < filterEnd; f++) {
    unpackTaps(columnOf(g, f, shape), sums + (f - filterBegin) * sumBytes, shape);
  }
  if (filterEnd < shape.filters) return;
  for (let f = filterEnd; (f & 7) != 0; f++) {
    const at = columnOf(g, f, shape);
    for (let k: usize = 0; k < shape.depth; k++) store<f32>(at + k * PANEL_BYTES, 0);
  }
}

/** Where the column of a filter begins in its panel. */
// @ts-ignore: decorator
@inline
function columnOf(g: usize, f: usize, shape: ConvolutionRecord): usize {
  return g + (((f & ~7) * shape.depth + (f & 7)) << 2);
}

/** Appends {delta, pick}, and keeps it if the delta is not 0. Returns where the column ends then. */
// @ts-ignore: decorator
@inline
function append(end: usize, delta: usize, pick: usize): usize {
  const bits = load<u32>(delta);
  store<u32>(end, bits);
  store<u32>(end, load<u32>(pick), 4);
  return end + ((<usize>i32(bits << 1 != 0)) << 3);
}

/** CSC of four filters of one image: their columns, and in `ends` where each ends. */
export function cscOfFour(
  ends: usize,
  csc: usize,
  columnBytes: usize,
  picks: usize,
  delta: usize,
  step: usize,
): void {
  let a = csc,
    b = csc + columnBytes,
    c = csc + 2 * columnBytes,
    d = csc + 3 * columnBytes;
  for (const end = delta + (columnBytes >> 3) * step; delta < end; delta += step) {
    a = append(a, delta, picks);
    b = append(b, delta + 4, picks + 4);
    c = append(c, delta + 8, picks + 8);
    d = append(d, delta + 12, picks + 12);
    picks += step;
  }
  store<u32>(ends, <u32>a);
  store<u32>(ends, <u32>b, 4);
  store<u32>(ends, <u32>c, 8);
  store<u32>(ends, <u32>d, 12);
}

/** CSC of one filter: its column, and in `ends` where it ends. */
function cscOfOne(
  ends: usize,
  column: usize,
  columnBytes: usize,
  picks: usize,
  delta: usize,
  step: usize,
): void {
  let at = column;
  for (const end = delta + (columnBytes >> 3) * step; delta < end; delta += step) {
    at = append(at, delta, picks);
    picks += step;
  }
  store<u32>(ends, <u32>at);
}

/** Gradient of one filter from its column: tiles of at most 12 vectors. */
function filterGradient(
  sums: usize,
  image: usize,
  column: usize,
  end: usize,
  shape: ConvolutionRecord,
): void {
  const lines = shape.windowLines;
  const pitch = shape.windowPitch;
  const sumsPitch = paddedFloats(shape) << 2;
  const vectors = paddedFloats(shape) >> 2;
  for (let v: usize = 0; v < vectors;) {
    const width = min<usize>(4, vectors - v);
    const maxLines: usize = width == 1 ? 6 : width == 2 ? 5 : width == 3 ? 4 : 3;
    for (let line: usize = 0; line < lines;) {
      const height = min(maxLines, lines - line);
      const at = v << 4;
      const to = sums + line * sumsPitch + at;
      tapsTile(<i32>height, <i32>width, to, sumsPitch, image + line * pitch + at, pitch, column, end);
      line += height;
    }
    v += width;
  }
}

// @ts-ignore: decorator
@inline
function unpackTaps(panel: usize, sums: usize, shape: ConvolutionRecord): void {
  const floats = shape.windowFloats;
  for (let line: usize = 0; line < shape.windowLines; line++) {
    for (let i: usize = 0; i < floats; i++) {
      store<f32>(panel, load<f32>(sums + (i << 2)));
      panel += PANEL_BYTES;
    }
    sums += paddedFloats(shape) << 2;
  }
}
