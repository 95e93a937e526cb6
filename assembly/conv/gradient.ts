// Gradients of a convolution. Every element of the filters' gradient is one chain: image by image, and within an image
// pixel by pixel of the output (of the pooled output, where pooling is fused).
import { PANEL, PANEL_BYTES, TILE } from '../simd';
import { convGradientTile, depthwiseGradientTile, tapsTile } from '../generated/conv';
import {
  basesOf,
  bordered,
  borderedBytes,
  clearBorder,
  depthOf,
  filtersOf,
  firstLane,
  groupBytesOf,
  groupsOf,
  lastLane,
  offsetsOf,
  pixelsOf,
  pooledColumnsOf,
  pooledLinesOf,
  windowFloatsOf,
  windowLinesOf,
  windowPitchOf,
} from './shape';

/**
 * g (panels, like the filters) = gradient of the filters, positions [begin, end) of all panels one after another.
 * `scratch`: the bordered image, then the delta of one panel (pixels · 8 float32).
 */
export function convGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  begin: usize,
  end: usize,
): void {
  const depth = depthOf(shape);
  const packed = scratch + borderedBytes(shape);
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let at = begin; at < end;) {
      const p = at / depth;
      const k = at - p * depth;
      const next = min(end, (p + 1) * depth);
      panelGradient(g + at * PANEL_BYTES, image, delta, shape, packed, p, k, k + next - at, row == 0);
      at = next;
    }
    x += xStride;
    delta += deltaStride;
  }
}

/** Positions [begin, end) of one panel, one image. */
function panelGradient(
  g: usize,
  image: usize,
  delta: usize,
  shape: usize,
  packed: usize,
  p: usize,
  begin: usize,
  end: usize,
  fresh: bool,
): void {
  const perGroup = filtersOf(shape) / groupsOf(shape);
  const last = min(filtersOf(shape), (p + 1) * PANEL);
  let first = fresh;
  for (let group = (p * PANEL) / perGroup; group * perGroup < last; group++) {
    const from = firstLane(p, group * perGroup);
    const to = lastLane(p, min(last, (group + 1) * perGroup));
    const whole = to - from == PANEL;
    if (!whole) packLanes(packed, delta + p * PANEL_BYTES, shape, from, to);
    positionTiles(
      g,
      image + group * groupBytesOf(shape),
      whole ? delta + p * PANEL_BYTES : packed,
      whole ? filtersOf(shape) << 2 : PANEL_BYTES,
      shape,
      begin,
      end,
      first,
    );
    first = false;
  }
}

// @ts-ignore: decorator
@inline
function positionTiles(
  g: usize,
  image: usize,
  delta: usize,
  deltaStride: usize,
  shape: usize,
  begin: usize,
  end: usize,
  fresh: bool,
): void {
  const tiles = (end - begin + TILE - 1) / TILE;
  for (let tile: usize = 0; tile < tiles; tile++) {
    const from = ((end - begin) * tile) / tiles;
    const to = ((end - begin) * (tile + 1)) / tiles;
    convGradientTile(
      <i32>(to - from),
      g + from * PANEL_BYTES,
      image,
      basesOf(shape),
      offsetsOf(shape) + ((begin + from) << 2),
      pixelsOf(shape),
      delta,
      deltaStride,
      fresh,
    );
  }
}

/** packed[pixel][8] = the lanes [from, to) of delta, 0 in the others: they belong to other groups, or to nobody. */
function packLanes(packed: usize, delta: usize, shape: usize, from: usize, to: usize): void {
  const stride = filtersOf(shape) << 2;
  for (const end = packed + pixelsOf(shape) * PANEL_BYTES; packed < end; packed += PANEL_BYTES) {
    v128.store(packed, f32x4.splat(0));
    v128.store(packed, f32x4.splat(0), 16);
    for (let lane = from << 2; lane < to << 2; lane += 4) {
      store<f32>(packed + lane, load<f32>(delta + lane));
    }
    delta += stride;
  }
}

/**
 * The same where every channel has one filter of its own. Reads up to 28 bytes behind an image whose channels are no
 * multiple of 8: what the delta lacks there is 0.
 */
export function depthwiseGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  panelBegin: usize,
  panelEnd: usize,
): void {
  const depth = depthOf(shape);
  const filters = filtersOf(shape);
  const packed = scratch + borderedBytes(shape);
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let p = panelBegin; p < panelEnd; p++) {
      const at = p * PANEL_BYTES;
      const last = lastLane(p, filters);
      if (last != PANEL) packLanes(packed, delta + at, shape, 0, last);
      for (let k: usize = 0; k < depth; k += TILE) {
        depthwiseGradientTile(
          <i32>min(TILE, depth - k),
          g + (p * depth + k) * PANEL_BYTES,
          image + at,
          basesOf(shape),
          offsetsOf(shape) + (k << 2),
          pixelsOf(shape),
          last == PANEL ? delta + at : packed,
          last == PANEL ? filters << 2 : PANEL_BYTES,
          row == 0,
        );
      }
    }
    x += xStride;
    delta += deltaStride;
  }
  const rest = filters & 7;
  if (rest == 0 || panelEnd * PANEL < filters) return;
  // Lanes of nobody have met what lies behind the image.
  for (let at = g + (panelEnd - 1) * depth * PANEL_BYTES; at < g + panelEnd * depth * PANEL_BYTES; at += 32) {
    for (let lane = rest; lane < PANEL; lane++) store<f32>(at + (lane << 2), 0);
  }
}

/** Floats that a window's line takes in the sums below. */
// @ts-ignore: decorator
@inline
function paddedFloats(shape: usize): usize {
  return (windowFloatsOf(shape) + 3) & ~3;
}

/**
 * The gradient where only the maxima of pooling have a delta: filters [filterBegin, filterEnd) of it, the first a multiple
 * of 4. What is not 0 becomes a list for every filter, and its taps stay in registers while the list goes by. `picks` tells
 * where the window of each maximum begins.
 *
 * `scratch`: the bordered image, then where the lists end, lists
 * [4][pooled pixels]{delta, pick}, and sums [filters][lines of a window][floats of a line, padded to 4]. Reads up to 12 bytes behind a window's line; what comes of them is dropped.
 */
export function convPoolGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  picks: usize,
  rows: usize,
  shape: usize,
  scratch: usize,
  filterBegin: usize,
  filterEnd: usize,
): void {
  const ends = scratch + borderedBytes(shape);
  const lists = ends + 16;
  const step = filtersOf(shape) << 2;
  const listBytes = (pooledLinesOf(shape) * pooledColumnsOf(shape)) << 3;
  const sums = lists + ((4 * listBytes + 15) & ~15);
  const sumBytes = (windowLinesOf(shape) * paddedFloats(shape)) << 2;
  clearBorder(scratch, shape);
  for (let at = sums; at < sums + (filterEnd - filterBegin) * sumBytes; at += 16) {
    v128.store(at, f32x4.splat(0));
  }
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let f = filterBegin; f < filterEnd; f += 4) {
      const count = min<usize>(4, filterEnd - f);
      if (count == 4) listFour(ends, lists, listBytes, picks + (f << 2), delta + (f << 2), step);
      for (let i: usize = 0; i < count && count < 4; i++) {
        const at = (f + i) << 2;
        listOne(ends + (i << 2), lists + i * listBytes, listBytes, picks + at, delta + at, step);
      }
      for (let i: usize = 0; i < count; i++) {
        const list = lists + i * listBytes;
        const end: usize = load<u32>(ends + (i << 2));
        filterGradient(sums + (f + i - filterBegin) * sumBytes, image, list, end, shape);
      }
    }
    x += xStride;
    delta += deltaStride;
    picks += deltaStride;
  }
  for (let f = filterBegin; f < filterEnd; f++) {
    unpackTaps(columnOf(g, f, shape), sums + (f - filterBegin) * sumBytes, shape);
  }
  if (filterEnd < filtersOf(shape)) return;
  for (let f = filterEnd; (f & 7) != 0; f++) {
    const at = columnOf(g, f, shape);
    for (let k: usize = 0; k < depthOf(shape); k++) store<f32>(at + k * PANEL_BYTES, 0);
  }
}

/** Where the column of a filter begins in its panel. */
// @ts-ignore: decorator
@inline
function columnOf(g: usize, f: usize, shape: usize): usize {
  return g + (((f & ~7) * depthOf(shape) + (f & 7)) << 2);
}

/** Appends {delta, pick}, and keeps it if the delta is not 0; where the list ends then. */
// @ts-ignore: decorator
@inline
function append(end: usize, delta: usize, pick: usize): usize {
  const bits = load<u32>(delta);
  store<u32>(end, bits);
  store<u32>(end, load<u32>(pick), 4);
  return end + ((<usize>i32(bits << 1 != 0)) << 3);
}

/** The lists of four filters of one image; `ends` is told where each ends. */
export function listFour(
  ends: usize,
  lists: usize,
  listBytes: usize,
  picks: usize,
  delta: usize,
  step: usize,
): void {
  let a = lists,
    b = lists + listBytes,
    c = lists + 2 * listBytes,
    d = lists + 3 * listBytes;
  for (const end = delta + (listBytes >> 3) * step; delta < end; delta += step) {
    a = append(a, delta, picks);
    b = append(b, delta + 4, picks + 4);
    c = append(c, delta + 8, picks + 8);
    d = append(d, delta + 12, picks + 12);
    picks += step;
  }
  store<u32>(ends, <u32>a);
  store<u32>(ends, <u32>b, 4);
  store<u32>(ends, <u32>c, 8);
  store<u32>(ends, <u32>d, 12);
}

/** The list of one filter. */
function listOne(ends: usize, list: usize, listBytes: usize, picks: usize, delta: usize, step: usize): void {
  let at = list;
  for (const end = delta + (listBytes >> 3) * step; delta < end; delta += step) {
    at = append(at, delta, picks);
    picks += step;
  }
  store<u32>(ends, <u32>at);
}

/** The taps of one filter meet a list: tiles of at most 12 vectors. */
function filterGradient(sums: usize, image: usize, list: usize, end: usize, shape: usize): void {
  const lines = windowLinesOf(shape);
  const pitch = windowPitchOf(shape);
  const sumsPitch = paddedFloats(shape) << 2;
  const vectors = paddedFloats(shape) >> 2;
  for (let v: usize = 0; v < vectors;) {
    const width = min<usize>(4, vectors - v);
    const most: usize = width == 1 ? 6 : width == 2 ? 5 : width == 3 ? 4 : 3;
    for (let line: usize = 0; line < lines;) {
      const height = min(most, lines - line);
      const at = v << 4;
      const to = sums + line * sumsPitch + at;
      tapsTile(<i32>height, <i32>width, to, sumsPitch, image + line * pitch + at, pitch, list, end);
      line += height;
    }
    v += width;
  }
}

// @ts-ignore: decorator
@inline
function unpackTaps(panel: usize, sums: usize, shape: usize): void {
  const floats = windowFloatsOf(shape);
  for (let line: usize = 0; line < windowLinesOf(shape); line++) {
    for (let i: usize = 0; i < floats; i++) {
      store<f32>(panel, load<f32>(sums + (i << 2)));
      panel += PANEL_BYTES;
    }
    sums += paddedFloats(shape) << 2;
  }
}

/**
 * The filters as the gradient of the input convolves with them: turned round, inputs and filters exchanged.
 * turned [channels/8][positions · filters of a group][8], from panels [filters/8][positions · channels of a group][8].
 */
export function turnFilters(
  turned: usize,
  panels: usize,
  positions: usize,
  channels: usize,
  filters: usize,
  groups: usize,
): void {
  const perGroup = filters / groups;
  const inputs = channels / groups;
  const depth = positions * inputs;
  const turnedDepth = positions * perGroup;
  for (let c: usize = 0; c < channels; c++) {
    const group = c / inputs;
    const to = turned + ((c & ~7) * turnedDepth + (c & 7)) * 4;
    for (let position: usize = 0; position < positions; position++) {
      const k = (positions - 1 - position) * inputs + c - group * inputs;
      for (let i: usize = 0; i < perGroup; i++) {
        const f = group * perGroup + i;
        const from = panels + ((f & ~7) * depth + k * PANEL + (f & 7)) * 4;
        store<f32>(to + (position * perGroup + i) * PANEL_BYTES, load<f32>(from));
      }
    }
  }
}

/** out[8 · panels] = sums over the images and pixels of delta, in order: the bias gradient. 0 in the padding. */
export function channelSums(
  out: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const stride = channels << 2;
  const whole = channels & ~7;
  for (let c: usize = 0; c < whole; c += 8) {
    let s = f32x4.splat(0),
      t = f32x4.splat(0);
    for (let row: usize = 0; row < rows; row++) {
      let d = delta + row * deltaStride + (c << 2);
      for (const end = d + pixels * stride; d < end; d += stride) {
        s = f32x4.add(s, v128.load(d));
        t = f32x4.add(t, v128.load(d, 16));
      }
    }
    v128.store(out + (c << 2), s);
    v128.store(out + (c << 2), t, 16);
  }
  for (let c = whole; c < ((channels + 7) & ~7); c++) {
    let sum: f32 = 0;
    for (let row: usize = 0; row < rows && c < channels; row++) {
      let d = delta + row * deltaStride + (c << 2);
      for (const end = d + pixels * stride; d < end; d += stride) sum += load<f32>(d);
    }
    store<f32>(out + (c << 2), sum);
  }
}
