// Losses that come with their output activation fused, and the sums of what rows report. Strides in bytes.
import { exp4, log1p64, sigmoid4 } from './math';
import { laneMask } from './simd';

/**
 * Sigmoid + binary cross-entropy from logits: delta = (sigmoid(z) − target) · scale (padding 0) and rowLoss[row]
 * (float64) = Σ over outputs of max(z, 0) − z · target + ln(1 + e^−|z|), each kept in [lossMin, lossMax] for targets
 * of 0 and 1. delta may be logits.
 */
export function sigmoidCrossEntropy(
  delta: usize,
  deltaStride: usize,
  logits: usize,
  logitsStride: usize,
  targets: usize,
  targetsStride: usize,
  rowLoss: usize,
  rows: usize,
  outputs: usize,
  scale: f32,
  lossMin: f64,
  lossMax: f64,
): void {
  const factor = f32x4.splat(scale);
  for (let row: usize = 0; row < rows; row++) {
    let loss: f64 = 0;
    for (let j: usize = 0; j < outputs; j += 4) {
      const at = j << 2;
      const z = v128.load(logits + at);
      const target = v128.load(targets + at);
      const decay = exp4(f32x4.neg(f32x4.abs(z)));
      const slope = f32x4.mul(f32x4.sub(sigmoid4(z), target), factor);
      v128.store(delta + at, v128.and(slope, laneMask(j, outputs)));
      const count = min<usize>(4, outputs - j);
      loss += lane(
        f32x4.extract_lane(z, 0),
        f32x4.extract_lane(target, 0),
        f32x4.extract_lane(decay, 0),
        lossMin,
        lossMax,
      );
      if (count > 1)
        loss += lane(
          f32x4.extract_lane(z, 1),
          f32x4.extract_lane(target, 1),
          f32x4.extract_lane(decay, 1),
          lossMin,
          lossMax,
        );
      if (count > 2)
        loss += lane(
          f32x4.extract_lane(z, 2),
          f32x4.extract_lane(target, 2),
          f32x4.extract_lane(decay, 2),
          lossMin,
          lossMax,
        );
      if (count > 3)
        loss += lane(
          f32x4.extract_lane(z, 3),
          f32x4.extract_lane(target, 3),
          f32x4.extract_lane(decay, 3),
          lossMin,
          lossMax,
        );
    }
    store<f64>(rowLoss + (row << 3), loss);
    delta += deltaStride;
    logits += logitsStride;
    targets += targetsStride;
  }
}

// @ts-ignore: decorator
@inline
function lane(logit: f32, target: f32, decay: f32, lossMin: f64, lossMax: f64): f64 {
  const z = <f64>logit;
  const loss = (z > 0 ? z : 0) - z * <f64>target + log1p64(<f64>decay);
  return loss < lossMin ? lossMin : loss > lossMax ? lossMax : loss;
}

/**
 * Half the squared error: delta = (y − target) · scale and rowLoss[row] (float64) = ½ Σ (y − target)². The output
 * activation is the identity. delta may be y.
 */
export function squaredError(
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  targets: usize,
  targetsStride: usize,
  rowLoss: usize,
  rows: usize,
  outputs: usize,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  for (let row: usize = 0; row < rows; row++) {
    let even = f64x2.splat(0),
      odd = f64x2.splat(0);
    for (let j: usize = 0; j < outputs; j += 4) {
      const at = j << 2;
      const error = v128.and(f32x4.sub(v128.load(y + at), v128.load(targets + at)), laneMask(j, outputs));
      v128.store(delta + at, f32x4.mul(error, factor));
      const low = f64x2.promote_low_f32x4(error);
      const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(error, error, 2, 3, 2, 3));
      even = f64x2.add(even, f64x2.mul(low, low));
      odd = f64x2.add(odd, f64x2.mul(high, high));
    }
    const sum = f64x2.add(even, odd);
    store<f64>(rowLoss + (row << 3), 0.5 * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
    delta += deltaStride;
    y += yStride;
    targets += targetsStride;
  }
}

/** out (float64) = Σ rowLoss, in order. */
export function sumRows(out: usize, rowLoss: usize, rows: usize): void {
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++) sum += load<f64>(rowLoss + (row << 3));
  store<f64>(out, sum);
}
