// Layer normalization over the channels of every pixel (Ba et al., 2016), by the formulas of norm.ts. A row
// of features is an image of one pixel. Images are rows of `pixels` · `channels` floats without padding
// between pixels; strides in bytes.
import { layerNormBackward, layerNormForward } from './norm';

/**
 * y = (x − mean) / √(variance + epsilon) · gamma + beta by pixels; statistics[row][pixel] = {mean, inverse}.
 * @writes y statistics @reads x gamma beta
 * @rows rows: y x statistics*8*pixels
 * @cost 4 * rows * pixels * channels
 */
export function pixelNormForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
  epsilon: f64,
): void {
  const step = channels << 2;
  for (let row: usize = 0; row < rows; row++) {
    layerNormForward(y, step, x, step, statistics, gamma, beta, pixels, channels, epsilon);
    y += yStride;
    x += xStride;
    statistics += pixels << 3;
  }
}

/**
 * partials[row] = {Σ delta · x̂, Σ delta} over the pixels: a half of the stride each.
 * @writes partials @reads delta x statistics
 * @rows rows: partials delta x statistics*8*pixels
 * @cost 0.6 * rows * pixels * channels
 */
export function pixelNormSums(
  partials: usize,
  partialsStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    half = partialsStride >> 1;
  for (let row: usize = 0; row < rows; row++) {
    for (let c: usize = 0; c < step; c += 4) {
      let products: f32 = 0,
        sum: f32 = 0,
        at = c;
      for (let s = statistics; s < statistics + (pixels << 3); s += 8, at += step) {
        const g = load<f32>(delta + at);
        sum += g;
        products += g * ((load<f32>(x + at) - load<f32>(s)) * load<f32>(s, 4));
      }
      store<f32>(partials + c, products);
      store<f32>(partials + half + c, sum);
    }
    partials += partialsStride;
    delta += deltaStride;
    x += xStride;
    statistics += pixels << 3;
  }
}

/**
 * dx = inverse · (h − mean(h) − x̂ · mean(h · x̂)) by pixels, h = delta · gamma.
 * @writes dx @reads delta x statistics gamma
 * @rows rows: dx delta x statistics*8*pixels
 * @cost 4 * rows * pixels * channels
 */
export function pixelNormBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  gamma: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2;
  for (let row: usize = 0; row < rows; row++) {
    layerNormBackward(dx, step, delta, step, x, step, statistics, gamma, pixels, channels);
    dx += dxStride;
    delta += deltaStride;
    x += xStride;
    statistics += pixels << 3;
  }
}
