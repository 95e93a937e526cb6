// The first layer on rows that are mostly zeros. Exact: a zero adds nothing to a chain, so leaving it out changes no bit.
//
//   row lists:     starts[row] → {k · 32 (bytes into a panel), value} …      one more start marks the end
//   column lists:  starts[k]   → {row · deltaStride, value} …                rows ascending
//
// Starts are uint32 addresses, entries 8 bytes.
import { sweep } from './gemm/gradient';
import { sparseForwardVectors, sparseSgdVectors, sparseStoreVectors } from './generated/sparse';
import { PANEL_BYTES } from './simd';
import { RULE_SGD } from './update';

/**
 * Vectors of one pass over the lists. Forward, the panels of a wider pass would not stay in L1; mul+add spills from eight on.
 */
const FORWARD_PASS: usize = 7;
const GRADIENT_PASS: usize = ASC_FEATURE_RELAXED_SIMD ? 13 : 7;

/** Inputs whose gradients wait in scratch for their update, seven panels at most. */
const INPUT_BLOCK: usize = 40;

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

/** Lists of columns [begin, end) from row lists: count, add up, distribute. `cursors` holds inputs uint32. */
export function listColumns(
  starts: usize,
  entries: usize,
  cursors: usize,
  rowStarts: usize,
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
  memory.fill(cursors + (begin << 2), 0, (end - begin) << 2);
  for (let row: usize = 0; row < rows; row++) {
    const from: usize = load<u32>(rowStarts + (row << 2));
    const to: usize = load<u32>(rowStarts + (row << 2), 4);
    const first = begin == 0 ? from : entryFrom(from, to, low);
    const behind = last ? to : entryFrom(first, to, high);
    place += first - from;
    for (let e = first; e < behind; e += 8) {
      const at = cursors + (load<u32>(e) >> 3);
      store<u32>(at, load<u32>(at) + 8);
    }
  }
  for (let k = begin; k < end; k++) {
    const count = load<u32>(cursors + (k << 2));
    store<u32>(starts + (k << 2), <u32>place);
    store<u32>(cursors + (k << 2), <u32>place);
    place += count;
  }
  if (last) store<u32>(starts + (inputs << 2), <u32>place);
  let offset: u64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    let e: usize = load<u32>(rowStarts + (row << 2));
    const to: usize = load<u32>(rowStarts + (row << 2), 4);
    if (begin > 0) e = entryFrom(e, to, low);
    const behind = last ? to : entryFrom(e, to, high);
    for (; e < behind; e += 8) {
      const entry = load<u64>(e);
      const at = cursors + ((<usize>(<u32>entry)) >> 3);
      const to: usize = load<u32>(at);
      store<u64>(to, (entry & 0xffffffff00000000) | offset);
      store<u32>(at, <u32>to + 8);
    }
    offset += deltaStride;
  }
}

/** Vectors of the next pass when `left` are left: whole panels, except at the end. */
// @ts-ignore: decorator
@inline
function passWidth(left: usize, most: usize): usize {
  if (left <= most) return left;
  return (left / ((left + most - 1) / most)) & ~1;
}

/** The vectors of panels up to `panelEnd` that hold any of the units. */
// @ts-ignore: decorator
@inline
function vectorEnd(panelEnd: usize, units: usize): usize {
  return min<usize>(panelEnd << 1, (units + 3) >> 2);
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
  units: usize,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, FORWARD_PASS);
    const column = i << 4;
    const w = panels + (i >> 1) * stride;
    sparseForwardVectors(<i32>width, y + column, yStride, starts, rows, w, stride, bias + column, low);
    i += width;
  }
  if (end & 1) clearColumn(y + (end << 4), yStride, rows);
}

/** Padding of the last panel. */
function clearColumn(y: usize, yStride: usize, rows: usize): void {
  for (; rows > 0; rows--) {
    v128.store(y, f32x4.splat(0));
    y += yStride;
  }
}

/** Updates panels of W by `rule` from column lists: xᵀ · delta, through `scratch` (2560 float32) as denseGradientSweep. */
export function sparseGradientSweep(
  rule: i32,
  w: usize,
  slot0: usize,
  slot1: usize,
  slot2: usize,
  scratch: usize,
  starts: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
  control: usize,
  prepare: bool,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  const skips = rule == RULE_SGD && !prepare && load<f32>(control, 4) == 0;
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    const at = (i >> 1) * stride;
    const d = delta + (i << 4);
    if (skips) sparseSgdVectors(<i32>width, w + at, stride, starts, depth, d, control);
    else {
      const panels = (width + 1) >> 1;
      if (width & 1)
        memory.fill(scratch + (panels - 1) * INPUT_BLOCK * PANEL_BYTES, 0, INPUT_BLOCK * PANEL_BYTES);
      for (let k: usize = 0; k < depth; k += INPUT_BLOCK) {
        const count = min(INPUT_BLOCK, depth - k);
        const block = INPUT_BLOCK * PANEL_BYTES;
        sparseStoreVectors(<i32>width, scratch, block, starts + (k << 2), count, d, true);
        for (let p: usize = 0; p < panels; p++) {
          const to = at + p * stride + k * PANEL_BYTES;
          sweep(rule, w, slot0, slot1, slot2, scratch + p * block, to, count << 3, control, prepare);
        }
      }
    }
    i += width;
  }
}

/** g (panels, like W) = xᵀ · delta from column lists, or += if not `fresh`. Padding stays as it is. */
export function sparseGradient(
  g: usize,
  starts: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
  fresh: bool,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    sparseStoreVectors(<i32>width, g + (i >> 1) * stride, stride, starts, depth, delta + (i << 4), fresh);
    i += width;
  }
}
