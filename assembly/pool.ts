// Pooling over windows of images, channels last. Windows stop at the edges of the image: a border never
// counts, and an average is over the pixels that there are. `shape` points at int32 numbers
// (src/layers/pooling.ts):
// height, width, channels of the image · height, width of the output · of the window · strides · rows above,
//   columns left Strides of rows in bytes.

// @ts-ignore: decorator
@inline
function number(shape: usize, index: usize): usize {
  return load<u32>(shape + (index << 2));
}

/** Where window i along an axis begins and ends. `axis` 0 is down, 1 is across. */
// @ts-ignore: decorator
@inline
function beginOf(shape: usize, axis: usize, i: usize): usize {
  const at = <isize>(i * number(shape, 7 + axis)) - <isize>number(shape, 9 + axis);
  return <usize>max<isize>(0, at);
}

// @ts-ignore: decorator
@inline
function endOf(shape: usize, axis: usize, i: usize): usize {
  const end = i * number(shape, 7 + axis) + number(shape, 5 + axis) - number(shape, 9 + axis);
  return min(end, number(shape, axis));
}

/**
 * y = maxima. picks (rows and stride like y; 0: not wanted) = the byte offset in the image of the pixel that
 * each comes from; of equal values the first counts, line by line.
 * @writes y picks @reads x
 * @rows rows: y x picks*yStride
 * @cost 0.2 * rows * Math.max(yStride, xStride)
 */
export function maxPoolForward(
  y: usize,
  yStride: usize,
  picks: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  shape: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let at: usize = 0;
    for (let i: usize = 0; i < number(shape, 3); i++) {
      for (let j: usize = 0; j < number(shape, 4); j++) {
        windowMaxima(y + at, picks == 0 ? 0 : picks + at, x, shape, i, j);
        at += number(shape, 2) << 2;
      }
    }
    x += xStride;
    y += yStride;
    if (picks != 0) picks += yStride;
  }
}

// @ts-ignore: decorator
@inline
function windowMaxima(y: usize, picks: usize, x: usize, shape: usize, i: usize, j: usize): void {
  const top = beginOf(shape, 0, i),
    bottom = endOf(shape, 0, i);
  const left = beginOf(shape, 1, j),
    right = endOf(shape, 1, j);
  const bytes = number(shape, 2) << 2;
  const lineBytes = number(shape, 1) * bytes;
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
function clear(x: usize, shape: usize): void {
  const end = x + ((number(shape, 0) * number(shape, 1) * number(shape, 2)) << 2);
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
  shape: usize,
): void {
  const bytes = number(shape, 2) << 2;
  const outputs = number(shape, 3) * number(shape, 4);
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
  shape: usize,
): void {
  const bytes = number(shape, 2) << 2;
  for (let row: usize = 0; row < rows; row++) {
    let to = y;
    for (let i: usize = 0; i < number(shape, 3); i++) {
      for (let j: usize = 0; j < number(shape, 4); j++) {
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
function shareOf(shape: usize, i: usize, j: usize): f32 {
  const pixels = (endOf(shape, 0, i) - beginOf(shape, 0, i)) * (endOf(shape, 1, j) - beginOf(shape, 1, j));
  return <f32>(1 / <f64>pixels);
}

// @ts-ignore: decorator
@inline
function windowMeans(y: usize, x: usize, shape: usize, i: usize, j: usize): void {
  const share = shareOf(shape, i, j);
  const left = beginOf(shape, 1, j);
  const right = endOf(shape, 1, j);
  const bytes = number(shape, 2) << 2;
  const whole = bytes & ~15;
  let c: usize = 0;
  for (; c < whole; c += 16) {
    let sum = f32x4.splat(0);
    for (let line = beginOf(shape, 0, i); line < endOf(shape, 0, i); line++) {
      let from = x + (line * number(shape, 1) + left) * bytes + c;
      for (let column = left; column < right; column++) {
        sum = f32x4.add(sum, v128.load(from));
        from += bytes;
      }
    }
    v128.store(y + c, f32x4.mul(sum, f32x4.splat(share)));
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    for (let line = beginOf(shape, 0, i); line < endOf(shape, 0, i); line++) {
      let from = x + (line * number(shape, 1) + left) * bytes + c;
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
  shape: usize,
): void {
  const bytes = number(shape, 2) << 2;
  for (let row: usize = 0; row < rows; row++) {
    clear(dx, shape);
    let from = dy;
    for (let i: usize = 0; i < number(shape, 3); i++) {
      for (let j: usize = 0; j < number(shape, 4); j++) {
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
function spread(dx: usize, dy: usize, shape: usize, i: usize, j: usize): void {
  const share = shareOf(shape, i, j);
  const left = beginOf(shape, 1, j);
  const bytes = number(shape, 2) << 2;
  for (let line = beginOf(shape, 0, i); line < endOf(shape, 0, i); line++) {
    let to = dx + (line * number(shape, 1) + left) * bytes;
    for (let column = left; column < endOf(shape, 1, j); column++) {
      for (let c: usize = 0; c < bytes; c += 4) {
        store<f32>(to + c, load<f32>(to + c) + load<f32>(dy + c) * share);
      }
      to += bytes;
    }
  }
}
