// Losses over whole rows of classes. `weights`, `scale`, `rowLoss` as in loss.ts. Strides in bytes.
import { exponentialRows } from './math';
import { log64 } from './math64';
import { exponentials, rowMax, shifted, sumRow } from './softmax';

const EPSILON: f64 = 1e-7;

/**
 * Softmax + cross-entropy from logits and labels: −ln of the label's probability, kept in [lossMin, lossMax]
 * as if the reported probability were clipped; delta = softmax(logits) − onehot(label), not clipped. delta
 * may be logits.
 * @writes delta rowLoss @reads logits labels weights scale
 * @rows rows by 8: delta logits labels weights*4 rowLoss*8
 * @cost rows * (30 + 4 * classes)
 */
export function softmaxCrossEntropy(
  delta: usize,
  deltaStride: usize,
  logits: usize,
  logitsStride: usize,
  labels: usize,
  labelsStride: usize,
  weights: usize,
  scale: usize,
  rowLoss: usize,
  rows: usize,
  classes: usize,
  lossMin: f64,
  lossMax: f64,
): void {
  const common = load<f32>(scale);
  // Row after row waits for its maximum and its sum; all rows' exponentials together do not.
  for (let row: usize = 0; row < rows; row++) {
    const from = logits + row * logitsStride;
    const shift = rowMax(from, classes);
    const at = (<usize>load<i32>(labels + row * labelsStride)) << 2;
    store<f64>(rowLoss + (row << 3), <f64>shift - <f64>load<f32>(from + at));
    shifted(delta + row * deltaStride, from, classes, shift);
  }
  exponentialRows(delta, deltaStride, rows, ((classes << 2) + 12) & ~15);
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f32>(weights + (row << 2));
    const share = common * weight;
    const at = (<usize>load<i32>(labels + row * labelsStride)) << 2;
    const sum = sumRow(delta, classes);
    const factor = f32x4.splat(share / sum);
    for (let j: usize = 0; j < classes; j += 4) {
      v128.store(delta + (j << 2), f32x4.mul(v128.load(delta + (j << 2)), factor));
    }
    store<f32>(delta + at, load<f32>(delta + at) - share);
    const loss = log64(<f64>sum) + load<f64>(rowLoss + (row << 3));
    store<f64>(
      rowLoss + (row << 3),
      (loss < lossMin ? lossMin : loss > lossMax ? lossMax : loss) * <f64>weight,
    );
    delta += deltaStride;
  }
}

/**
 * Cross entropy of logits with a distribution per row as target: Σ t (ln Σ e^z − z);
 * delta = softmax(logits) · Σ t − t.
 * @writes delta rowLoss @reads logits targets weights scale
 * @rows rows by 8: delta logits targets weights*4 rowLoss*8
 * @cost rows * (30 + 4 * classes)
 */
export function softmaxCrossEntropyTargets(
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
  classes: usize,
  lossMin: f64,
  lossMax: f64,
): void {
  const common = load<f32>(scale);
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f32>(weights + (row << 2));
    const share = common * weight;
    const shift = rowMax(logits, classes);
    let mass: f64 = 0,
      product: f64 = 0;
    for (let j: usize = 0; j < classes; j++) {
      const t = <f64>load<f32>(targets + (j << 2));
      mass += t;
      if (t != 0) product += t * (<f64>load<f32>(logits + (j << 2)) - <f64>shift);
    }
    const sum = exponentials(delta, logits, classes, shift);
    const factor = f32x4.splat(<f32>((<f64>share * mass) / <f64>sum));
    for (let j: usize = 0; j < classes; j += 4) {
      const at = j << 2;
      const part = f32x4.mul(v128.load(targets + at), f32x4.splat(share));
      v128.store(delta + at, f32x4.sub(f32x4.mul(v128.load(delta + at), factor), part));
    }
    const loss = mass * log64(<f64>sum) - product;
    store<f64>(
      rowLoss + (row << 3),
      (loss < lossMin ? lossMin : loss > lossMax ? lossMax : loss) * <f64>weight,
    );
    delta += deltaStride;
    logits += logitsStride;
    targets += targetsStride;
  }
}

/**
 * Cross-entropy of any outputs taken as probabilities: rows are divided by their sum s, then q = clip(p / s,
 * 1e-7, 1 − 1e-7), loss −Σ t ln q (keras/src/backend/jax/nn.py). The gradient passes through the division,
 * not through the clip.
 * @writes delta rowLoss @reads y targets weights scale
 * @rows rows by 8: delta y targets weights*4 rowLoss*8
 * @cost rows * (30 + 4 * classes)
 */
export function categoricalCrossEntropy(
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
  classes: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const weight = <f64>load<f32>(weights + (row << 2));
    const share = weight * <f64>load<f32>(scale);
    let sum: f64 = 0,
      loss: f64 = 0,
      insideSum: f64 = 0;
    for (let j: usize = 0; j < classes; j++) sum += <f64>load<f32>(y + (j << 2));
    for (let j: usize = 0; j < classes; j++) {
      const t = <f64>load<f32>(targets + (j << 2));
      const q = <f64>load<f32>(y + (j << 2)) / sum;
      const inside = q > EPSILON && q < 1 - EPSILON;
      if (inside) insideSum += t;
      loss -= t * log64(q < EPSILON ? EPSILON : q > 1 - EPSILON ? 1 - EPSILON : q);
    }
    for (let j: usize = 0; j < classes; j++) {
      const t = <f64>load<f32>(targets + (j << 2));
      const p = <f64>load<f32>(y + (j << 2));
      const q = p / sum;
      const direct = q > EPSILON && q < 1 - EPSILON ? t / p : 0;
      store<f32>(delta + (j << 2), <f32>((insideSum / sum - direct) * share));
    }
    store<f64>(rowLoss + (row << 3), loss * weight);
    delta += deltaStride;
    y += yStride;
    targets += targetsStride;
  }
}

/** max(0, 1 + max((1 − t) p) − Σ t p) */
export function categoricalHinge(
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
  classes: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f32>(weights + (row << 2));
    const share = weight * load<f32>(scale);
    let positive: f64 = 0,
      negative: f64 = -Infinity;
    let worst: usize = 0;
    for (let j: usize = 0; j < classes; j++) {
      const t = <f64>load<f32>(targets + (j << 2));
      const p = <f64>load<f32>(y + (j << 2));
      positive += t * p;
      if ((1 - t) * p > negative) {
        negative = (1 - t) * p;
        worst = j;
      }
    }
    const loss = negative - positive + 1;
    const active = loss > 0;
    for (let j: usize = 0; j < classes; j++) {
      const t = load<f32>(targets + (j << 2));
      const slope: f32 = j == worst ? 1 - t - t : -t;
      store<f32>(delta + (j << 2), active ? slope * share : <f32>0);
    }
    store<f64>(rowLoss + (row << 3), (loss < 0 ? 0 : loss) * <f64>weight);
    delta += deltaStride;
    y += yStride;
    targets += targetsStride;
  }
}
