// Peak rate of the vector units: twelve independent chains of multiply-adds that touch no memory. It is built
// for the benchmarks and not shipped.
//
// Each chain is c ← c · a + b. In `base`, a product of two constants would be hoisted out of the loop; this
// one cannot be, and it needs no temporary, so that twelve chains, a and b stay in registers in both
// variants. a and b come from memory because V8 would rebuild constants in every round.
import { fma } from './simd';

/** Floating-point operations of one round. */
export const FLOPS_PER_ROUND: i32 = 12 * 4 * 2;

/** Runs `rounds` rounds. factors: [2], a and b. The result keeps the chains from being optimised away. */
export function peak(rounds: i32, factors: usize): f32 {
  const a = v128.load32_splat(factors);
  const b = v128.load32_splat(factors, 4);
  let c0 = f32x4.splat(1),
    c1 = f32x4.splat(2),
    c2 = f32x4.splat(3),
    c3 = f32x4.splat(4);
  let c4 = f32x4.splat(5),
    c5 = f32x4.splat(6),
    c6 = f32x4.splat(7),
    c7 = f32x4.splat(8);
  let c8 = f32x4.splat(9),
    c9 = f32x4.splat(10),
    c10 = f32x4.splat(11),
    c11 = f32x4.splat(12);
  for (let i = 0; i < rounds; i++) {
    c0 = fma(c0, a, b);
    c1 = fma(c1, a, b);
    c2 = fma(c2, a, b);
    c3 = fma(c3, a, b);
    c4 = fma(c4, a, b);
    c5 = fma(c5, a, b);
    c6 = fma(c6, a, b);
    c7 = fma(c7, a, b);
    c8 = fma(c8, a, b);
    c9 = fma(c9, a, b);
    c10 = fma(c10, a, b);
    c11 = fma(c11, a, b);
  }
  const sum = f32x4.add(
    f32x4.add(
      f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)),
      f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)),
    ),
    f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11)),
  );
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 3);
}
