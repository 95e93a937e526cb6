// Rows of the resident data set → batch, in the order of `indices` (int32 row numbers). Strides in bytes.

/**
 * Bytes behind the last entry of a CSR that kernels may read or write.
 * @abi
 */
export const ENTRY_PADDING: usize = 64;

/** Rows that are prefetched at once. */
const PREFETCHED_ROWS: usize = 32;

/**
 * Reads a word of every cache line of [from, from + bytes). Rows that come in random order have to be fetched
 * from memory: nearly all the time of a gather. Nothing but loads lets many be under way at once. The sum
 * keeps them from being optimised away.
 */
// @ts-ignore: decorator
@inline
function touch(from: usize, bytes: usize): u32 {
  let sum: u32 = load<u8>(from + bytes - 1);
  for (let i: usize = 0; i < bytes; i += 64) sum += load<u8>(from + i);
  return sum;
}

/** Prefetches `rows` rows of `bytes` bytes. */
export function prefetchRows(data: usize, bytes: usize, indices: usize, rows: usize): u32 {
  let sum: u32 = 0;
  for (let i: usize = 0; i < rows; i++)
    sum += touch(data + <usize>load<u32>(indices + (i << 2)) * bytes, bytes);
  return sum;
}

/** Prefetches the stored entries of `rows` rows. */
export function prefetchEntries(from: usize, indices: usize, rows: usize): u32 {
  let sum: u32 = 0;
  for (let i: usize = 0; i < rows; i++) {
    const at = from + ((<usize>load<u32>(indices + (i << 2))) << 2);
    const begin: usize = load<u32>(at);
    sum += touch(begin, max<usize>(1, <usize>load<u32>(at, 4) - begin));
  }
  return sum;
}

/**
 * x[row] = data[indices[row]] · scale for bytes. The scale comes as high + low with a high part of so few
 * bits that its product with a byte is exact: the host has checked that the sum then rounds as the exact
 * product would.
 * @writes x @reads data indices
 * @rows rows by 8: x indices*4
 * @cost rows * (5 + 0.15 * features)
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
    if (row % PREFETCHED_ROWS == 0)
      prefetchRows(data, features, indices + (row << 2), min(PREFETCHED_ROWS, rows - row));
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

/** Words per row up to which a loop copies faster than memory.copy. */
const LOOP_MAX_WORDS: usize = 24;

/**
 * x[row] = data[indices[row]] for 32-bit values: float32 rows, or integer labels with `features` 1.
 * @writes x @reads data indices
 * @rows rows by 8: x indices*4
 * @cost rows * (5 + 0.15 * features)
 */
export function gatherWords(
  x: usize,
  xStride: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
): void {
  const bytes = features << 2;
  if (features <= LOOP_MAX_WORDS) {
    const whole = bytes & ~15;
    for (let row: usize = 0; row < rows; row++) {
      const from = data + <usize>load<u32>(indices + (row << 2)) * bytes;
      for (let i: usize = 0; i < whole; i += 16) v128.store(x + i, v128.load(from + i));
      for (let i = whole; i < bytes; i += 4) store<u32>(x + i, load<u32>(from + i));
      x += xStride;
    }
    return;
  }
  for (let row: usize = 0; row < rows; row++) {
    if (row % PREFETCHED_ROWS == 0)
      prefetchRows(data, bytes, indices + (row << 2), min(PREFETCHED_ROWS, rows - row));
    memory.copy(x + row * xStride, data + <usize>load<u32>(indices + (row << 2)) * bytes, bytes);
  }
}

/** Bytes of the stored entries of `rows` rows. */
function bytesOf(from: usize, indices: usize, rows: usize): usize {
  let bytes: usize = 0;
  for (let i: usize = 0; i < rows; i++) {
    const at = from + ((<usize>load<u32>(indices + (i << 2))) << 2);
    bytes += <usize>load<u32>(at, 4) - <usize>load<u32>(at);
  }
  return bytes;
}

/**
 * CSR (sparse/format.ts) of rows [rowBegin, rowEnd) of a stored CSR: `from` has the address of every
 * row's entries, and one more for the end. They are copied, one row behind the other, in pieces of 64 bytes
 * that may reach into the next row, but not beyond the last, where another thread may be at work.
 * @writes rowOffsets entries @reads from indices
 * @range rowBegin by 4
 * @cost 200 * (rowEnd - rowBegin)
 */
export function gatherCsr(
  rowOffsets: usize,
  entries: usize,
  from: usize,
  indices: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  entries += bytesOf(from, indices, rowBegin);
  const last = entries + bytesOf(from, indices + (rowBegin << 2), rowEnd - rowBegin);
  for (let row = rowBegin; row < rowEnd; row++) {
    if ((row - rowBegin) % PREFETCHED_ROWS == 0)
      prefetchEntries(from, indices + (row << 2), min(PREFETCHED_ROWS, rowEnd - row));
    store<u32>(rowOffsets + (row << 2), <u32>entries);
    const at = from + ((<usize>load<u32>(indices + (row << 2))) << 2);
    let e: usize = load<u32>(at);
    const end: usize = load<u32>(at, 4);
    let to = entries;
    for (; e < end && to + 64 <= last; e += 64) {
      v128.store(to, v128.load(e));
      v128.store(to, v128.load(e, 16), 16);
      v128.store(to, v128.load(e, 32), 32);
      v128.store(to, v128.load(e, 48), 48);
      to += 64;
    }
    for (; e < end; e += 8) {
      store<u64>(to, load<u64>(e));
      to += 8;
    }
    entries += end - <usize>load<u32>(at);
  }
  store<u32>(rowOffsets + (rowEnd << 2), <u32>entries);
}

/**
 * CSR as gatherCsr makes it, but from bytes, stored as k · 256 + byte in 32 bits: half the memory to fetch.
 * The scale is that of gatherBytes. May read 12 bytes beyond the last entry.
 * @writes rowOffsets entries @reads from indices
 * @range rowBegin by 4
 * @cost 160 * (rowEnd - rowBegin)
 */
export function gatherByteCsr(
  rowOffsets: usize,
  entries: usize,
  from: usize,
  indices: usize,
  rowBegin: usize,
  rowEnd: usize,
  high: f32,
  low: f32,
): void {
  const highs = f32x4.splat(high),
    lows = f32x4.splat(low),
    byte = i32x4.splat(255),
    column = i32x4.splat(-32);
  entries += bytesOf(from, indices, rowBegin) << 1;
  const last = entries + (bytesOf(from, indices + (rowBegin << 2), rowEnd - rowBegin) << 1);
  for (let row = rowBegin; row < rowEnd; row++) {
    if ((row - rowBegin) % PREFETCHED_ROWS == 0)
      prefetchEntries(from, indices + (row << 2), min(PREFETCHED_ROWS, rowEnd - row));
    store<u32>(rowOffsets + (row << 2), <u32>entries);
    const at = from + ((<usize>load<u32>(indices + (row << 2))) << 2);
    let e: usize = load<u32>(at);
    const end: usize = load<u32>(at, 4);
    let to = entries;
    for (; e < end && to + 32 <= last; e += 16) {
      const four = v128.load(e);
      const k = v128.and(i32x4.shr_u(four, 3), column);
      const value = f32x4.convert_i32x4_s(v128.and(four, byte));
      const x = f32x4.add(f32x4.mul(value, highs), f32x4.mul(value, lows));
      v128.store(to, v128.shuffle<i32>(k, x, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<i32>(k, x, 2, 6, 3, 7), 16);
      to += 32;
    }
    for (; e < end; e += 4) {
      const one = load<u32>(e);
      const value = <f32>(one & 255);
      store<u32>(to, (one >> 3) & -32);
      store<f32>(to, value * high + value * low, 4);
      to += 8;
    }
    entries += (end - <usize>load<u32>(at)) << 1;
  }
  store<u32>(rowOffsets + (rowEnd << 2), <u32>entries);
}
