// Update rules: gradient vector in, weights and optimizer slots changed in place. Used on a gradient tile that is still
// in registers (generated/gradient.ts) and on a gradient in memory (the sweeps below): the same bits either way.
//
// `control` points at float32 scalars that the host writes before a step:
//   0 learningRate   1 decay (L2: g += decay · w)   2 momentum | beta1   3 velocityFactor | 1 − beta1
//   4 gradientFactor | beta2   5 1 − beta2   6 epsilon
// Slots below 2^-100 in magnitude become 0: moments of rarely used weights would otherwise stay denormal and slow.
import { fma } from './simd';

export const RULE_SGD: i32 = 0;
export const RULE_MOMENTUM: i32 = 1;
export const RULE_ADAM: i32 = 2;

// @ts-ignore: decorator
@inline
function scalar(control: usize, index: usize): v128 {
  return v128.load32_splat(control + (index << 2));
}

/** x, or 0 where |x| < 2^-100; NaN stays NaN. */
// @ts-ignore: decorator
@inline
function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(7.888609052210118e-31)));
}

// @ts-ignore: decorator
@inline
function decayed(g: v128, w: v128, control: usize): v128 {
  return fma(scalar(control, 1), w, g);
}

/** w ← w − lr · g */
// @ts-ignore: decorator
@inline
export function sgdVector(w: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  v128.store(w, fma(f32x4.neg(scalar(control, 0)), decayed(g, x, control), x));
}

/**
 * v ← momentum · v − lr · g, then w ← w + (velocityFactor · v − gradientFactor · g).
 * Classical: factors 1 and 0. Nesterov (Sutskever et al., 2013): momentum and lr.
 */
// @ts-ignore: decorator
@inline
export function momentumVector(w: usize, v: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const kept = f32x4.mul(scalar(control, 2), v128.load(v));
  const velocity = flush(fma(f32x4.neg(scalar(control, 0)), gradient, kept));
  v128.store(v, velocity);
  const step = f32x4.sub(f32x4.mul(scalar(control, 3), velocity), f32x4.mul(scalar(control, 4), gradient));
  v128.store(w, f32x4.add(x, step));
}

/**
 * m ← beta1 · m + (1 − beta1) · g, v ← beta2 · v + (1 − beta2) · g², w ← w − lr_t · m / (√v + epsilon), where
 * lr_t = lr · √(1 − beta2^t) / (1 − beta1^t) (Kingma & Ba, 2015, section 2, the "epsilon hat" form).
 */
// @ts-ignore: decorator
@inline
export function adamVector(w: usize, m: usize, v: usize, g: v128, control: usize): void {
  const x = v128.load(w);
  const gradient = decayed(g, x, control);
  const first = flush(fma(scalar(control, 3), gradient, f32x4.mul(scalar(control, 2), v128.load(m))));
  const square = f32x4.mul(gradient, gradient);
  const second = flush(fma(scalar(control, 5), square, f32x4.mul(scalar(control, 4), v128.load(v))));
  v128.store(m, first);
  v128.store(v, second);
  const root = f32x4.add(f32x4.sqrt(second), scalar(control, 6));
  v128.store(w, f32x4.sub(x, f32x4.div(f32x4.mul(scalar(control, 0), first), root)));
}

/** Sweeps a gradient of `length` (multiple of 4) float32 through the rule. Unused slots are ignored. */
export function update(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  g: usize,
  length: usize,
  control: usize,
): void {
  const end = length << 2;
  if (rule == RULE_SGD) {
    for (let i: usize = 0; i < end; i += 16) sgdVector(w + i, v128.load(g + i), control);
  } else if (rule == RULE_MOMENTUM) {
    for (let i: usize = 0; i < end; i += 16) momentumVector(w + i, slot0 + i, v128.load(g + i), control);
  } else {
    for (let i: usize = 0; i < end; i += 16)
      adamVector(w + i, slot0 + i, slot1 + i, v128.load(g + i), control);
  }
}

/** out (float64) = Σ w² over `length` (multiple of 4) values; two partial sums, products exact in float64. */
export function sumSquares(out: usize, w: usize, length: usize): void {
  let even = f64x2.splat(0),
    odd = f64x2.splat(0);
  for (const end = w + (length << 2); w < end; w += 16) {
    const x = v128.load(w);
    const low = f64x2.promote_low_f32x4(x);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  const sum = f64x2.add(even, odd);
  store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}
