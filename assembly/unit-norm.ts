// Unit normalization: divides every vector of channels by its Euclidean norm, as Keras's UnitNormalization
// does with `ops.normalize(x, axis=-1, order=2, epsilon=1e-12)`. A row of features is an image of one pixel.
// Images are rows of `pixels` · `channels` floats without padding between pixels; strides in bytes. Sums run
// in float64, one chain from channel to channel, so that squares neither overflow nor vanish.

/** Keras's epsilon: the least norm that a vector is divided by. */
const MIN_NORM: f64 = 1e-12;

/**
 * y = x / max(‖x‖, 1e-12) by pixels; zeros stay zeros.
 * @writes y @reads x
 * @rows rows: y x
 * @cost 3 * rows * pixels * channels
 */
export function unitNormForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  scaleByNorm(y, yStride, x, xStride, x, xStride, rows, pixels, channels, false);
}

/**
 * dx = (delta − x · ⟨x, delta⟩ / ‖x‖²) / ‖x‖ by pixels; 0 where ‖x‖ ≤ 1e-12: such an x has no direction.
 * @writes dx @reads delta x
 * @rows rows: dx delta x
 * @cost 3 * rows * pixels * channels
 */
export function unitNormBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  scaleByNorm(dx, dxStride, delta, deltaStride, x, xStride, rows, pixels, channels, true);
}

/** to = from / ‖x‖ by pixels; `project` takes the share of `from` along x away first. */
function scaleByNorm(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
  project: bool,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let i: usize = 0, last = (pixels * channels) << 2; i < last;) {
      const end = i + (channels << 2);
      let squares: f64 = 0,
        products: f64 = 0;
      for (let j = i; j < end; j += 4) {
        const value = <f64>load<f32>(x + j);
        squares += value * value;
        products += value * <f64>load<f32>(from + j);
      }
      const norm = sqrt(squares);
      let factor = 1 / max(norm, MIN_NORM),
        along: f64 = 0;
      if (project) {
        if (norm <= MIN_NORM) factor = 0;
        along = products * factor * factor;
      }
      for (; i < end; i += 4) {
        const rest = <f64>load<f32>(from + i) - <f64>load<f32>(x + i) * along;
        store<f32>(to + i, <f32>(rest * factor));
      }
    }
    to += toStride;
    from += fromStride;
    x += xStride;
  }
}
