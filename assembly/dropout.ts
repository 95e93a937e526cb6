// Random layers, by the generator of random.ts with the column as counter. Strides in bytes; rows are
// processed in whole vectors of columns.
import { log4 } from './math';
import { hash, rowKey, word } from './random';

/** Integer hash "lowbias32" (Wellons, 2018) of four counters. */
// @ts-ignore: decorator
@inline
function hash4(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** Four words of a row's stream, by column / 4. */
// @ts-ignore: decorator
@inline
function words(rowKey: u32, column: usize): v128 {
  const counters = i32x4.add(i32x4.splat(<i32>column), i32x4(1, 2, 3, 4));
  return hash4(v128.xor(hash4(i32x4.mul(counters, i32x4.splat(<i32>0x9e3779b1))), i32x4.splat(<i32>rowKey)));
}

/**
 * Rows [rowBegin, rowEnd) of y = x · scale where a 16-bit random number is at least `threshold` (65536 ·
 * rate), else 0. The same call with deltas is the gradient. y may be x. Eight columns share four words: low
 * halves first.
 * @writes y @reads x key
 * @range rowBegin by 8
 * @cost 0.6 * (rowEnd - rowBegin) * columns
 */
export function dropout(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rowBegin: usize,
  rowEnd: usize,
  columns: usize,
  key: usize,
  threshold: i32,
  scale: f32,
): void {
  const limit = i32x4.splat(threshold - 1);
  const factor = f32x4.splat(scale);
  const low = i32x4.splat(0xffff);
  y += rowBegin * yStride;
  x += rowBegin * xStride;
  for (let row = rowBegin; row < rowEnd; row++) {
    const stream = rowKey(key, row);
    for (let j: usize = 0; j < columns; j += 8) {
      const at = j << 2;
      const w = words(stream, j);
      const first = i32x4.gt_s(v128.and(w, low), limit);
      const second = i32x4.gt_s(i32x4.shr_u(w, 16), limit);
      v128.store(y + at, v128.and(f32x4.mul(v128.load(x + at), factor), first));
      v128.store(y + at, v128.and(f32x4.mul(v128.load(x + at, 16), factor), second), 16);
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * All bits set where the number of channel `c` is at least `threshold`: the same numbers as a row of channels
 * in `dropout`.
 */
// @ts-ignore: decorator
@inline
function keeps(stream: u32, c: usize, threshold: i32): i32 {
  const drawn = word(stream, (c & ~7) + (c & 3));
  return <i32>((c & 4) == 0 ? drawn & 0xffff : drawn >> 16) >= threshold ? -1 : 0;
}

/**
 * Dropout of whole channels (Tompson et al., 2015) for the images [begin, end): one number per image and
 * channel decides about all its pixels. The same call with deltas is the gradient. y is not x.
 * @writes y @reads x key
 * @range begin
 * @cost 0.2 * pixels * channels * (end - begin)
 */
export function spatialDropout(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  pixels: usize,
  channels: usize,
  key: usize,
  threshold: i32,
  scale: f32,
  begin: usize,
  end: usize,
): void {
  const factor = f32x4.splat(scale),
    step = channels << 2,
    size = pixels * step;
  for (let row = begin; row < end; row++) {
    const stream = rowKey(key, row),
      to = y + row * yStride,
      from = x + row * xStride;
    for (let c: usize = 0; c < channels; c += 4) {
      if (channels < 4) {
        for (; c < channels; c++) {
          const keep = keeps(stream, c, threshold) != 0;
          for (let i = c << 2; i < size; i += step)
            store<f32>(to + i, keep ? load<f32>(from + i) * scale : 0);
        }
        break;
      }
      // The last vector overlaps the one before it.
      const first = min(c, channels - 4);
      let mask = i32x4.splat(keeps(stream, first, threshold));
      mask = i32x4.replace_lane(mask, 1, keeps(stream, first + 1, threshold));
      mask = i32x4.replace_lane(mask, 2, keeps(stream, first + 2, threshold));
      mask = i32x4.replace_lane(mask, 3, keeps(stream, first + 3, threshold));
      for (let i = first << 2; i < size; i += step)
        v128.store(to + i, v128.and(f32x4.mul(v128.load(from + i), factor), mask));
    }
  }
}

/** sin(2πu) for u in [0, 1): odd polynomial of degree 9 on a quarter wave, absolute error ≤ 4e-6. */
// @ts-ignore: decorator
@inline
function sinTurn(u: v128): v128 {
  // Fold to t in [-1/4, 1/4] turns.
  const centred = f32x4.sub(u, f32x4.nearest(u));
  const half = v128.or(f32x4.splat(0.5), v128.and(centred, f32x4.splat(-0.0)));
  const folded = f32x4.sub(half, centred);
  const t = v128.bitselect(folded, centred, f32x4.gt(f32x4.abs(centred), f32x4.splat(0.25)));
  const z = f32x4.mul(t, t);
  let p = f32x4.add(f32x4.mul(f32x4.splat(42.058693944897), z), f32x4.splat(-76.705859753061));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(81.605249276075));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-41.341702240399));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(6.2831853071796));
  return f32x4.mul(p, t);
}

/** Four uniform numbers in (0, 1) from 24 bits each. */
// @ts-ignore: decorator
@inline
function uniform4(w: v128): v128 {
  const bits = f32x4.convert_i32x4_s(i32x4.shr_u(w, 8));
  return f32x4.mul(f32x4.add(bits, f32x4.splat(0.5)), f32x4.splat(5.9604644775390625e-8));
}

/**
 * Rows [begin, end) of y = x + deviation · normal noise (Box & Muller, 1958): √(−2 ln u) · sin(2πv). y may be
 * x.
 * @writes y @reads x key
 * @range begin by 8
 * @cost 8 * (end - begin) * columns
 */
export function gaussianNoise(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  begin: usize,
  end: usize,
  columns: usize,
  key: usize,
  deviation: f32,
): void {
  const factor = f32x4.splat(deviation);
  for (let row = begin; row < end; row++) {
    const stream = rowKey(key, row),
      to = y + row * yStride,
      from = x + row * xStride;
    for (let j: usize = 0; j < columns; j += 4) {
      const at = j << 2;
      const u = uniform4(words(stream, j));
      const v = uniform4(words(hash(stream ^ 0x68bc21eb), j));
      const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log4(u)));
      const noise = f32x4.mul(f32x4.mul(radius, sinTurn(v)), factor);
      v128.store(to + at, f32x4.add(v128.load(from + at), noise));
    }
  }
}
