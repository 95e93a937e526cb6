// Small helpers on vectors of four float32, and the sizes of tiles. The only file that knows which vector
// instructions a variant may use; functions on whole arrays are elsewhere.

/**
 * Rows of the tallest tile that V8 compiles without spills: mul + add needs a temporary that a fused
 * multiply-add does not.
 */
export const TILE: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/**
 * Columns of a weight panel.
 * @abi
 */
export const PANEL: usize = 8;

/**
 * Bytes of one row of a weight panel.
 * @abi
 */
export const PANEL_BYTES: usize = 32;

/**
 * Splats a constant once, into a register or onto the stack. V8 rebuilds other constants at every use, in
 * three instructions; this one depends on the size of memory, and V8 cannot know that there are never 2^17
 * pages.
 */
// @ts-ignore: decorator
@inline
export function splatOnce(x: f32): v128 {
  return i32x4.splat(reinterpret<i32>(x) | (memory.size() >> 17));
}

/** a · b + c: one rounding in `relaxed` on machines with FMA, two in `base`. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** max(x, low), where NaN stays NaN. One instruction, unlike f32x4.max. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128): v128 {
  return f32x4.pmax(x, low);
}

/** Panels, or blocks of eight rows, in the next tile when `left` remain: `wide` fuses two. */
// @ts-ignore: decorator
@inline
export function panelsAtOnce(left: usize): usize {
  return WIDE && left > 1 ? 2 : 1;
}

/** Sum of the lanes, in a fixed order: (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Maximum of the lanes; NaN in a lane may be lost. */
// @ts-ignore: decorator
@inline
export function maxLanes(x: v128): f32 {
  const pairs = f32x4.pmax(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** A mask with all bits set in the lanes whose column, counted from `first`, is below `count`. */
// @ts-ignore: decorator
@inline
export function laneMask(first: usize, count: usize): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(<i32>first), i32x4(0, 1, 2, 3)), i32x4.splat(<i32>count));
}

/** `a` in the lanes where `mask` is set, else `b`. */
// @ts-ignore: decorator
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/**
 * Rows of the next tile when `rows` remain: full tiles, then the last two share the rest. The last three do
 * where one of two would be so low that it had too few chains to keep the multipliers busy.
 */
// @ts-ignore: decorator
@inline
export function tileHeight(rows: usize): usize {
  if (rows == 2 * TILE + 1) return TILE - 1;
  if (rows >= 2 * TILE || rows == TILE) return TILE;
  return rows > TILE ? (rows + 1) >> 1 : rows;
}

/** Count of tiles of that height before the next height comes. */
// @ts-ignore: decorator
@inline
export function tileCount(rows: usize): usize {
  if (rows <= 2 * TILE + 1) return rows == 2 * TILE ? 2 : 1;
  const rest = rows % TILE;
  return rows / TILE - (rest > 1 ? 1 : 2 * rest);
}
