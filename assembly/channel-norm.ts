// Batch normalization of images, by channels (Ioffe & Szegedy, 2015). Rows are images of `pixels` · `channels` floats
// without padding between pixels; strides in bytes. Vectors of four channels as in image.ts. Sums over a batch are chains
// over the pixels of an image in float32, then over the images in float64: `partials` holds what each image adds.

/** partials[row][channel] = Σ over the pixels of x. */
export function pixelSums(
  partials: usize,
  pStride: usize,
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
    partials += pStride;
    x += xStride;
  }
}

/** partials[row][channel] = Σ over the pixels of (x − mean)². */
export function pixelSquares(
  partials: usize,
  pStride: usize,
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
    partials += pStride;
    x += xStride;
  }
}

/** Σ over the rows of one float of every partial. */
// @ts-ignore: decorator
@inline
function total(partials: usize, pStride: usize, rows: usize): f64 {
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++, partials += pStride) sum += <f64>load<f32>(partials);
  return sum;
}

/** to[channel] = Σ over the rows of the partials, from `skipped` bytes of each on, divided by `count`. */
export function sumPartials(
  to: usize,
  partials: usize,
  pStride: usize,
  rows: usize,
  channels: usize,
  skipped: usize,
  count: f64,
): void {
  partials += skipped;
  for (let c: usize = 0; c < channels << 2; c += 4)
    store<f32>(to + c, <f32>(total(partials + c, pStride, rows) / count));
}

/**
 * inverse = 1 / √(variance + epsilon) from the partials of `pixelSquares`, variance biased; moving averages ← momentum ·
 * moving + (1 − momentum) · statistic.
 */
export function channelStatistics(
  inverse: usize,
  movingMean: usize,
  movingVariance: usize,
  mean: usize,
  partials: usize,
  pStride: usize,
  rows: usize,
  channels: usize,
  count: f64,
  epsilon: f32,
  momentum: f32,
): void {
  for (let c: usize = 0; c < channels << 2; c += 4) {
    const variance = <f32>(total(partials + c, pStride, rows) / count);
    store<f32>(inverse + c, 1 / sqrt<f32>(variance + epsilon));
    const rest: f32 = 1 - momentum;
    store<f32>(movingMean + c, load<f32>(movingMean + c) * momentum + load<f32>(mean + c) * rest);
    store<f32>(movingVariance + c, load<f32>(movingVariance + c) * momentum + variance * rest);
  }
}

/** y = (x − mean) · inverse · gamma + beta by channels; gamma or beta 0 where there is none. y is not x. */
export function channelNormForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step;
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const average = load<f32>(mean + c),
          factor = load<f32>(inverse + c);
        const g: f32 = gamma != 0 ? load<f32>(gamma + c) : 1,
          b: f32 = beta != 0 ? load<f32>(beta + c) : 0;
        for (let i = c; i < size; i += step) store<f32>(y + i, (load<f32>(x + i) - average) * factor * g + b);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const average = v128.load(mean + first),
          factor = v128.load(inverse + first);
        const g = gamma != 0 ? v128.load(gamma + first) : f32x4.splat(1),
          b = beta != 0 ? v128.load(beta + first) : f32x4.splat(0);
        for (let i = first; i < size; i += step) {
          const normal = f32x4.mul(f32x4.sub(v128.load(x + i), average), factor);
          v128.store(y + i, f32x4.add(f32x4.mul(normal, g), b));
        }
      }
    }
    y += yStride;
    x += xStride;
  }
}

/** partials[row] = {Σ delta · x̂, Σ delta} over the pixels: a half of the stride each. */
export function channelNormSums(
  partials: usize,
  pStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step,
    half = pStride >> 1;
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const average = load<f32>(mean + c),
          factor = load<f32>(inverse + c);
        let products: f32 = 0,
          sum: f32 = 0;
        for (let i = c; i < size; i += step) {
          const g = load<f32>(delta + i);
          sum += g;
          products += g * ((load<f32>(x + i) - average) * factor);
        }
        store<f32>(partials + c, products);
        store<f32>(partials + half + c, sum);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const average = v128.load(mean + first),
          factor = v128.load(inverse + first);
        let products = f32x4.splat(0),
          sum = f32x4.splat(0);
        for (let i = first; i < size; i += step) {
          const g = v128.load(delta + i);
          sum = f32x4.add(sum, g);
          const normal = f32x4.mul(f32x4.sub(v128.load(x + i), average), factor);
          products = f32x4.add(products, f32x4.mul(g, normal));
        }
        v128.store(partials + first, products);
        v128.store(partials + half + first, sum);
      }
    }
    partials += pStride;
    delta += deltaStride;
    x += xStride;
  }
}

/** dx = gamma · inverse · (delta − (betaGradient + x̂ · gammaGradient) · share): share 1 / count, 0 with fixed statistics. dx is not delta. */
export function channelNormBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  gamma: usize,
  gammaGradient: usize,
  betaGradient: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
  share: f32,
): void {
  const step = channels << 2,
    size = pixels * step;
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const average = load<f32>(mean + c),
          factor = load<f32>(inverse + c);
        const slope = load<f32>(gammaGradient + c) * share,
          shift = load<f32>(betaGradient + c) * share;
        const g: f32 = gamma != 0 ? factor * load<f32>(gamma + c) : factor;
        for (let i = c; i < size; i += step) {
          const normal = (load<f32>(x + i) - average) * factor;
          store<f32>(dx + i, (load<f32>(delta + i) - (shift + normal * slope)) * g);
        }
      }
    } else {
      const shares = f32x4.splat(share);
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const average = v128.load(mean + first),
          factor = v128.load(inverse + first);
        const slope = f32x4.mul(v128.load(gammaGradient + first), shares),
          shift = f32x4.mul(v128.load(betaGradient + first), shares);
        const g = gamma != 0 ? f32x4.mul(factor, v128.load(gamma + first)) : factor;
        for (let i = first; i < size; i += step) {
          const normal = f32x4.mul(f32x4.sub(v128.load(x + i), average), factor);
          const common = f32x4.add(shift, f32x4.mul(normal, slope));
          v128.store(dx + i, f32x4.mul(f32x4.sub(v128.load(delta + i), common), g));
        }
      }
    }
    dx += dxStride;
    delta += deltaStride;
    x += xStride;
  }
}
