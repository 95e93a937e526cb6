/**
 * Returns 1 if all values [length] are finite, else 0: the exponents of NaN and infinities have all bits set.
 */
export function allFinite(values: usize, length: u32): u32 {
  const magnitude = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = values + 4 * length;
  const whole = values + 64 * (length / 16);
  for (; values < whole; values += 64) {
    a = i32x4.max_s(a, v128.and(magnitude, v128.load(values)));
    b = i32x4.max_s(b, v128.and(magnitude, v128.load(values, 16)));
    c = i32x4.max_s(c, v128.and(magnitude, v128.load(values, 32)));
    d = i32x4.max_s(d, v128.and(magnitude, v128.load(values, 48)));
  }
  for (; values < end; values += 4) {
    a = i32x4.max_s(a, v128.and(magnitude, v128.load32_splat(values)));
  }
  const largest = i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
  return u32(!v128.any_true(i32x4.ge_s(largest, i32x4.splat(0x7f800000))));
}
