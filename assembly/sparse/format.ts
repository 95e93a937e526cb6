// Makes CSR and CSC of what is not 0. The products with them are in forward.ts, gradient.ts and delta.ts.
//
//   CSR:  rowOffsets[row] → {k · 32 (bytes into a panel), value} …      one more offset marks the end
//   CSC:  columnOffsets[k] → {row · deltaStride, value} …               begin and end; rows ascending
//
// Offsets are uint32 addresses, entries 8 bytes.
import { PANEL_BYTES } from '../simd';

/**
 * Appends those of four values whose bits are set in `mask`, without a branch: which value is 0 is not
 * predictable. Returns where the next entry goes; one may have been written there.
 */
// @ts-ignore: decorator
@inline
function appendFour(entries: usize, values: v128, places: v128, mask: usize): usize {
  const first = v128.shuffle<i32>(places, values, 0, 4, 1, 5);
  const second = v128.shuffle<i32>(places, values, 2, 6, 3, 7);
  v128.store64_lane(entries, first, 0);
  entries += (mask & 1) << 3;
  v128.store64_lane(entries, first, 1);
  entries += (mask & 2) << 2;
  v128.store64_lane(entries, second, 0);
  entries += (mask & 4) << 1;
  v128.store64_lane(entries, second, 1);
  return entries + (mask & 8);
}

/** The places of inputs from `i` on in a panel. */
// @ts-ignore: decorator
@inline
function placesFrom(i: usize): v128 {
  return i32x4.add(i32x4.splat(<i32>(i * PANEL_BYTES)), i32x4(0, 32, 64, 96));
}

// @ts-ignore: decorator
@inline
function appendOne(entries: usize, i: usize, value: f32): usize {
  store<u32>(entries, <u32>(i * PANEL_BYTES));
  store<f32>(entries, value, 4);
  return entries + ((<usize>(value != 0)) << 3);
}

/**
 * CSR of bytes: data[indices[row]] · (high + low), as gatherBytes. There has to be room for entries of
 * all values.
 * @writes rowOffsets entries @reads data indices
 * @cost 0.4 * features * rows
 */
export function bytesToCsr(
  rowOffsets: usize,
  entries: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
  high: f32,
  low: f32,
): void {
  const highs = f32x4.splat(high),
    lows = f32x4.splat(low),
    zero = i8x16.splat(0);
  const whole = features & ~15;
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(rowOffsets + (row << 2), <u32>entries);
    const from = data + <usize>load<u32>(indices + (row << 2)) * features;
    for (let i: usize = 0; i < whole; i += 16) {
      let mask = <usize>i8x16.bitmask(i8x16.ne(v128.load(from + i), zero));
      for (let j = i; mask != 0; j += 4) {
        const bytes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from + j)));
        const value = f32x4.convert_i32x4_s(bytes);
        const scaled = f32x4.add(f32x4.mul(value, highs), f32x4.mul(value, lows));
        entries = appendFour(entries, scaled, placesFrom(j), mask);
        mask >>= 4;
      }
    }
    for (let i = whole; i < features; i++) {
      const value = <f32>load<u8>(from + i);
      entries = appendOne(entries, i, value * high + value * low);
    }
  }
  store<u32>(rowOffsets + (rows << 2), <u32>entries);
}

/** Which of four values are not 0, as words of ones. */
// @ts-ignore: decorator
@inline
function nonZero(from: usize): v128 {
  return f32x4.ne(v128.load(from), f32x4.splat(0));
}

/** Which of 16 values are not 0, a bit each. */
// @ts-ignore: decorator
@inline
function bitsOf(at: usize): u64 {
  const first = i16x8.narrow_i32x4_s(nonZero(at), nonZero(at + 16));
  const second = i16x8.narrow_i32x4_s(nonZero(at + 32), nonZero(at + 48));
  return <u64>(<u32>i8x16.bitmask(i8x16.narrow_i16x8_s(first, second)));
}

/** Writes the value of the lowest bit as an entry; without a bit, one that the next entry overwrites. */
// @ts-ignore: decorator
@inline
function writeLowest(entry: usize, from: usize, i: usize, bits: u64): void {
  const j = (<usize>ctz(bits)) & 63;
  store<u32>(entry, <u32>((i + j) * PANEL_BYTES));
  store<u32>(entry, load<u32>(from + (j << 2)), 4);
}

/** Appends the values at `from` whose bits are set, by fours: one unpredictable branch for four. */
// @ts-ignore: decorator
@inline
function appendBits(entries: usize, from: usize, i: usize, bits: u64): usize {
  const end = entries + ((<usize>popcnt(bits)) << 3);
  for (; entries < end; entries += 32) {
    writeLowest(entries, from, i, bits);
    bits &= bits - 1;
    writeLowest(entries + 8, from, i, bits);
    bits &= bits - 1;
    writeLowest(entries + 16, from, i, bits);
    bits &= bits - 1;
    writeLowest(entries + 24, from, i, bits);
    bits &= bits - 1;
  }
  return end;
}

/**
 * CSR of float32 rows, `stride` bytes apart. −0 counts as zero. There has to be room for entries of all
 * values.
 * @writes rowOffsets entries @reads data indices
 * @cost 0.4 * features * rows
 */
export function floatsToCsr(
  rowOffsets: usize,
  entries: usize,
  data: usize,
  stride: usize,
  features: usize,
  indices: usize,
  rows: usize,
): void {
  const whole = features & ~15;
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(rowOffsets + (row << 2), <u32>entries);
    const from = data + <usize>load<u32>(indices + (row << 2)) * stride;
    let i: usize = 0;
    for (; i + 64 <= whole; i += 64) {
      const at = from + (i << 2);
      const low = bitsOf(at) | (bitsOf(at + 64) << 16);
      const high = bitsOf(at + 128) | (bitsOf(at + 192) << 16);
      entries = appendBits(entries, at, i, low | (high << 32));
    }
    for (; i < whole; i += 16) entries = appendBits(entries, from + (i << 2), i, bitsOf(from + (i << 2)));
    for (; i < features; i++) entries = appendOne(entries, i, load<f32>(from + (i << 2)));
  }
  store<u32>(rowOffsets + (rows << 2), <u32>entries);
}

/** The first of the entries [from, end) of a row whose place is not before `limit`. */
function entryFrom(from: usize, end: usize, limit: u32): usize {
  let length = (end - from) >> 3;
  while (length > 0) {
    const half = (length + 1) >> 1;
    // The first `half` entries all lie before the limit if the last of them does.
    from = load<u32>(from + (half << 3) - 8) < limit ? from + (half << 3) : from;
    length -= half;
  }
  return from;
}

/**
 * CSC of columns [begin, end) from CSR. With `slot`, every column has so many bytes of its own; else
 * they are counted first, and lie one behind the other.
 * @writes columnOffsets entries @reads rowOffsets
 * @range begin by 16
 * @cost 0.3 * rows * (end - begin)
 * @late
 */
export function csrToCsc(
  columnOffsets: usize,
  entries: usize,
  slot: usize,
  rowOffsets: usize,
  rows: usize,
  inputs: usize,
  deltaStride: usize,
  begin: usize,
  end: usize,
): void {
  const low = <u32>(begin * PANEL_BYTES);
  const high = <u32>(end * PANEL_BYTES);
  const last = end == inputs;
  let place = entries;
  if (slot == 0) {
    memory.fill(columnOffsets + (begin << 3), 0, (end - begin) << 3);
    for (let row: usize = 0; row < rows; row++) {
      const from: usize = load<u32>(rowOffsets + (row << 2));
      const to: usize = load<u32>(rowOffsets + (row << 2), 4);
      const first = begin == 0 ? from : entryFrom(from, to, low);
      const behind = last ? to : entryFrom(first, to, high);
      place += first - from;
      for (let e = first; e < behind; e += 8) {
        const at = columnOffsets + (load<u32>(e) >> 2);
        store<u32>(at, load<u32>(at, 4) + 8, 4);
      }
    }
  } else place += begin * slot;
  for (let k = begin; k < end; k++) {
    const at = columnOffsets + (k << 3);
    const size = slot == 0 ? <usize>load<u32>(at, 4) : slot;
    store<u32>(at, <u32>place);
    store<u32>(at, <u32>place, 4);
    place += size;
  }
  let offset: u64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    let e: usize = load<u32>(rowOffsets + (row << 2));
    const to: usize = load<u32>(rowOffsets + (row << 2), 4);
    if (begin > 0) e = entryFrom(e, to, low);
    const behind = last ? to : entryFrom(e, to, high);
    for (; e < behind; e += 8) {
      const entry = load<u64>(e);
      const at = columnOffsets + ((<usize>(<u32>entry)) >> 2);
      const to: usize = load<u32>(at, 4);
      store<u64>(to, (entry & 0xffffffff00000000) | offset);
      store<u32>(at, <u32>to + 8, 4);
    }
    offset += deltaStride;
  }
}

/** Bytes of the offsets of a row (CSR: where it begins) or of a column (CSC: where it begins and ends). */
export const ROW_OFFSET_BYTES: usize = 4;
export const COLUMN_OFFSET_BYTES: usize = 8;

/**
 * Compresses `vectors` vectors of `length` values into `scratch`: offsets, `size` bytes each (one of the two
 * above), then entries {index · step, value} of the non-zeros, with room for all values. Written without a
 * branch: which value is 0 is not predictable.
 */
export function compressVectors(
  scratch: usize,
  from: usize,
  vectors: usize,
  vectorStride: usize,
  length: usize,
  valueStride: usize,
  step: u32,
  size: usize,
): void {
  let entry = scratch + ((vectors * size + 11) & ~7);
  const end = <u32>length * step;
  for (let offsets = scratch; vectors > 0; vectors--) {
    store<u32>(offsets, <u32>entry);
    let at = from;
    for (let index: u32 = 0; index < end; index += step) {
      const value = load<u32>(at);
      store<u64>(entry, ((<u64>value) << 32) | (<u64>index));
      entry += (<usize>(value << 1 != 0)) << 3;
      at += valueStride;
    }
    store<u32>(offsets, <u32>entry, 4);
    offsets += size;
    from += vectorStride;
  }
}
