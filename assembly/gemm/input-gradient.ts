// dx = delta · Wᵀ without transposing W: the weight panels are the broadcast operand, and the small delta is
// transposed instead. Every dx element is one chain over the units, ascending.
//
//   deltaT: [rows/8][units][8] (rows zero-padded)      scratch: [24 inputs][rows padded to 8]
import { PANEL_BYTES, panelsAtOnce, tileHeight } from '../simd';
import { reluBackward } from '../activation';
import { inputGradientHalf, inputGradientTile } from '../generated/input-gradient';
import { inputGradientPair } from '../generated/wide';
import { transposeRows } from './transpose';

/** Inputs of a block, whose products wait in scratch to be transposed back. A multiple of 4. */
const BLOCK: usize = 24;

/**
 * deltaT = delta as [rows/8][units][8], missing rows zero. Strides in bytes.
 * @writes deltaT @reads delta
 * @rows rows by 8: deltaT*4*units delta
 * @cost 0.2 * rows * units
 */
export function transposeDelta(
  deltaT: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  units: usize,
): void {
  for (let row: usize = 0; row < rows; row += 8) {
    const count = min<usize>(8, rows - row);
    const whole = units & ~3;
    for (let unit: usize = 0; unit < whole; unit += 4) {
      const out = deltaT + ((row * units + (unit << 3)) << 2);
      const from = delta + row * deltaStride + (unit << 2);
      transposeRows(out, from, deltaStride, min<usize>(4, count));
      transposeRows(out + 16, from + 4 * deltaStride, deltaStride, count > 4 ? count - 4 : 0);
    }
    for (let unit = whole; unit < units; unit++) {
      const out = deltaT + ((row * units + (unit << 3)) << 2);
      if (count < 8) {
        v128.store(out, f32x4.splat(0));
        v128.store(out, f32x4.splat(0), 16);
      }
      let from = delta + row * deltaStride + (unit << 2);
      for (let i: usize = 0; i < count; i++) {
        store<f32>(out + (i << 2), load<f32>(from));
        from += deltaStride;
      }
    }
  }
}

/**
 * Inputs [begin, end) of dx = delta · Wᵀ; `begin` a multiple of 4. Unless `y` is 0: only where y > 0, which
 * is the slope of a relu from its output; else 0. `scratch` holds 24 · rows (padded to 8) float32.
 * @writes dx @reads panels deltaT y
 * @range begin by 24
 * @cost 0.05 * rows * units * (end - begin)
 */
export function denseInputGradient(
  dx: usize,
  dxStride: usize,
  panels: usize,
  deltaT: usize,
  scratch: usize,
  rows: usize,
  depth: usize,
  units: usize,
  begin: usize,
  end: usize,
  y: usize,
  yStride: usize,
): void {
  const scratchStride = ((rows + 7) & ~7) << 2;
  const panelStride = depth * PANEL_BYTES;
  for (let k = begin; k < end; k += BLOCK) {
    const count = min(BLOCK, end - k);
    for (let row: usize = 0; row < rows;) {
      const blocks = panelsAtOnce((rows - row + 7) >> 3);
      const d = deltaT + ((row * units) << 2);
      for (let i: usize = 0; i < count;) {
        const height = tileHeight(count - i);
        const out = scratch + i * scratchStride + (row << 2);
        const w = panels + (k + i) * PANEL_BYTES;
        if (WIDE && blocks == 2) {
          inputGradientPair(<i32>height, out, scratchStride, w, panelStride, d, units);
        } else if (rows - row <= 4) {
          inputGradientHalf(<i32>height, out, scratchStride, w, panelStride, d, units);
        } else {
          inputGradientTile(<i32>height, out, scratchStride, w, panelStride, d, units);
        }
        i += height;
      }
      row += blocks << 3;
    }
    transposeBack(dx + (k << 2), dxStride, scratch, scratchStride, rows, count);
    if (y != 0) keepActive(dx + (k << 2), dxStride, y + (k << 2), yStride, rows, count);
  }
}

/** dx becomes 0 where y is not above 0. Rows are whole vectors. */
export function keepActive(
  dx: usize,
  dxStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  count: usize,
): void {
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < count << 2; i += 16) {
      v128.store(dx + i, reluBackward(v128.load(dx + i), v128.load(y + i)));
    }
    dx += dxStride;
    y += yStride;
  }
}

/** dx[row][i] = scratch[i][row], four by four; of the last columns no more is stored than there are. */
function transposeBack(
  dx: usize,
  dxStride: usize,
  scratch: usize,
  scratchStride: usize,
  rows: usize,
  count: usize,
): void {
  for (let row: usize = 0; row < rows; row += 4) {
    const height = min<usize>(4, rows - row);
    for (let i: usize = 0; i < count; i += 4) {
      transpose4(
        dx + row * dxStride + (i << 2),
        dxStride,
        scratch + i * scratchStride + (row << 2),
        scratchStride,
        height,
        min<usize>(4, count - i),
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function transpose4(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  height: usize,
  width: usize,
): void {
  const a = v128.load(from),
    b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride),
    d = v128.load(from + 3 * fromStride);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  storeFirst(to, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), width);
  if (height > 1) storeFirst(to + toStride, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7), width);
  if (height < 3) return;
  const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7),
    gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  storeFirst(to + 2 * toStride, v128.shuffle<i32>(ef, gh, 0, 1, 4, 5), width);
  if (height > 3) storeFirst(to + 3 * toStride, v128.shuffle<i32>(ef, gh, 2, 3, 6, 7), width);
}

/** The first `width` lanes. */
// @ts-ignore: decorator
@inline
function storeFirst(to: usize, x: v128, width: usize): void {
  if (width == 4) {
    v128.store(to, x);
    return;
  }
  if (width > 1) v128.store_lane<f64>(to, x, 0);
  if (width == 1) v128.store_lane<f32>(to, x, 0);
  else if (width == 3) v128.store_lane<f32>(to, x, 2, 8);
}
