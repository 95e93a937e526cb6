// Products of layers of one to three units, for which a tile of eight columns would be mostly padding: one unit at a
// time, with rows or inputs in the lanes. The same chains as the tiles, so the same bits. Strides in bytes.
import { narrowForward1, narrowForward4, narrowGradient1, narrowGradient8 } from '../generated/narrow';
import { clamp, fma, PANEL_BYTES } from '../simd';

/** y = max(low, x · W + b); the padding of y becomes 0. */
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
  for (let row: usize = 0; row < rows; row++) {
    v128.store(y + row * yStride, f32x4.splat(0));
    v128.store(y + row * yStride, f32x4.splat(0), 16);
  }
  const whole = rows & ~3;
  for (let unit: usize = 0; unit < units; unit++) {
    const column = unit << 2;
    for (let row: usize = 0; row < whole;) {
      const to = y + row * yStride + column;
      const from = x + row * xStride;
      if (row + 16 <= rows) {
        narrowForward4(to, yStride, from, xStride, w + column, depth, bias + column, low);
        row += 16;
      } else {
        narrowForward1(to, yStride, from, xStride, w + column, depth, bias + column, low);
        row += 4;
      }
    }
    for (let row = whole; row < rows; row++) {
      store<f32>(
        y + row * yStride + column,
        chain(x + row * xStride, w + column, depth, load<f32>(bias + column), low),
      );
    }
  }
}

/** One element, in lane 0. */
function chain(x: usize, w: usize, depth: usize, start: f32, low: f32): f32 {
  let s = f32x4.splat(start);
  for (let k: usize = 0; k < depth; k++) {
    s = fma(v128.load32_splat(x + (k << 2)), v128.load32_splat(w + (k << 5)), s);
  }
  return f32x4.extract_lane(clamp(s, f32x4.splat(low)), 0);
}

/** Inputs [begin, end) of g (one panel) = xᵀ · delta, or += if not `fresh`; `begin` a multiple of 4. Padding stays. */
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
  for (let unit: usize = 0; unit < units; unit++) {
    const d = delta + (unit << 2);
    for (let k = begin; k < end;) {
      const to = g + k * PANEL_BYTES + (unit << 2);
      const from = x + (k << 2);
      if (k + 32 <= end) {
        narrowGradient8(to, from, xStride, d, deltaStride, rows, fresh);
        k += 32;
      } else if (k + 4 <= end) {
        narrowGradient1(to, from, xStride, d, deltaStride, rows, fresh);
        k += 4;
      } else {
        let s = f32x4.splat(fresh ? 0 : load<f32>(to));
        for (let row: usize = 0; row < rows; row++) {
          s = fma(v128.load32_splat(from + row * xStride), v128.load32_splat(d + row * deltaStride), s);
        }
        store<f32>(to, f32x4.extract_lane(s, 0));
        k++;
      }
    }
  }
}

/** dx = delta · Wᵀ. `scratch` holds units · depth (padded to 4) float32. Columns of padding become 0. */
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
): void {
  const width = ((depth + 3) & ~3) << 2;
  for (let unit: usize = 0; unit < units; unit++) {
    const line = scratch + unit * width;
    v128.store(line + width - 16, f32x4.splat(0));
    for (let k: usize = 0; k < depth; k++) {
      store<f32>(line + (k << 2), load<f32>(w + k * PANEL_BYTES + (unit << 2)));
    }
  }
  for (let row: usize = 0; row < rows; row++) {
    const first = v128.load32_splat(delta),
      second = units > 1 ? v128.load32_splat(delta, 4) : f32x4.splat(0),
      third = units > 2 ? v128.load32_splat(delta, 8) : f32x4.splat(0);
    if (units == 1) {
      for (let i: usize = 0; i < width; i += 16) {
        v128.store(dx + i, fma(v128.load(scratch + i), first, f32x4.splat(0)));
      }
    } else {
      for (let i: usize = 0; i < width; i += 16) {
        const line = scratch + i;
        let s = fma(v128.load(line), first, f32x4.splat(0));
        s = fma(v128.load(line + width), second, s);
        if (units > 2) s = fma(v128.load(line + 2 * width), third, s);
        v128.store(dx + i, s);
      }
    }
    dx += dxStride;
    delta += deltaStride;
  }
}
