// Softmax, alone for prediction and fused with its cross-entropy for training. Rows of `classes` logits, padded to
// whole vectors; padding counts as −∞ and comes out as 0. Strides in bytes.
import { exp4, log64 } from './math';
import { laneMask, maxLanes, select, sumLanes } from './simd';

/** Largest of `classes` logits. A NaN logit is found by the exponentials that follow, not here. */
// @ts-ignore: decorator
@inline
function rowMax(logits: usize, classes: usize): f32 {
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
function exponentials(to: usize, logits: usize, classes: usize, shift: f32): f32 {
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

/** y ← softmax(y) by rows, in place. */
export function softmaxForward(y: usize, stride: usize, rows: usize, classes: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const sum = f32x4.splat(exponentials(y, y, classes, rowMax(y, classes)));
    for (let j: usize = 0; j < classes; j += 4) {
      v128.store(y + (j << 2), f32x4.div(v128.load(y + (j << 2)), sum));
    }
    y += stride;
  }
}

/**
 * delta = (softmax(logits) − onehot(label)) · scale, and rowLoss[row] (float64) = −ln of the label's probability, kept
 * in [lossMin, lossMax]: as if the reported probability were clipped; the gradient is not. delta may be logits.
 */
export function softmaxCrossEntropy(
  delta: usize,
  deltaStride: usize,
  logits: usize,
  logitsStride: usize,
  labels: usize,
  rowLoss: usize,
  rows: usize,
  classes: usize,
  scale: f32,
  lossMin: f64,
  lossMax: f64,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const shift = rowMax(logits, classes);
    const label = delta + ((<usize>load<i32>(labels + (row << 2))) << 2);
    const logit = <f64>load<f32>(logits + (label - delta)) - <f64>shift;
    const sum = exponentials(delta, logits, classes, shift);
    const factor = f32x4.splat(scale / sum);
    for (let j: usize = 0; j < classes; j += 4) {
      v128.store(delta + (j << 2), f32x4.mul(v128.load(delta + (j << 2)), factor));
    }
    store<f32>(label, load<f32>(label) - scale);
    const loss = log64(<f64>sum) - logit;
    store<f64>(rowLoss + (row << 3), loss < lossMin ? lossMin : loss > lossMax ? lossMax : loss);
    delta += deltaStride;
    logits += logitsStride;
  }
}
