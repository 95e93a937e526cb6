// Activations that are not a clamp of the accumulator, and their derivatives from the layer's output.
// Matrices are row-major with a stride in bytes; `columns` counts whole vectors of padding in (multiple of 4).
import { exp4, sigmoid4, tanh4 } from './math';

export const LINEAR: i32 = 0;
export const RELU: i32 = 1;
export const TANH: i32 = 2;
export const SIGMOID: i32 = 3;
export const EXPONENTIAL: i32 = 4;

/** y ← activation(y), in place. */
export function activationForward(kind: i32, y: usize, stride: usize, rows: usize, columns: usize): void {
  const width = columns << 2;
  for (let row: usize = 0; row < rows; row++) {
    const end = y + width;
    if (kind == TANH) {
      for (let i = y; i < end; i += 16) v128.store(i, tanh4(v128.load(i)));
    } else if (kind == SIGMOID) {
      for (let i = y; i < end; i += 16) v128.store(i, sigmoid4(v128.load(i)));
    } else if (kind == EXPONENTIAL) {
      for (let i = y; i < end; i += 16) v128.store(i, exp4(v128.load(i)));
    } else if (kind == RELU) {
      for (let i = y; i < end; i += 16) v128.store(i, f32x4.pmax(v128.load(i), f32x4.splat(0)));
    }
    y += stride;
  }
}

/** delta ← delta · activation'(output), from the layer's output y: relu y > 0, tanh 1 − y², sigmoid y (1 − y), exponential y. */
export function activationBackward(
  kind: i32,
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  columns: usize,
): void {
  const width = columns << 2;
  const one = f32x4.splat(1);
  for (let row: usize = 0; row < rows; row++) {
    if (kind == RELU) {
      for (let i: usize = 0; i < width; i += 16) {
        v128.store(delta + i, v128.and(v128.load(delta + i), f32x4.gt(v128.load(y + i), f32x4.splat(0))));
      }
    } else if (kind == TANH) {
      for (let i: usize = 0; i < width; i += 16) {
        const out = v128.load(y + i);
        v128.store(delta + i, f32x4.mul(v128.load(delta + i), f32x4.sub(one, f32x4.mul(out, out))));
      }
    } else if (kind == SIGMOID) {
      for (let i: usize = 0; i < width; i += 16) {
        const out = v128.load(y + i);
        const slope = f32x4.mul(out, f32x4.sub(one, out));
        v128.store(delta + i, f32x4.mul(v128.load(delta + i), slope));
      }
    } else if (kind == EXPONENTIAL) {
      for (let i: usize = 0; i < width; i += 16) {
        v128.store(delta + i, f32x4.mul(v128.load(delta + i), v128.load(y + i)));
      }
    }
    delta += deltaStride;
    y += yStride;
  }
}
