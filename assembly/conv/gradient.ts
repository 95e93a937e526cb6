// Gradients of a convolution. Every element of the filters' gradient is one chain: image by image, and within
// an image pixel by pixel of the output (of the pooled output, where pooling is fused).
import { PANEL, PANEL_BYTES, TILE } from '../simd';
import { convGradientTile } from '../generated/conv';
import { bordered, clearBorder, ConvolutionRecord, firstLane, lastLane } from './shape';

/**
 * g (panels, like the filters) = gradient of the filters, positions [begin, end) of all panels one after
 * another; without `fresh` the chains in g go on, image by image. `scratch`: the bordered image, then the
 * delta of one panel (pixels · 8 float32).
 * @writes g @reads x delta
 * @range begin
 * @chain rows: x delta
 * @cost 200 * rows * (end - begin)
 */
export function convGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  shape: ConvolutionRecord,
  scratch: usize,
  begin: usize,
  end: usize,
  fresh: bool,
): void {
  const depth = shape.depth;
  const packed = scratch + shape.borderedBytes;
  clearBorder(scratch, shape);
  for (let row: usize = 0; row < rows; row++) {
    const image = bordered(scratch, x, shape);
    for (let at = begin; at < end;) {
      const p = at / depth;
      const k = at - p * depth;
      const next = min(end, (p + 1) * depth);
      panelGradient(
        g + at * PANEL_BYTES,
        image,
        delta,
        shape,
        packed,
        p,
        k,
        k + next - at,
        fresh && row == 0,
      );
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
  shape: ConvolutionRecord,
  packed: usize,
  p: usize,
  begin: usize,
  end: usize,
  fresh: bool,
): void {
  const perGroup = shape.filters / shape.groups;
  const last = min(shape.filters, (p + 1) * PANEL);
  let first = fresh;
  for (let group = (p * PANEL) / perGroup; group * perGroup < last; group++) {
    const from = firstLane(p, group * perGroup);
    const to = lastLane(p, min(last, (group + 1) * perGroup));
    const whole = to - from == PANEL;
    if (!whole) packLanes(packed, delta + p * PANEL_BYTES, shape, from, to);
    positionTiles(
      g,
      image + group * shape.groupBytes,
      whole ? delta + p * PANEL_BYTES : packed,
      whole ? shape.filters << 2 : PANEL_BYTES,
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
  shape: ConvolutionRecord,
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
      shape.bases,
      shape.offsets + ((begin + from) << 2),
      shape.pixels,
      delta,
      deltaStride,
      fresh,
    );
  }
}

/**
 * packed[pixel][8] = the lanes [from, to) of delta, 0 in the others: they belong to other groups, or are
 * padding.
 */
export function packLanes(
  packed: usize,
  delta: usize,
  shape: ConvolutionRecord,
  from: usize,
  to: usize,
): void {
  const stride = shape.filters << 2;
  for (const end = packed + shape.pixels * PANEL_BYTES; packed < end; packed += PANEL_BYTES) {
    v128.store(packed, f32x4.splat(0));
    v128.store(packed, f32x4.splat(0), 16);
    for (let lane = from << 2; lane < to << 2; lane += 4) {
      store<f32>(packed + lane, load<f32>(delta + lane));
    }
    delta += stride;
  }
}

/**
 * The filters as the gradient of the input convolves with them: rotated by 180°, inputs and filters
 * exchanged. rotated [channels/8][count · filters of a group][8], from panels [filters/8][positions ·
 * channels of a group][8]. `order`: which position comes when (uint32).
 * @writes rotated @reads panels order
 * @cost (count * channels * filters) / groups
 */
export function rotateFilters(
  rotated: usize,
  panels: usize,
  order: usize,
  count: usize,
  positions: usize,
  channels: usize,
  filters: usize,
  groups: usize,
): void {
  const perGroup = filters / groups;
  const inputs = channels / groups;
  const depth = positions * inputs;
  const rotatedDepth = count * perGroup;
  for (let c: usize = 0; c < channels; c++) {
    const group = c / inputs;
    const to = rotated + ((c & ~7) * rotatedDepth + (c & 7)) * 4;
    for (let position: usize = 0; position < count; position++) {
      const k = <usize>load<u32>(order + (position << 2)) * inputs + c - group * inputs;
      for (let i: usize = 0; i < perGroup; i++) {
        const f = group * perGroup + i;
        const from = panels + ((f & ~7) * depth + k * PANEL + (f & 7)) * 4;
        store<f32>(to + (position * perGroup + i) * PANEL_BYTES, load<f32>(from));
      }
    }
  }
}

/**
 * out = sums over the images and pixels of delta, in order, panels [panelBegin, panelEnd): the bias gradient.
 * 0 in the padding. Without `fresh` the sums in out go on.
 * @writes out @reads delta
 * @range panelBegin
 * @chain rows: delta
 * @cost 1.6 * rows * pixels * (panelEnd - panelBegin)
 */
export function channelSums(
  out: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
  panelBegin: usize,
  panelEnd: usize,
  fresh: bool,
): void {
  const stride = channels << 2;
  const begin = panelBegin * PANEL,
    end = panelEnd * PANEL,
    whole = min(end, channels & ~7);
  for (let c = begin; c < whole; c += 8) {
    let s = fresh ? f32x4.splat(0) : v128.load(out + (c << 2)),
      t = fresh ? f32x4.splat(0) : v128.load(out + (c << 2), 16);
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
  for (let c = whole; c < end; c++) {
    let sum: f32 = fresh ? 0 : load<f32>(out + (c << 2));
    for (let row: usize = 0; row < rows && c < channels; row++) {
      let d = delta + row * deltaStride + (c << 2);
      for (const end = d + pixels * stride; d < end; d += stride) sum += load<f32>(d);
    }
    store<f32>(out + (c << 2), sum);
  }
}
