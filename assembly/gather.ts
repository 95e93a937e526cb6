// Rows of the resident data set → batch, in the order of `indices` (int32 row numbers). Strides in bytes.

/**
 * x[row] = data[indices[row]] · scale for bytes. The scale comes as high + low with a high part of so few bits that its
 * product with a byte is exact: the host has checked that the sum then rounds as the exact product would.
 */
export function gatherBytes(
  x: usize,
  xStride: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
  high: f32,
  low: f32,
): void {
  const highs = f32x4.splat(high);
  const lows = f32x4.splat(low);
  const whole = features & ~7;
  for (let row: usize = 0; row < rows; row++) {
    const from = data + <usize>load<u32>(indices + (row << 2)) * features;
    const to = x + row * xStride;
    for (let i: usize = 0; i < whole; i += 8) {
      const wide = v128.load_ext<u8>(from + i);
      const first = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(wide));
      const second = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(wide));
      const at = to + (i << 2);
      v128.store(at, f32x4.add(f32x4.mul(first, highs), f32x4.mul(first, lows)));
      v128.store(at, f32x4.add(f32x4.mul(second, highs), f32x4.mul(second, lows)), 16);
    }
    for (let i = whole; i < features; i++) {
      const value = <f32>load<u8>(from + i);
      store<f32>(to + (i << 2), value * high + value * low);
    }
  }
}

/** Words that are copied sooner one by one than by memory.copy. */
const FEW: usize = 24;

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
  if (features <= FEW) {
    for (let row: usize = 0; row < rows; row++) {
      const from = data + <usize>load<u32>(indices + (row << 2)) * bytes;
      for (let i: usize = 0; i < bytes; i += 4) store<u32>(x + i, load<u32>(from + i));
      x += xStride;
    }
    return;
  }
  for (let row: usize = 0; row < rows; row++) {
    memory.copy(x + row * xStride, data + <usize>load<u32>(indices + (row << 2)) * bytes, bytes);
  }
}

/**
 * Row lists (sparse.ts) of rows that are stored as such: `from` has the address of every row's entries, and one more for
 * the end. They are copied, one row behind the other.
 */
export function gatherLists(starts: usize, entries: usize, from: usize, indices: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(starts + (row << 2), <u32>entries);
    const at = from + ((<usize>load<u32>(indices + (row << 2))) << 2);
    const begin: usize = load<u32>(at);
    const end: usize = load<u32>(at, 4);
    for (let e = begin; e < end; e += 8) {
      store<u64>(entries, load<u64>(e));
      entries += 8;
    }
  }
  store<u32>(starts + (rows << 2), <u32>entries);
}
