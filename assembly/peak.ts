// Measures the vector units alone: twelve independent chains of multiply-adds that touch no memory. Built on its own
// for the benchmarks and shipped with nothing.
import { fma } from './simd';

/** Floating-point operations of one round. */
export const FLOPS_PER_ROUND: i32 = 12 * 4 * 2;

/** Runs `rounds` rounds; the result keeps them from being optimised away. */
export function peak(rounds: i32, factor: f32): f32 {
  const a = f32x4.splat(factor);
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
  const b = f32x4.splat(factor * 0.5);
  for (let i = 0; i < rounds; i++) {
    c0 = fma(a, b, c0);
    c1 = fma(a, b, c1);
    c2 = fma(a, b, c2);
    c3 = fma(a, b, c3);
    c4 = fma(a, b, c4);
    c5 = fma(a, b, c5);
    c6 = fma(a, b, c6);
    c7 = fma(a, b, c7);
    c8 = fma(a, b, c8);
    c9 = fma(a, b, c9);
    c10 = fma(a, b, c10);
    c11 = fma(a, b, c11);
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
