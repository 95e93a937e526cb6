// Rows of the resident data set → batch, in the order of `indices` (int32 row numbers). Strides in bytes.

/** x[row] = data[indices[row]] · scale for bytes: the product is taken in float64 and rounded once. */
export function gatherBytes(
  x: usize,
  xStride: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
  scale: f64,
): void {
  const factor = f64x2.splat(scale);
  const whole = features & ~7;
  for (let row: usize = 0; row < rows; row++) {
    const from = data + <usize>load<u32>(indices + (row << 2)) * features;
    const to = x + row * xStride;
    for (let i: usize = 0; i < whole; i += 8) {
      const wide = v128.load_ext<u8>(from + i);
      scaleFour(to + (i << 2), i32x4.extend_low_i16x8_u(wide), factor);
      scaleFour(to + (i << 2) + 16, i32x4.extend_high_i16x8_u(wide), factor);
    }
    for (let i = whole; i < features; i++) {
      store<f32>(to + (i << 2), <f32>(<f64>load<u8>(from + i) * scale));
    }
  }
}

// @ts-ignore: decorator
@inline
function scaleFour(to: usize, integers: v128, factor: v128): void {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(integers), factor);
  const high = f64x2.mul(
    f64x2.convert_low_i32x4_s(v128.shuffle<i32>(integers, integers, 2, 3, 2, 3)),
    factor,
  );
  v128.store(to, v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5));
}

/** x[row] = data[indices[row]] for 32-bit values: float32 rows, or integer labels with `features` 1. */
export function gatherWords(
  x: usize,
  xStride: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
): void {
  const bytes = features << 2;
  for (let row: usize = 0; row < rows; row++) {
    memory.copy(x + row * xStride, data + <usize>load<u32>(indices + (row << 2)) * bytes, bytes);
  }
}
