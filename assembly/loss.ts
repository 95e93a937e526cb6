// Losses. All take `weights` (float32 per row), `scale` (points at a float32: 1 / rows, or 1 / Σ weights),
// and write
//   delta = gradient of the batch's mean loss, padding columns untouched (0)
// rowLoss[row] (float64) = weight · lossFactor · the row's loss
// lossFactor is 1 / outputs where the loss is a mean over outputs. Strides in bytes.
import { exp4, sigmoid4 } from './math';
import { exp64, log1p64, log64 } from './math64';
import { laneMask } from './simd';

/** The losses of one term per output. */
export const enum ElementLoss {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  huber,
  logCosh,
  poisson,
  poissonDeviance,
  binaryCrossentropy,
  kullbackLeiblerDivergence,
  hinge,
  squaredHinge,
}

/** Keras's epsilon: probabilities and logarithms are kept this far from their poles. */
const EPSILON: f64 = 1e-7;

// @ts-ignore: decorator
@inline
function clip(x: f64, lower: f64, upper: f64): f64 {
  return x < lower ? lower : x > upper ? upper : x;
}

/** The loss of one output: keras/src/losses/losses.py, and scikit-learn's half Poisson deviance. */
function lossValue(kind: i32, p: f64, t: f64, parameter: f64): f64 {
  switch (kind) {
    case ElementLoss.meanAbsoluteError:
      return abs(p - t);
    case ElementLoss.meanAbsolutePercentageError:
      return (100 * abs(p - t)) / max(abs(t), EPSILON);
    case ElementLoss.meanSquaredLogarithmicError: {
      const d = log64(max(p, EPSILON) + 1) - log64(max(t, EPSILON) + 1);
      return p == p ? d * d : NaN;
    }
    case ElementLoss.huber: {
      const e = abs(p - t);
      return e <= parameter ? 0.5 * e * e : parameter * e - 0.5 * parameter * parameter;
    }
    case ElementLoss.logCosh: {
      const e = abs(p - t);
      return e + log1p64(exp64(-2 * e)) - 0.6931471805599453;
    }
    case ElementLoss.poisson:
      return p - t * log64(p + EPSILON);
    case ElementLoss.poissonDeviance:
      return (t == 0 ? 0 : t * log64(t / p)) - t + p;
    case ElementLoss.binaryCrossentropy: {
      const q = clip(p, EPSILON, 1 - EPSILON);
      return -(t * log64(q) + (1 - t) * log64(1 - q));
    }
    case ElementLoss.kullbackLeiblerDivergence: {
      const q = clip(t, EPSILON, 1);
      return q * log64(q / clip(p, EPSILON, 1));
    }
    default: {
      const margin = 1 - t * p;
      if (margin <= 0) return 0;
      return kind == ElementLoss.hinge ? margin : margin * margin;
    }
  }
}

/** Its derivative with respect to the prediction. */
function lossSlope(kind: i32, p: f64, t: f64, parameter: f64): f64 {
  const e = p - t;
  switch (kind) {
    case ElementLoss.meanAbsoluteError:
      return sign(e);
    case ElementLoss.meanAbsolutePercentageError:
      return (100 * sign(e)) / max(abs(t), EPSILON);
    case ElementLoss.meanSquaredLogarithmicError: {
      if (p <= EPSILON) return 0;
      return (2 * (log64(p + 1) - log64(max(t, EPSILON) + 1))) / (p + 1);
    }
    case ElementLoss.huber:
      return abs(e) <= parameter ? e : parameter * sign(e);
    case ElementLoss.logCosh: {
      const d = exp64(-2 * abs(e));
      return (sign(e) * (1 - d)) / (1 + d);
    }
    case ElementLoss.poisson:
      return 1 - t / (p + EPSILON);
    case ElementLoss.poissonDeviance:
      return 1 - t / p;
    case ElementLoss.binaryCrossentropy:
      return p < EPSILON || p > 1 - EPSILON ? 0 : e / (p * (1 - p));
    case ElementLoss.kullbackLeiblerDivergence:
      return p < EPSILON || p > 1 ? 0 : -clip(t, EPSILON, 1) / p;
    default: {
      const margin = 1 - t * p;
      if (margin <= 0) return 0;
      return kind == ElementLoss.hinge ? -t : -2 * margin * t;
    }
  }
}

// @ts-ignore: decorator
@inline
function sign(x: f64): f64 {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

/** Hinge losses read targets of 0 and 1 as −1 and 1, if the batch has no others. */
function isBinary(targets: usize, stride: usize, rows: usize, outputs: usize): bool {
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < outputs; j++) {
      const t = load<f32>(targets + row * stride + (j << 2));
      if (t != 0 && t != 1) return false;
    }
  }
  return true;
}

/** The losses that are sums of one term per output, from predictions. delta may be y. */
export function elementLoss(
  kind: i32,
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  targets: usize,
  targetsStride: usize,
  weights: usize,
  scale: usize,
  rowLoss: usize,
  rows: usize,
  outputs: usize,
  lossFactor: f64,
  parameter: f64,
): void {
  const binary =
    (kind == ElementLoss.hinge || kind == ElementLoss.squaredHinge) &&
    isBinary(targets, targetsStride, rows, outputs);
  const factor = <f64>load<f32>(scale) * lossFactor;
  for (let row: usize = 0; row < rows; row++) {
    const weight = <f64>load<f32>(weights + (row << 2));
    let loss: f64 = 0;
    for (let j: usize = 0; j < outputs; j++) {
      const p = <f64>load<f32>(y + (j << 2));
      let t = <f64>load<f32>(targets + (j << 2));
      if (binary) t = 2 * t - 1;
      loss += lossValue(kind, p, t, parameter);
      store<f32>(delta + (j << 2), <f32>(lossSlope(kind, p, t, parameter) * weight * factor));
    }
    store<f64>(rowLoss + (row << 3), loss * lossFactor * weight);
    delta += deltaStride;
    y += yStride;
    targets += targetsStride;
  }
}

/**
 * Squared error: loss (y − t)² · lossFactor, delta 2 (y − t) · gradientFactor (both factors 1 / outputs in
 * Keras).
 * @writes delta rowLoss @reads y targets weights scale
 * @rows rows by 8: delta y targets weights*4 rowLoss*8
 * @cost rows * (5 + 0.4 * outputs)
 */
export function squaredError(
  delta: usize,
  deltaStride: usize,
  y: usize,
  yStride: usize,
  targets: usize,
  targetsStride: usize,
  weights: usize,
  scale: usize,
  rowLoss: usize,
  rows: usize,
  outputs: usize,
  lossFactor: f64,
  gradientFactor: f64,
): void {
  const factor = 2 * <f64>load<f32>(scale) * gradientFactor;
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f32>(weights + (row << 2));
    const slope = f32x4.splat(<f32>(factor * <f64>weight));
    let even = f64x2.splat(0),
      odd = f64x2.splat(0);
    for (let j: usize = 0; j < outputs; j += 4) {
      const at = j << 2;
      const error = v128.and(f32x4.sub(v128.load(y + at), v128.load(targets + at)), laneMask(j, outputs));
      v128.store(delta + at, f32x4.mul(error, slope));
      const low = f64x2.promote_low_f32x4(error);
      const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(error, error, 2, 3, 2, 3));
      even = f64x2.add(even, f64x2.mul(low, low));
      odd = f64x2.add(odd, f64x2.mul(high, high));
    }
    const sum = f64x2.add(even, odd);
    const loss = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    store<f64>(rowLoss + (row << 3), loss * lossFactor * <f64>weight);
    delta += deltaStride;
    y += yStride;
    targets += targetsStride;
  }
}

/**
 * Sigmoid + binary cross-entropy from logits: max(z, 0) − z · target + ln(1 + e^−|z|), kept in
 * [lossMin, lossMax]; delta = (sigmoid(z) − target) · gradientFactor (padding 0). delta may be logits.
 * @writes delta rowLoss @reads logits targets weights scale
 * @rows rows by 8: delta logits targets weights*4 rowLoss*8
 * @cost rows * (30 + 4 * outputs)
 */
export function sigmoidCrossEntropy(
  delta: usize,
  deltaStride: usize,
  logits: usize,
  logitsStride: usize,
  targets: usize,
  targetsStride: usize,
  weights: usize,
  scale: usize,
  rowLoss: usize,
  rows: usize,
  outputs: usize,
  lossFactor: f64,
  gradientFactor: f64,
  lossMin: f64,
  lossMax: f64,
): void {
  const factor = <f64>load<f32>(scale) * gradientFactor;
  for (let row: usize = 0; row < rows; row++) {
    const weight = <f64>load<f32>(weights + (row << 2));
    const slope = f32x4.splat(<f32>(factor * weight));
    let loss: f64 = 0;
    for (let j: usize = 0; j < outputs; j++) {
      const z = load<f32>(logits + (j << 2));
      loss += logitLoss(z, load<f32>(targets + (j << 2)), lossMin, lossMax);
    }
    for (let j: usize = 0; j < outputs; j += 4) {
      const at = j << 2;
      const error = f32x4.sub(sigmoid4(v128.load(logits + at)), v128.load(targets + at));
      v128.store(delta + at, v128.and(f32x4.mul(error, slope), laneMask(j, outputs)));
    }
    store<f64>(rowLoss + (row << 3), loss * lossFactor * weight);
    delta += deltaStride;
    logits += logitsStride;
    targets += targetsStride;
  }
}

function logitLoss(logit: f32, target: f32, lossMin: f64, lossMax: f64): f64 {
  const z = <f64>logit;
  const decay = f32x4.extract_lane(exp4(f32x4.splat(-abs<f32>(logit))), 0);
  return clip((z > 0 ? z : 0) - z * <f64>target + log1p64(<f64>decay), lossMin, lossMax);
}

/**
 * out (float64) = Σ rowLoss, in order.
 * @writes out @reads rowLoss
 * @cost 150 + rows
 */
export function sumRows(out: usize, rowLoss: usize, rows: usize): void {
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++) sum += load<f64>(rowLoss + (row << 3));
  store<f64>(out, sum);
}
