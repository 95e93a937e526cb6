// Batch normalization of images, by channels (Ioffe & Szegedy, 2015), from the statistics of pixel-sums.ts.
// Rows are images of `pixels` · `channels` floats without padding between pixels; strides in bytes. Vectors
// of four channels as in image.ts. `partials` holds what each image adds to the gradients.

/**
 * y = (x − mean) · inverse · gamma + beta by channels; gamma or beta 0 where there is none. y is not x.
 * @writes y @reads x mean inverse gamma beta
 * @rows rows: y x
 * @cost 0.2 * rows * pixels * channels
 */
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

/**
 * partials[row] = {Σ delta · x̂, Σ delta} over the pixels: a half of the stride each.
 * @writes partials @reads delta x mean inverse
 * @rows rows: partials delta x
 * @cost 0.2 * rows * pixels * channels
 */
export function channelNormSums(
  partials: usize,
  partialsStride: usize,
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
    half = partialsStride >> 1;
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
    partials += partialsStride;
    delta += deltaStride;
    x += xStride;
  }
}

/**
 * dx = gamma · inverse · (delta − (betaGradient + x̂ · gammaGradient) · share): share 1 / count, 0 with fixed
 * statistics. dx is not delta.
 * @writes dx @reads delta x mean inverse gamma gammaGradient betaGradient
 * @rows rows: dx delta x
 * @cost 0.3 * rows * pixels * channels
 */
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
