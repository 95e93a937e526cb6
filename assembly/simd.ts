// The one place that knows which vector instructions a variant may use.

/** Rows of the tallest tile that leaves V8 no spill: mul+add needs a temporary that a fused multiply-add does not. */
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
 * A constant that is made once: in a register, or on the stack. V8 builds others anew at every use, by three instructions.
 * It cannot know that memory never has 2^17 pages.
 */
// @ts-ignore: decorator
@inline
export function kept(x: f32): v128 {
  return i32x4.splat(reinterpret<i32>(x) | (memory.size() >> 17));
}

/** a · b + c: one rounding in `relaxed` on machines with FMA, two in `base`. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** x below `low` becomes `low`; NaN stays NaN. One instruction, unlike f32x4.max. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128): v128 {
  return f32x4.pmax(x, low);
}

/** Panels, or blocks of eight rows, that a tile takes when `left` are left: `wide` fuses two. */
// @ts-ignore: decorator
@inline
export function panelsAtOnce(left: usize): usize {
  return WIDE && left > 1 ? 2 : 1;
}

/** Lane sum in a fixed order: (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Largest lane; any NaN lane may be lost. */
// @ts-ignore: decorator
@inline
export function maxLanes(x: v128): f32 {
  const pairs = f32x4.pmax(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** All bits set in the lanes whose column, counted from `first`, is below `count`. */
// @ts-ignore: decorator
@inline
export function laneMask(first: usize, count: usize): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(<i32>first), i32x4(0, 1, 2, 3)), i32x4.splat(<i32>count));
}

/** `a` in the lanes that are set in `mask`, else `b`. */
// @ts-ignore: decorator
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/**
 * Height of the next tile when `rows` are left: full tiles, then the last two share what remains, or the last three where two
 * would be so low that one of them had too few chains to keep the multipliers busy.
 */
// @ts-ignore: decorator
@inline
export function tileHeight(rows: usize): usize {
  if (rows == 2 * TILE + 1) return TILE - 1;
  if (rows >= 2 * TILE || rows == TILE) return TILE;
  return rows > TILE ? (rows + 1) >> 1 : rows;
}

/** Tiles of that height, one after the other, before the next height comes. */
// @ts-ignore: decorator
@inline
export function tileCount(rows: usize): usize {
  if (rows <= 2 * TILE + 1) return rows == 2 * TILE ? 2 : 1;
  const rest = rows % TILE;
  return rows / TILE - (rest > 1 ? 1 : 2 * rest);
}
