// Pooling over windows of images, channels last. Windows stop at the edges of the image: a border never
// counts, and an average is over the pixels that there are. Strides of rows in bytes.
import { Count } from './record';

/** Images, windows and outputs of a pooling, which the host writes once (src/layers/pooling.ts). @abi */
@unmanaged
export class PoolingRecord {
  /** The image. */
  height: Count;
  width: Count;
  channels: Count;
  outputHeight: Count;
  outputWidth: Count;
  windowHeight: Count;
  windowWidth: Count;
  /** Lines from one window to the next, and columns. */
  strideDown: Count;
  strideAcross: Count;
  /** Lines above the image and columns left of it that windows cover. */
  linesAbove: Count;
  columnsLeft: Count;
}

/** The first line of the image that window i down covers. */
// @ts-ignore: decorator
@inline
function topOf(shape: PoolingRecord, i: usize): usize {
  return <usize>max<isize>(0, <isize>(i * shape.strideDown) - <isize>shape.linesAbove);
}

/** One past the last line of the image that window i down covers. */
// @ts-ignore: decorator
@inline
function bottomOf(shape: PoolingRecord, i: usize): usize {
  return min<usize>(i * shape.strideDown + shape.windowHeight - shape.linesAbove, shape.height);
}

// @ts-ignore: decorator
@inline
function leftOf(shape: PoolingRecord, j: usize): usize {
  return <usize>max<isize>(0, <isize>(j * shape.strideAcross) - <isize>shape.columnsLeft);
}

// @ts-ignore: decorator
@inline
function rightOf(shape: PoolingRecord, j: usize): usize {
  return min<usize>(j * shape.strideAcross + shape.windowWidth - shape.columnsLeft, shape.width);
}

/**
 * y = maxima. picks (rows and stride like y; 0: not wanted) = the byte offset in the image of the pixel that
 * each comes from; of equal values the first counts, line by line.
 * @writes y picks @reads x
 * @rows rows: y x picks*yStride
 * @cost 0.1 * rows * Math.max(yStride, xStride)
 */
export function maxPoolForward(
  y: usize,
  yStride: usize,
  picks: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  shape: PoolingRecord,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let at: usize = 0;
    for (let i: usize = 0; i < shape.outputHeight; i++) {
      for (let j: usize = 0; j < shape.outputWidth; j++) {
        windowMaxima(y + at, picks == 0 ? 0 : picks + at, x, shape, i, j);
        at += shape.channels << 2;
      }
    }
    x += xStride;
    y += yStride;
    if (picks != 0) picks += yStride;
  }
}

// @ts-ignore: decorator
@inline
function windowMaxima(y: usize, picks: usize, x: usize, shape: PoolingRecord, i: usize, j: usize): void {
  const top = topOf(shape, i),
    bottom = bottomOf(shape, i);
  const left = leftOf(shape, j),
    right = rightOf(shape, j);
  const bytes = shape.channels << 2;
  const lineBytes = shape.width * bytes;
  const first = top * lineBytes + left * bytes;
  const whole = bytes & ~15;
  let c: usize = 0;
  for (; c < whole; c += 16) {
    let maxima = v128.load(x + first + c);
    let pick = i32x4.splat(<i32>first);
    for (let line = top; line < bottom; line++) {
      let at = line * lineBytes + left * bytes;
      for (let column = left; column < right; column++) {
        const value = v128.load(x + at + c);
        pick = v128.bitselect(i32x4.splat(<i32>at), pick, f32x4.gt(value, maxima));
        maxima = f32x4.pmax(maxima, value);
        at += bytes;
      }
    }
    v128.store(y + c, maxima);
    if (picks != 0) v128.store(picks + c, pick);
  }
  for (; c < bytes; c += 4) {
    let maximum = load<f32>(x + first + c);
    let pick = first;
    for (let line = top; line < bottom; line++) {
      let at = line * lineBytes + left * bytes;
      for (let column = left; column < right; column++) {
        const value = load<f32>(x + at + c);
        if (value > maximum) {
          maximum = value;
          pick = at;
        }
        at += bytes;
      }
    }
    store<f32>(y + c, maximum);
    if (picks != 0) store<u32>(picks + c, <u32>pick);
  }
}

// @ts-ignore: decorator
@inline
function clear(x: usize, shape: PoolingRecord): void {
  const end = x + ((shape.height * shape.width * shape.channels) << 2);
  for (; x < end; x += 4) store<f32>(x, 0);
}

/**
 * dx = dy at the pixels that the maxima came from, 0 elsewhere; where windows overlap, added up in the order
 * of windows.
 * @writes dx @reads dy picks
 * @rows rows: dx dy picks*dyStride
 * @cost 0.2 * rows * Math.max(dxStride, dyStride)
 */
export function maxPoolBackward(
  dx: usize,
  dxStride: usize,
  dy: usize,
  dyStride: usize,
  picks: usize,
  rows: usize,
  shape: PoolingRecord,
): void {
  const bytes = shape.channels << 2;
  const outputs = shape.outputHeight * shape.outputWidth;
  for (let row: usize = 0; row < rows; row++) {
    clear(dx, shape);
    for (let at: usize = 0; at < outputs * bytes; at += bytes) {
      for (let c: usize = 0; c < bytes; c += 4) {
        const to = dx + <usize>load<u32>(picks + at + c) + c;
        store<f32>(to, load<f32>(to) + load<f32>(dy + at + c));
      }
    }
    dx += dxStride;
    dy += dyStride;
    picks += dyStride;
  }
}

/**
 * y = means, each a sum line by line, times 1 / pixels.
 * @writes y @reads x
 * @rows rows: y x
 * @cost 0.2 * rows * Math.max(yStride, xStride)
 */
export function averagePoolForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  shape: PoolingRecord,
): void {
  const bytes = shape.channels << 2;
  for (let row: usize = 0; row < rows; row++) {
    let to = y;
    for (let i: usize = 0; i < shape.outputHeight; i++) {
      for (let j: usize = 0; j < shape.outputWidth; j++) {
        windowMeans(to, x, shape, i, j);
        to += bytes;
      }
    }
    x += xStride;
    y += yStride;
  }
}

// @ts-ignore: decorator
@inline
function shareOf(shape: PoolingRecord, i: usize, j: usize): f32 {
  const pixels = (bottomOf(shape, i) - topOf(shape, i)) * (rightOf(shape, j) - leftOf(shape, j));
  return <f32>(1 / <f64>pixels);
}

// @ts-ignore: decorator
@inline
function windowMeans(y: usize, x: usize, shape: PoolingRecord, i: usize, j: usize): void {
  const share = shareOf(shape, i, j);
  const left = leftOf(shape, j);
  const right = rightOf(shape, j);
  const bytes = shape.channels << 2;
  const whole = bytes & ~15;
  let c: usize = 0;
  for (; c < whole; c += 16) {
    let sum = f32x4.splat(0);
    for (let line = topOf(shape, i); line < bottomOf(shape, i); line++) {
      let from = x + (line * shape.width + left) * bytes + c;
      for (let column = left; column < right; column++) {
        sum = f32x4.add(sum, v128.load(from));
        from += bytes;
      }
    }
    v128.store(y + c, f32x4.mul(sum, f32x4.splat(share)));
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    for (let line = topOf(shape, i); line < bottomOf(shape, i); line++) {
      let from = x + (line * shape.width + left) * bytes + c;
      for (let column = left; column < right; column++) {
        sum += load<f32>(from);
        from += bytes;
      }
    }
    store<f32>(y + c, sum * share);
  }
}

/**
 * dx = dy / pixels of the window, to all of its pixels; where windows overlap, added up in the order of
 * windows.
 * @writes dx @reads dy
 * @rows rows: dx dy
 * @cost 0.2 * rows * Math.max(dxStride, dyStride)
 */
export function averagePoolBackward(
  dx: usize,
  dxStride: usize,
  dy: usize,
  dyStride: usize,
  rows: usize,
  shape: PoolingRecord,
): void {
  const bytes = shape.channels << 2;
  for (let row: usize = 0; row < rows; row++) {
    clear(dx, shape);
    let from = dy;
    for (let i: usize = 0; i < shape.outputHeight; i++) {
      for (let j: usize = 0; j < shape.outputWidth; j++) {
        spread(dx, from, shape, i, j);
        from += bytes;
      }
    }
    dx += dxStride;
    dy += dyStride;
  }
}

// @ts-ignore: decorator
@inline
function spread(dx: usize, dy: usize, shape: PoolingRecord, i: usize, j: usize): void {
  const share = shareOf(shape, i, j);
  const left = leftOf(shape, j);
  const bytes = shape.channels << 2;
  for (let line = topOf(shape, i); line < bottomOf(shape, i); line++) {
    let to = dx + (line * shape.width + left) * bytes;
    for (let column = left; column < rightOf(shape, j); column++) {
      for (let c: usize = 0; c < bytes; c += 4) {
        store<f32>(to + c, load<f32>(to + c) + load<f32>(dy + c) * share);
      }
      to += bytes;
    }
  }
}
