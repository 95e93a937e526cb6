// Images: rows of `pixels` · `channels` floats without padding between pixels; strides are bytes from image
// to image. Channels are taken in vectors of four, the last of which overlaps the one before it where their
// number is no multiple of four: every element is computed alike however often. Fewer than four channels are
// taken one by one.

/**
 * y = x with zeros around: `height` lines of `line` bytes, `top`, `bottom` lines and `left`, `right` bytes of
 * them.
 * @writes y @reads x
 * @rows rows by 8: y x
 * @cost 0.05 * rows * yStride
 */
export function padImages(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  height: usize,
  line: usize,
  top: usize,
  bottom: usize,
  left: usize,
  right: usize,
): void {
  const pitch = left + line + right;
  for (let row: usize = 0; row < rows; row++) {
    let to = y + row * yStride,
      from = x + row * xStride;
    memory.fill(to, 0, top * pitch + left);
    to += top * pitch + left;
    for (let i: usize = 0; i < height; i++) {
      memory.copy(to, from, line);
      from += line;
      to += line;
      const gap = i + 1 < height ? right + left : right + bottom * pitch;
      memory.fill(to, 0, gap);
      to += gap;
    }
  }
}

/**
 * The reverse, and the gradient: dx = the `height` lines of `line` bytes that begin `first` bytes into delta,
 * `pitch` bytes apart.
 * @writes dx @reads delta
 * @rows rows by 8: dx delta
 * @cost 0.05 * rows * dxStride
 */
export function cropImages(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  height: usize,
  line: usize,
  first: usize,
  pitch: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let to = dx + row * dxStride,
      from = delta + row * deltaStride + first;
    for (let i: usize = 0; i < height; i++) {
      memory.copy(to, from, line);
      to += line;
      from += pitch;
    }
  }
}

/**
 * y[channel] = Σ over the pixels of x / pixels.
 * @writes y @reads x
 * @rows rows: y x
 * @cost 0.08 * rows * pixels * channels
 */
export function globalAverage(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step,
    count = f32x4.splat(<f32>pixels);
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        let sum: f32 = 0;
        for (let i = c; i < size; i += step) sum += load<f32>(x + i);
        store<f32>(y + c, sum / <f32>pixels);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        let sum = f32x4.splat(0);
        for (let i = first; i < size; i += step) sum = f32x4.add(sum, v128.load(x + i));
        v128.store(y + first, f32x4.div(sum, count));
      }
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * dx = delta[channel] / pixels for every pixel.
 * @writes dx @reads delta
 * @rows rows: dx delta
 * @cost 0.08 * rows * pixels * channels
 */
export function globalAverageBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step,
    count = f32x4.splat(<f32>pixels);
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const share = load<f32>(delta + c) / <f32>pixels;
        for (let i = c; i < size; i += step) store<f32>(dx + i, share);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const share = f32x4.div(v128.load(delta + first), count);
        for (let i = first; i < size; i += step) v128.store(dx + i, share);
      }
    }
    dx += dxStride;
    delta += deltaStride;
  }
}

/**
 * y[channel] = the largest x of its pixels.
 * @writes y @reads x
 * @rows rows: y x
 * @cost 0.3 * rows * pixels * channels
 */
export function globalMax(
  y: usize,
  yStride: usize,
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
        let maximum = load<f32>(x + c);
        for (let i = c + step; i < size; i += step) {
          const value = load<f32>(x + i);
          if (value > maximum) maximum = value;
        }
        store<f32>(y + c, maximum);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        let maxima = v128.load(x + first);
        for (let i = first + step; i < size; i += step) maxima = f32x4.pmax(maxima, v128.load(x + i));
        v128.store(y + first, maxima);
      }
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * dx = delta[channel] where x equals the largest y, shared equally among those pixels, else 0.
 * @writes dx @reads delta x y
 * @rows rows: dx delta x y
 * @cost 0.6 * rows * pixels * channels
 */
export function globalMaxBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  pixels: usize,
  channels: usize,
): void {
  const step = channels << 2,
    size = pixels * step,
    one = f32x4.splat(1);
  for (let row: usize = 0; row < rows; row++) {
    if (channels < 4) {
      for (let c: usize = 0; c < step; c += 4) {
        const maximum = load<f32>(y + c);
        let count: f32 = 0;
        for (let i = c; i < size; i += step) count += load<f32>(x + i) == maximum ? 1 : 0;
        const share = load<f32>(delta + c) / count;
        for (let i = c; i < size; i += step) store<f32>(dx + i, load<f32>(x + i) == maximum ? share : 0);
      }
    } else {
      for (let c: usize = 0; c < step; c += 16) {
        const first = min(c, step - 16);
        const maxima = v128.load(y + first);
        let count = f32x4.splat(0);
        for (let i = first; i < size; i += step)
          count = f32x4.add(count, v128.and(f32x4.eq(v128.load(x + i), maxima), one));
        const share = f32x4.div(v128.load(delta + first), count);
        for (let i = first; i < size; i += step)
          v128.store(dx + i, v128.and(f32x4.eq(v128.load(x + i), maxima), share));
      }
    }
    dx += dxStride;
    delta += deltaStride;
    x += xStride;
    y += yStride;
  }
}
