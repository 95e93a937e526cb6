// Products of layers whose input is often mostly zeros, because relu or dropout made it: by lists of what is not 0
// (sparse.ts) where that is little, dense where it is not. Decided anew for every batch; the bits are the same.
//
//   scratch:  starts (uint32, one more than there are lists) | entries (8 bytes each)
import { denseForward } from './gemm/forward';
import { denseGradientSweep } from './gemm/gradient';
import { PANEL, PANEL_BYTES } from './simd';
import { sparseForward, sparseGradientSweep } from './sparse';

/**
 * Percent of inputs that are not 0 up to which lists pay, measured at depths from 64 to 4608. Deep panels do not stay in
 * L1 while a row's list is read. Dense products are faster in `relaxed` than in `base`, and faster still in `wide`.
 */
const FORWARD: usize = WIDE ? 20 : ASC_FEATURE_RELAXED_SIMD ? 45 : 60;
const FORWARD_DEEP: usize = WIDE ? 10 : ASC_FEATURE_RELAXED_SIMD ? 30 : 40;
const DEEP: usize = 640;
const GRADIENT: usize = WIDE ? 35 : ASC_FEATURE_RELAXED_SIMD ? 60 : 70;

/** Percent of the inputs for which lists have room, and one more list; as in src/model/active.ts. */
const ROOM: usize = 75;

/** Every so many rows are looked at before lists are made. */
const LOOK: usize = 4;

/** Bytes at the front of the scratch of a sweep that are its own; as SWEEP_FLOATS in src/model/updates.ts. */
const SWEEP_BYTES: usize = 2560 * 4;

/** Whether at most `percent` of x (rows, depth) is not 0, as far as can be seen from some of the rows. */
function isSparse(x: usize, xStride: usize, rows: usize, depth: usize, percent: usize): bool {
  const width = depth & ~3;
  const zero = f32x4.splat(0);
  let zeros = i32x4.splat(0);
  let looked: usize = 0;
  for (let row: usize = 0; row < rows; row += LOOK) {
    const from = x + row * xStride;
    for (let i: usize = 0; i < width; i += 4) {
      zeros = i32x4.sub(zeros, f32x4.eq(v128.load(from + (i << 2)), zero));
    }
    looked += width;
  }
  const count =
    i32x4.extract_lane(zeros, 0) +
    i32x4.extract_lane(zeros, 1) +
    i32x4.extract_lane(zeros, 2) +
    i32x4.extract_lane(zeros, 3);
  return (looked - count) * 100 <= percent * looked;
}

/**
 * Lists {index · step, value} of what is not 0 in `lists` vectors of `length` values, in `scratch`. Written without a branch:
 * nobody can foretell which value is 0. False if there is no room for all.
 */
// @ts-ignore: decorator
@inline
function makeLists(
  scratch: usize,
  from: usize,
  lists: usize,
  listStride: usize,
  length: usize,
  valueStride: usize,
  step: u32,
): bool {
  let entry = scratch + ((((lists + 1) << 2) + 7) & ~7);
  const last = entry + 8 * ((lists * length * ROOM) / 100);
  const end = <u32>length * step;
  for (let starts = scratch; lists > 0; lists--) {
    if (entry > last) return false;
    store<u32>(starts, <u32>entry);
    let at = from;
    for (let index: u32 = 0; index < end; index += step) {
      const value = load<u32>(at);
      store<u64>(entry, ((<u64>value) << 32) | (<u64>index));
      entry += (<usize>(value << 1 != 0)) << 3;
      at += valueStride;
    }
    starts += 4;
    from += listStride;
    store<u32>(starts, <u32>entry);
  }
  return true;
}

/** denseForward, by lists in `scratch` (src/model/active.ts) if x is mostly zeros. */
export function activeForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
  scratch: usize,
): void {
  const most = depth <= DEEP ? FORWARD : FORWARD_DEEP;
  if (
    isSparse(x, xStride, rows, depth, most) &&
    makeLists(scratch, x, rows, xStride, depth, 4, <u32>PANEL_BYTES)
  ) {
    const units = panelEnd * PANEL;
    sparseForward(y, yStride, scratch, panels, bias, rows, depth, panelBegin, panelEnd, low, units);
  } else denseForward(y, yStride, x, xStride, panels, bias, rows, depth, panelBegin, panelEnd, low);
}

/** denseGradientSweep, by lists behind the gradients in `scratch` if x is mostly zeros. */
export function activeGradientSweep(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  slot2: usize,
  scratch: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  control: usize,
  prepare: bool,
): void {
  const lists = scratch + SWEEP_BYTES;
  if (
    isSparse(x, xStride, rows, depth, GRADIENT) &&
    makeLists(lists, x, depth, 4, rows, xStride, <u32>deltaStride)
  ) {
    sparseGradientSweep(
      rule,
      w,
      slot0,
      slot1,
      slot2,
      scratch,
      lists,
      delta,
      depth,
      panelBegin,
      panelEnd,
      panelEnd * PANEL,
      control,
      prepare,
    );
  } else {
    denseGradientSweep(
      rule,
      w,
      slot0,
      slot1,
      slot2,
      scratch,
      x,
      xStride,
      delta,
      deltaStride,
      rows,
      depth,
      panelBegin,
      panelEnd,
      control,
      prepare,
    );
  }
}
