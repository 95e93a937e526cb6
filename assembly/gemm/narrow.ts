// Products of layers of one to three units, for which a tile of eight columns would be mostly padding: one
// unit at a time, with rows or inputs in the lanes. The same chains as the tiles, so the same bits. Strides
// in bytes.
import { reluBackward } from '../activation';
import { narrowForward2, narrowForward4, narrowGradientVectors } from '../generated/narrow';
import { fma, PANEL_BYTES } from '../simd';
import { denseForward } from './forward';

/**
 * Most units of a layer that has these products.
 * @abi
 */
export const NARROW_UNITS: usize = 3;

/**
 * Rows of a block, and of one where rows are fewer; fewer still go through the tiles, where as many chains
 * are under way.
 */
const BLOCK: usize = 16;
const MIN_BLOCK: usize = 8;

/** Vectors of a pass over the rows. */
const PASS: usize = 8;

/**
 * y = max(low, x · W + b); the padding of y becomes 0.
 * @writes y @reads x w bias
 * @rows rows by 16: y x
 * @cost 0.08 * rows * depth * units
 */
export function narrowForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  w: usize,
  bias: usize,
  rows: usize,
  depth: usize,
  units: usize,
  low: f32,
): void {
  if (rows < MIN_BLOCK) return denseForward(y, yStride, x, xStride, w, bias, rows, depth, 0, 1, low);
  for (let row: usize = 0; row < rows; row++) {
    v128.store(y + row * yStride, f32x4.splat(0));
    v128.store(y + row * yStride, f32x4.splat(0), 16);
  }
  const block = rows < BLOCK ? MIN_BLOCK : BLOCK;
  for (let row: usize = 0; row < rows; row += block) {
    // The last block begins so early that it is whole: some rows are computed twice.
    const first = min(row, rows - block);
    for (let unit: usize = 0; unit < units; unit++) {
      const column = unit << 2;
      const to = y + first * yStride + column;
      const from = x + first * xStride;
      if (block == BLOCK) narrowForward4(to, yStride, from, xStride, w + column, depth, bias + column, low);
      else narrowForward2(to, yStride, from, xStride, w + column, depth, bias + column, low);
    }
  }
}

/**
 * Inputs [begin, end) of g (one panel) = xᵀ · delta, or += if not `fresh`. Padding of g stays. Rows of x are
 * readable up to whole vectors.
 * @writes g @reads x delta
 * @range begin by 32
 * @cost 0.05 * rows * units * (end - begin)
 */
export function narrowGradient(
  g: usize,
  x: usize,
  xStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  units: usize,
  begin: usize,
  end: usize,
  fresh: bool,
): void {
  for (let k = begin; k < end;) {
    const vectors = (end - k + 3) >> 2;
    const passes = (vectors + PASS - 1) / PASS;
    const width = (vectors + passes - 1) / passes;
    const lanes = min<usize>(4, end - k - ((width - 1) << 2));
    for (let unit: usize = 0; unit < units; unit++) {
      const column = unit << 2;
      const to = g + k * PANEL_BYTES + column;
      const from = x + (k << 2);
      narrowGradientVectors(
        <i32>width,
        to,
        from,
        xStride,
        delta + column,
        deltaStride,
        rows,
        fresh,
        <i32>lanes,
      );
    }
    k += width << 2;
  }
}

/**
 * dx = delta · Wᵀ. Unless `y` is 0: only where y > 0, which is the slope of a relu from its output; else 0.
 * `scratch` holds (units + 1) · depth (padded to 8) float32. Columns of padding become 0.
 * @writes dx @reads w delta y
 * @rows rows by 8: dx delta y
 * @cost 0.12 * rows * depth * units
 */
export function narrowInputGradient(
  dx: usize,
  dxStride: usize,
  w: usize,
  delta: usize,
  deltaStride: usize,
  scratch: usize,
  rows: usize,
  depth: usize,
  units: usize,
  y: usize,
  yStride: usize,
): void {
  const width = ((depth + 7) & ~7) << 2;
  for (let unit: usize = 0; unit < units; unit++) {
    const line = scratch + unit * width;
    v128.store(line + width - 32, f32x4.splat(0));
    v128.store(line + width - 16, f32x4.splat(0));
    for (let k: usize = 0; k < depth; k++) {
      store<f32>(line + (k << 2), load<f32>(w + k * PANEL_BYTES + (unit << 2)));
    }
  }
  if (y == 0) {
    y = scratch + units * width;
    yStride = 0;
    for (let i: usize = 0; i < width; i += 16) v128.store(y + i, f32x4.splat(1));
  }
  for (let row: usize = 0; row < rows; row++) {
    if (units == 1) scaledLine(dx, scratch, width, delta, y);
    else sumOfLines(dx, scratch, width, delta, y, units);
    dx += dxStride;
    delta += deltaStride;
    y += yStride;
  }
}

// @ts-ignore: decorator
@inline
function scaledLine(dx: usize, line: usize, width: usize, delta: usize, y: usize): void {
  const zero = f32x4.splat(0),
    scale = v128.load32_splat(delta);
  for (let i: usize = 0; i < width; i += 32) {
    v128.store(dx + i, reluBackward(fma(v128.load(line + i), scale, zero), v128.load(y + i)));
    v128.store(dx + i, reluBackward(fma(v128.load(line + i, 16), scale, zero), v128.load(y + i, 16)), 16);
  }
}

// @ts-ignore: decorator
@inline
function sumOfLines(dx: usize, line: usize, width: usize, delta: usize, y: usize, units: usize): void {
  const first = v128.load32_splat(delta),
    second = v128.load32_splat(delta, 4),
    third = units > 2 ? v128.load32_splat(delta, 8) : f32x4.splat(0);
  for (let i: usize = 0; i < width; i += 16) {
    const at = line + i;
    let s = fma(v128.load(at), first, f32x4.splat(0));
    s = fma(v128.load(at + width), second, s);
    if (units > 2) s = fma(v128.load(at + 2 * width), third, s);
    v128.store(dx + i, reluBackward(s, v128.load(y + i)));
  }
}
