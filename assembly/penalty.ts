// What comes between a gradient and its update rule: L1/L2 terms, clipping, decoupled weight decay; and the
// sums of weights and gradients that losses and norms need. Records as in update.ts. Lengths are multiples of
// 4.
import { fma } from './simd';
import { RecordWord } from './update';

/**
 * g ← g + l2 · w + l1 · sign(w), where l2 is the gradient's factor: twice that of the penalty.
 * @writes g @reads w
 * @rows length by 16: g*4 w*4
 * @cost 0.3 * length
 */
export function regularize(g: usize, w: usize, length: usize, parameter: usize): void {
  const l2 = v128.load32_splat(parameter, RecordWord.l2 << 2),
    l1 = v128.load32_splat(parameter, RecordWord.l1 << 2),
    zero = f32x4.splat(0);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = v128.load(w);
    const positive = v128.and(l1, f32x4.gt(x, zero)),
      negative = v128.and(l1, f32x4.lt(x, zero));
    v128.store(g, f32x4.add(fma(l2, x, v128.load(g)), f32x4.sub(positive, negative)));
    w += 16;
  }
}

/**
 * g ← clip(g · gradientFactor, ±clipValue), w ← keep · w
 * @writes g w
 * @rows length by 16: g*4 w*4
 * @cost 0.3 * length
 */
export function adjust(g: usize, w: usize, length: usize, parameter: usize): void {
  const factor = v128.load32_splat(parameter, RecordWord.gradientFactor << 2),
    upper = v128.load32_splat(parameter, RecordWord.clipValue << 2),
    keep = v128.load32_splat(parameter, RecordWord.keep << 2);
  const lower = f32x4.neg(upper);
  for (const end = g + (length << 2); g < end; g += 16) {
    const x = f32x4.mul(v128.load(g), factor);
    v128.store(g, f32x4.pmin(f32x4.pmax(x, lower), upper));
    v128.store(w, f32x4.mul(v128.load(w), keep));
    w += 16;
  }
}

/**
 * out (float64) = Σ x² over `length` values; two partial sums, products exact in float64.
 * @writes out @reads x
 * @cost 0.25 * length
 * @late
 */
export function sumSquares(out: usize, x: usize, length: usize): void {
  let even = f64x2.splat(0),
    odd = f64x2.splat(0);
  const end = x + (length << 2);
  for (; x + 16 < end; x += 32) {
    even = f64x2.add(even, squares(v128.load(x)));
    odd = f64x2.add(odd, squares(v128.load(x, 16)));
  }
  if (x < end) even = f64x2.add(even, squares(v128.load(x)));
  const sum = f64x2.add(even, odd);
  store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/** Squares of four lanes, added by pairs. */
// @ts-ignore: decorator
@inline
function squares(v: v128): v128 {
  const low = f64x2.promote_low_f32x4(v);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
  return f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high));
}

/**
 * out (float64) = Σ |x| over `length` values; two partial sums.
 * @writes out @reads x
 * @cost 0.25 * length
 * @late
 */
export function sumMagnitudes(out: usize, x: usize, length: usize): void {
  let even = f64x2.splat(0),
    odd = f64x2.splat(0);
  for (const end = x + (length << 2); x < end; x += 16) {
    const v = f32x4.abs(v128.load(x));
    even = f64x2.add(even, f64x2.promote_low_f32x4(v));
    odd = f64x2.add(odd, f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)));
  }
  const sum = f64x2.add(even, odd);
  store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/**
 * factor (float32) = limit / norm where the norm, √ of the sum of `count` float64 sums of squares, exceeds
 * it, else 1.
 */
export function normFactor(factor: usize, sums: usize, count: usize, limit: f64): void {
  let sum: f64 = 0;
  for (let i: usize = 0; i < count; i++) sum += load<f64>(sums + (i << 3));
  const norm = sqrt(sum);
  store<f32>(factor, norm > limit ? <f32>(limit / norm) : 1);
}

/** Activity penalty: out (float64) = Σ over rows and columns of l1 · |y| + l2 · y². Strides in bytes. */
export function activityPenalty(
  out: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  columns: usize,
  l1: f64,
  l2: f64,
): void {
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < columns; j++) {
      const value = <f64>load<f32>(y + (j << 2));
      sum += l1 * abs(value) + l2 * value * value;
    }
    y += yStride;
  }
  store<f64>(out, sum);
}

/**
 * Gradient of the activity penalty: delta += scale · (l1 · sign(y) + 2 · l2 · y).
 * @writes delta @reads y
 * @rows rows by 8: delta y
 * @cost 4 * rows * columns
 */
export function activityGradient(
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  columns: usize,
  l1: f32,
  l2: f32,
  scale: f32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < columns; j++) {
      const value = load<f32>(y + (j << 2));
      const slope = (value > 0 ? l1 : value < 0 ? -l1 : 0) + 2 * l2 * value;
      store<f32>(delta + (j << 2), load<f32>(delta + (j << 2)) + scale * slope);
    }
    delta += deltaStride;
    y += yStride;
  }
}
