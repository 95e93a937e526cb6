// Sums over the pixels of images, by channels, and the statistics of a batch from them. Sums over a batch are
// chains over the pixels of an image in float32, then over the images in float64: `partials` holds what each
// image adds. Images lie as in channel-norm.ts.

/**
 * partials[row][channel] = Σ over the pixels of x.
 * @writes partials @reads x
 * @rows rows: partials x
 * @cost 0.3 * rows * pixels * channels
 */
export function pixelSums(
  partials: usize,
  partialsStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step;
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        let sum: f32 = 0;
        for (let i = c; i < size; i += step) sum += load<f32>(x + i);
        store<f32>(partials + c, sum);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        let sum = f32x4.splat(0);
        for (let i = first; i < size; i += step) sum = f32x4.add(sum, v128.load(x + i));
        v128.store(partials + first, sum);
      }
    }
    partials += partialsStride;
    x += xStride;
  }
}

/**
 * partials[row][channel] = Σ over the pixels of (x − mean)².
 * @writes partials @reads x mean
 * @rows rows: partials x
 * @cost 0.3 * rows * pixels * channels
 */
export function pixelSquares(
  partials: usize,
  partialsStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step;
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const average = load<f32>(mean + c);
        let sum: f32 = 0;
        for (let i = c; i < size; i += step) {
          const d = load<f32>(x + i) - average;
          sum += d * d;
        }
        store<f32>(partials + c, sum);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const average = v128.load(mean + first);
        let sum = f32x4.splat(0);
        for (let i = first; i < size; i += step) {
          const d = f32x4.sub(v128.load(x + i), average);
          sum = f32x4.add(sum, f32x4.mul(d, d));
        }
        v128.store(partials + first, sum);
      }
    }
    partials += partialsStride;
    x += xStride;
  }
}

/** Σ over the rows of one float of every partial. */
// @ts-ignore: decorator
@inline
function total(partials: usize, partialsStride: usize, rows: usize): f64 {
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++, partials += partialsStride) sum += <f64>load<f32>(partials);
  return sum;
}

/**
 * to[channel] = Σ over the rows of the partials, from `skipped` bytes of each on, divided by `count`.
 * @writes to @reads partials
 * @cost 0.4 * rows * channels
 */
export function sumPartials(
  to: usize,
  partials: usize,
  partialsStride: usize,
  rows: usize,
  channels: usize,
  skipped: usize,
  count: f64,
): void {
  partials += skipped;
  for (let c: usize = 0; c < channels << 2; c += 4)
    store<f32>(to + c, <f32>(total(partials + c, partialsStride, rows) / count));
}

/**
 * inverse = 1 / √(variance + epsilon) from the partials of `pixelSquares`, variance biased; moving averages ←
 * momentum · moving + (1 − momentum) · statistic.
 * @writes inverse movingMean movingVariance @reads mean partials
 * @cost 2 * rows * channels
 */
export function channelStatistics(
  inverse: usize,
  movingMean: usize,
  movingVariance: usize,
  mean: usize,
  partials: usize,
  partialsStride: usize,
  rows: usize,
  channels: usize,
  count: f64,
  epsilon: f32,
  momentum: f32,
): void {
  for (let c: usize = 0; c < channels << 2; c += 4) {
    const variance = <f32>(total(partials + c, partialsStride, rows) / count);
    store<f32>(inverse + c, 1 / sqrt<f32>(variance + epsilon));
    const rest: f32 = 1 - momentum;
    store<f32>(movingMean + c, load<f32>(movingMean + c) * momentum + load<f32>(mean + c) * rest);
    store<f32>(movingVariance + c, load<f32>(movingVariance + c) * momentum + variance * rest);
  }
}
