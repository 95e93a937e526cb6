// What update rules share. `control` points at the scalars that assembly/update.ts names.
import { fma } from '../simd';

// @ts-ignore: decorator
@inline
export function scalar(control: usize, index: usize): v128 {
  return v128.load32_splat(control + (index << 2));
}

/** 2^-100 */
export const TINY: f32 = 7.888609052210118e-31;

// @ts-ignore: decorator
@inline
function tiny(): v128 {
  return f32x4.splat(TINY);
}

/** x, or 0 where |x| < 2^-100, which is `least`; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flush(x: v128, least: v128 = tiny()): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), least));
}

/** rate · slot + rest · g, flushed. */
// @ts-ignore: decorator
@inline
export function mixed(slot: v128, g: v128, rate: v128, rest: v128, least: v128): v128 {
  return flush(fma(rest, g, f32x4.mul(rate, slot)), least);
}

/** The same, stored. */
// @ts-ignore: decorator
@inline
export function average(slot: usize, g: v128, rate: v128, rest: v128): v128 {
  const next = mixed(v128.load(slot), g, rate, rest, tiny());
  v128.store(slot, next);
  return next;
}

/** (x + velocityFactor · velocity) + gradientFactor · g */
// @ts-ignore: decorator
@inline
export function moved(x: v128, velocity: v128, g: v128, velocityFactor: v128, gradientFactor: v128): v128 {
  return fma(gradientFactor, g, fma(velocityFactor, velocity, x));
}

/** Momentum without decay and Nesterov. */
// @ts-ignore: decorator
@inline
export function isClassical(control: usize): bool {
  return load<f32>(control, 4) == 0 && load<f32>(control, 12) == 1 && load<f32>(control, 16) == 0;
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
