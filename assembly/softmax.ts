// Softmax and log-softmax by rows of `classes` logits, padded to whole vectors; padding counts as −∞ and
// comes out as 0. Strides in bytes.
import { exp4 } from './math';
import { log64 } from './math64';
import { laneMask, maxLanes, select, sumLanes } from './simd';

/** Largest of `classes` logits. A NaN logit is found by the exponentials that follow, not here. */
// @ts-ignore: decorator
@inline
export function rowMax(logits: usize, classes: usize): f32 {
  const lowest = f32x4.splat(-Infinity);
  let largest = lowest;
  for (let j: usize = 0; j < classes; j += 4) {
    const z = v128.load(logits + (j << 2));
    largest = f32x4.pmax(largest, j + 4 <= classes ? z : select(laneMask(j, classes), z, lowest));
  }
  return maxLanes(largest);
}

/** to[j] = e^(logits[j] − shift), padding 0; returns the sum, four partial sums by j mod 4. */
// @ts-ignore: decorator
@inline
export function exponentials(to: usize, logits: usize, classes: usize, shift: f32): f32 {
  const largest = f32x4.splat(shift);
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j += 4) {
    let e = exp4(f32x4.sub(v128.load(logits + (j << 2)), largest));
    if (j + 4 > classes) e = v128.and(e, laneMask(j, classes));
    sum = f32x4.add(sum, e);
    v128.store(to + (j << 2), e);
  }
  return sumLanes(sum);
}

/** to[j] = logits[j] − shift, 0 in the padding. */
// @ts-ignore: decorator
@inline
export function shifted(to: usize, logits: usize, classes: usize, shift: f32): void {
  const largest = f32x4.splat(shift);
  for (let j: usize = 0; j < classes; j += 4) {
    let z = f32x4.sub(v128.load(logits + (j << 2)), largest);
    if (j + 4 > classes) z = v128.and(z, laneMask(j, classes));
    v128.store(to + (j << 2), z);
  }
}

/** Sum of a row, four partial sums by j mod 4; the padding becomes 0. */
// @ts-ignore: decorator
@inline
export function sumRow(x: usize, classes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j += 4) {
    let e = v128.load(x + (j << 2));
    if (j + 4 > classes) {
      e = v128.and(e, laneMask(j, classes));
      v128.store(x + (j << 2), e);
    }
    sum = f32x4.add(sum, e);
  }
  return sumLanes(sum);
}

/**
 * y = softmax(x) by rows. y may be x.
 * @writes y @reads x
 * @rows rows by 8: y x
 * @cost 2 * rows * classes
 */
export function softmaxForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  classes: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const sum = f32x4.splat(exponentials(y, x, classes, rowMax(x, classes)));
    for (let j: usize = 0; j < classes; j += 4) {
      v128.store(y + (j << 2), f32x4.div(v128.load(y + (j << 2)), sum));
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * delta ← y · (delta − Σ delta · y): the gradient of softmax from its output.
 * @writes delta @reads y
 * @rows rows by 8: delta y
 * @cost 2 * rows * classes
 */
export function softmaxBackward(
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  classes: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let sum: f64 = 0;
    for (let j: usize = 0; j < classes; j++) {
      sum += <f64>load<f32>(delta + (j << 2)) * <f64>load<f32>(y + (j << 2));
    }
    for (let j: usize = 0; j < classes; j++) {
      const at = j << 2;
      store<f32>(delta + at, <f32>(<f64>load<f32>(y + at) * (<f64>load<f32>(delta + at) - sum)));
    }
    delta += deltaStride;
    y += yStride;
  }
}

/** y = x − ln Σ e^x by rows. y may be x. */
export function logSoftmaxForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  classes: usize,
  scratch: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const shift = rowMax(x, classes);
    const total = <f64>shift + log64(<f64>exponentials(scratch, x, classes, shift));
    for (let j: usize = 0; j < classes; j++) {
      store<f32>(y + (j << 2), <f32>(<f64>load<f32>(x + (j << 2)) - total));
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * delta ← delta − e^y · Σ delta: the gradient of log-softmax from its output.
 * @writes delta @reads y
 * @rows rows by 8: delta y
 * @cost 2 * rows * classes
 */
export function logSoftmaxBackward(
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  classes: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let sum: f32 = 0;
    for (let j: usize = 0; j < classes; j++) sum += load<f32>(delta + (j << 2));
    for (let j: usize = 0; j < classes; j += 4) {
      const at = j << 2;
      const share = f32x4.mul(exp4(v128.load(y + at)), f32x4.splat(sum));
      v128.store(delta + at, v128.and(f32x4.sub(v128.load(delta + at), share), laneMask(j, classes)));
    }
    delta += deltaStride;
    y += yStride;
  }
}
