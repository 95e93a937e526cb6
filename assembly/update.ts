// Parts of the update rules. The formulas stand in scripts/kernels/rules.mjs; generated/update.ts is made
// from them: it takes a gradient in memory, and changes weights and optimizer slots in place.
//
// `control` points at float32 scalars that the host writes before a step; src/network/optimizers.ts does:
//   0 learning rate    1 decay (L2: g += decay · w)   2-9 scalars of the rule, in the order of its table
//   10 l1   11 clipValue   12 gradientFactor (clipping by norm)   13 keep (1 − learningRate · weightDecay)
// Slots below 2^-100 in magnitude become 0: moments of rarely used weights would otherwise stay denormal and
// slow.
import { fma } from './simd';

/** 2^-100 */
export const TINY: f32 = 7.888609052210118e-31;

// @ts-ignore: decorator
@inline
export function scalar(control: usize, index: usize): v128 {
  return v128.load32_splat(control + (index << 2));
}

/** x, or 0 where |x| < `least`, which is 2^-100; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flush(x: v128, least: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), least));
}

/** rate · slot + rest · g, flushed. */
// @ts-ignore: decorator
@inline
export function mixed(slot: v128, g: v128, rate: v128, rest: v128, least: v128): v128 {
  return flush(fma(rest, g, f32x4.mul(rate, slot)), least);
}

/** rate · slot + rest · g², flushed: never below 0, so no need of its magnitude. */
// @ts-ignore: decorator
@inline
export function mixedSquare(slot: v128, g: v128, rate: v128, rest: v128, least: v128): v128 {
  const next = fma(rest, f32x4.mul(g, g), f32x4.mul(rate, slot));
  return v128.andnot(next, f32x4.lt(next, least));
}

/** x − rate · first / (√second + epsilon) */
// @ts-ignore: decorator
@inline
export function descended(x: v128, first: v128, second: v128, rate: v128, epsilon: v128): v128 {
  return f32x4.sub(x, f32x4.div(f32x4.mul(rate, first), f32x4.add(f32x4.sqrt(second), epsilon)));
}

/** rate · sign(x); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function signed(rate: v128, x: v128): v128 {
  const zero = f32x4.splat(0);
  const step = f32x4.sub(v128.and(rate, f32x4.gt(x, zero)), v128.and(rate, f32x4.lt(x, zero)));
  return v128.or(step, f32x4.ne(x, x)); // all bits set is NaN
}

/** True for momentum without decay and Nesterov. */
// @ts-ignore: decorator
@inline
export function isClassical(control: usize): bool {
  return load<f32>(control, 4) == 0 && load<f32>(control, 12) == 1 && load<f32>(control, 16) == 0;
}
