// The first layer on rows that are mostly zeros. Exact: a zero adds nothing to a chain, so leaving it out changes no bit.
//
//   row lists:     starts[row] → {k · 32 (bytes into a panel), value} …      one more start marks the end
//   column lists:  starts[k]   → {row · deltaStride, value} …                rows ascending
//
// Starts are uint32 addresses, entries 8 bytes.
import {
  sparseAdamPanels,
  sparseForwardPanels,
  sparseMomentumPanels,
  sparseSgdPanels,
  sparseStorePanels,
} from './generated/sparse';
import { PANEL_BYTES } from './simd';
import { RULE_MOMENTUM, RULE_SGD } from './update';

/** Panels of one pass over the lists: twelve accumulators. */
const PASS: usize = 6;

// @ts-ignore: decorator
@inline
function lowBits(count: usize): i32 {
  const bits = <i32>count;
  return (1 << bits) - 1;
}

/** Row lists of bytes: data[indices[row]] · (high + low), as gatherBytes. */
export function listBytes(
  starts: usize,
  entries: usize,
  data: usize,
  features: usize,
  indices: usize,
  rows: usize,
  high: f32,
  low: f32,
): void {
  const zero = i8x16.splat(0);
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(starts + (row << 2), <u32>entries);
    const from = data + <usize>load<u32>(indices + (row << 2)) * features;
    for (let i: usize = 0; i < features; i += 16) {
      let mask = i8x16.bitmask(i8x16.ne(v128.load(from + i), zero));
      if (i + 16 > features) mask &= lowBits(features - i);
      while (mask != 0) {
        const k = i + <usize>ctz(mask);
        const value = <f32>load<u8>(from + k);
        store<u32>(entries, <u32>(k * PANEL_BYTES));
        store<f32>(entries, value * high + value * low, 4);
        entries += 8;
        mask &= mask - 1;
      }
    }
  }
  store<u32>(starts + (rows << 2), <u32>entries);
}

/** Row lists of float32 rows, `stride` bytes apart. −0 counts as zero. */
export function listFloats(
  starts: usize,
  entries: usize,
  data: usize,
  stride: usize,
  features: usize,
  indices: usize,
  rows: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(starts + (row << 2), <u32>entries);
    const from = data + <usize>load<u32>(indices + (row << 2)) * stride;
    for (let i: usize = 0; i < features; i += 4) {
      let mask = i32x4.bitmask(f32x4.ne(v128.load(from + (i << 2)), f32x4.splat(0)));
      if (i + 4 > features) mask &= lowBits(features - i);
      while (mask != 0) {
        const k = i + <usize>ctz(mask);
        store<u32>(entries, <u32>(k * PANEL_BYTES));
        store<u32>(entries, load<u32>(from + (k << 2)), 4);
        entries += 8;
        mask &= mask - 1;
      }
    }
  }
  store<u32>(starts + (rows << 2), <u32>entries);
}

/** Column lists from row lists: count, add up, distribute. `cursors` holds inputs uint32. */
export function listColumns(
  starts: usize,
  entries: usize,
  cursors: usize,
  rowStarts: usize,
  rows: usize,
  inputs: usize,
  deltaStride: usize,
): void {
  memory.fill(cursors, 0, inputs << 2);
  const first: usize = load<u32>(rowStarts);
  const last: usize = load<u32>(rowStarts + (rows << 2));
  for (let e = first; e < last; e += 8) {
    const at = cursors + (load<u32>(e) >> 3);
    store<u32>(at, load<u32>(at) + 8);
  }
  let place = <u32>entries;
  for (let k: usize = 0; k < inputs; k++) {
    const count = load<u32>(cursors + (k << 2));
    store<u32>(starts + (k << 2), place);
    store<u32>(cursors + (k << 2), place);
    place += count;
  }
  store<u32>(starts + (inputs << 2), place);
  let offset: u32 = 0;
  for (let row: usize = 0; row < rows; row++) {
    const end: usize = load<u32>(rowStarts, 4);
    for (let e: usize = load<u32>(rowStarts); e < end; e += 8) {
      const at = cursors + (load<u32>(e) >> 3);
      const to: usize = load<u32>(at);
      store<u32>(to, offset);
      store<u32>(to, load<u32>(e, 4), 4);
      store<u32>(at, <u32>to + 8);
    }
    rowStarts += 4;
    offset += <u32>deltaStride;
  }
}

/** Panels of the next pass when `panels` are left: passes differ by one panel at most. */
// @ts-ignore: decorator
@inline
function passWidth(panels: usize): usize {
  const passes = (panels + PASS - 1) / PASS;
  return (panels + passes - 1) / passes;
}

/** Panels [panelBegin, panelEnd) of y = max(low, x · W + b) for rows given as lists. */
export function sparseForward(
  y: usize,
  yStride: usize,
  starts: usize,
  panels: usize,
  bias: usize,
  rows: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  low: f32,
): void {
  const stride = depth * PANEL_BYTES;
  for (let p = panelBegin; p < panelEnd;) {
    const width = passWidth(panelEnd - p);
    const column = p * PANEL_BYTES;
    sparseForwardPanels(
      <i32>width,
      y + column,
      yStride,
      starts,
      rows,
      panels + p * stride,
      stride,
      bias + column,
      low,
    );
    p += width;
  }
}

/** Updates panels of W by `rule` from column lists: xᵀ · delta, input by input. Plain sgd without decay skips zeros. */
export function sparseGradientUpdate(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  starts: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  control: usize,
): void {
  const stride = depth * PANEL_BYTES;
  for (let p = panelBegin; p < panelEnd;) {
    const width = passWidth(panelEnd - p);
    const at = p * stride;
    const d = delta + p * PANEL_BYTES;
    if (rule == RULE_SGD) {
      const skip = load<f32>(control, 4) == 0;
      sparseSgdPanels(<i32>width, w + at, stride, starts, depth, d, control, skip);
    } else if (rule == RULE_MOMENTUM) {
      sparseMomentumPanels(<i32>width, w + at, slot0 + at, stride, starts, depth, d, control, false);
    } else {
      sparseAdamPanels(<i32>width, w + at, slot0 + at, slot1 + at, stride, starts, depth, d, control, false);
    }
    p += width;
  }
}

/** g (panels, like W) = xᵀ · delta from column lists, or += if not `fresh`. */
export function sparseGradient(
  g: usize,
  starts: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  fresh: bool,
): void {
  const stride = depth * PANEL_BYTES;
  for (let p = panelBegin; p < panelEnd;) {
    const width = passWidth(panelEnd - p);
    sparseStorePanels(<i32>width, g + p * stride, stride, starts, depth, delta + p * PANEL_BYTES, fresh);
    p += width;
  }
}
