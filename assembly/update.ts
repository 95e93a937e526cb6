// Parts of the update rules. The formulas stand in scripts/kernels/rules.mjs; generated/update.ts is made
// from them: it takes a gradient in memory, and changes weights and optimizer slots in place.
//
// Every parameter has a record that says how it is updated: src/network/updates.ts plans it, and the host
// writes its scalars before every step. Kernels take the weights apart from it, since threads must know what
// is written. Slots below 2^-100 in magnitude become 0: moments of rarely used weights would otherwise stay
// denormal and slow.
import { fma } from './simd';

/** What stands in a parameter's record: its words, of 4 bytes each. @static */
export const enum RecordWord {
  /** A RuleCode. */
  rule,
  /** 1 if the gradient goes through `regularize` and `adjust` before the rule (penalty.ts). */
  prepare,
  /** Bytes from the weights to each slot. */
  slot0,
  slot1,
  slot2,
  /** What `regularize` and `adjust` read. */
  l2,
  l1,
  clipValue,
  /** Factor of the gradient: less than 1 where its norm is clipped. */
  gradientFactor,
  /** Factor of the weight: 1 − learningRate · weightDecay. */
  keep,
  /** Scalars of the rule in the order of its table: the learning rate, decay (L2, 0 if prepared), others. */
  scalars = 16,
  end = 32,
}

/** 2^-100 */
export const TINY: f32 = 7.888609052210118e-31;

// @ts-ignore: decorator
@inline
export function ruleOf(parameter: usize): i32 {
  return load<i32>(parameter, RecordWord.rule << 2);
}

// @ts-ignore: decorator
@inline
export function isPrepared(parameter: usize): bool {
  return load<i32>(parameter, RecordWord.prepare << 2) != 0;
}

/** True if gradients are not changed by weights: neither prepared, nor by L2. */
// @ts-ignore: decorator
@inline
export function isPlain(parameter: usize): bool {
  return !isPrepared(parameter) && load<f32>(parameter, (RecordWord.scalars + 1) << 2) == 0;
}

/** x, or 0 where |x| < `threshold`, which is 2^-100; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flush(x: v128, threshold: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), threshold));
}

/** rate · slot + rest · g, flushed. */
// @ts-ignore: decorator
@inline
export function mixed(slot: v128, g: v128, rate: v128, rest: v128, threshold: v128): v128 {
  return flush(fma(rest, g, f32x4.mul(rate, slot)), threshold);
}

/** rate · slot + rest · g², flushed: never below 0, so no need of its magnitude. */
// @ts-ignore: decorator
@inline
export function mixedSquare(slot: v128, g: v128, rate: v128, rest: v128, threshold: v128): v128 {
  const next = fma(rest, f32x4.mul(g, g), f32x4.mul(rate, slot));
  return v128.andnot(next, f32x4.lt(next, threshold));
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
export function isClassical(parameter: usize): bool {
  const scalars = parameter + (RecordWord.scalars << 2);
  return load<f32>(scalars, 4) == 0 && load<f32>(scalars, 12) == 1 && load<f32>(scalars, 16) == 0;
}
