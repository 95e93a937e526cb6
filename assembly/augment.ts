// Random geometry of images: one affine map per image, drawn by the generator of random.ts, then sampled. A
// map is six float64 {a, b, c, d, e, f}: the output pixel at (column, row) is read from column a · column + b
// · row + c and row d · column + e · row + f of the input.
import { cosTurn64, sinTurn64 } from './math64';
import { rowKey, word } from './random';
import { fma } from './simd';

/**
 * Bytes of a map.
 * @abi
 */
export const MAP_BYTES: usize = 48;

/** What stands outside an image. */
export const enum FillMode {
  constant,
  nearest,
  reflect,
  wrap,
}

/** A number between `low` and `high`. */
// @ts-ignore: decorator
@inline
function between(stream: u32, counter: usize, low: f64, high: f64): f64 {
  return low + ((<f64>word(stream, counter) + 0.5) / 4294967296) * (high - low);
}

// @ts-ignore: decorator
@inline
function putMap(at: usize, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64): void {
  store<f64>(at, a);
  store<f64>(at, b, 8);
  store<f64>(at, c, 16);
  store<f64>(at, d, 24);
  store<f64>(at, e, 32);
  store<f64>(at, f, 40);
}

/**
 * Moves down by a share of the height between `top` and `bottom`, to the right by a share of the width
 * between `left` and `right`.
 * @writes maps @reads key
 * @cost 10 * rows
 */
export function drawTranslations(
  maps: usize,
  key: usize,
  rows: usize,
  height: f64,
  width: f64,
  top: f64,
  bottom: f64,
  left: f64,
  right: f64,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const stream = rowKey(key, row);
    const down = between(stream, 0, top, bottom) * height,
      aside = between(stream, 1, left, right) * width;
    putMap(maps + row * MAP_BYTES, 1, 0, -aside, 0, 1, -down);
  }
}

/**
 * Turns about the centre, counterclockwise, by a share of a full turn between `low` and `high`.
 * @writes maps @reads key
 * @cost 60 * rows
 */
export function drawRotations(
  maps: usize,
  key: usize,
  rows: usize,
  height: f64,
  width: f64,
  low: f64,
  high: f64,
): void {
  const x = (width - 1) / 2,
    y = (height - 1) / 2;
  for (let row: usize = 0; row < rows; row++) {
    const turn = between(rowKey(key, row), 0, low, high);
    const sin = sinTurn64(turn),
      cos = cosTurn64(turn);
    putMap(maps + row * MAP_BYTES, cos, -sin, x - (cos * x - sin * y), sin, cos, y - (sin * x + cos * y));
  }
}

/**
 * Shrinks about the centre to 1 / (1 + share), share between `top` and `bottom`, `left` and `right`; one
 * share for both if `same`.
 * @writes maps @reads key
 * @cost 10 * rows
 */
export function drawZooms(
  maps: usize,
  key: usize,
  rows: usize,
  height: f64,
  width: f64,
  top: f64,
  bottom: f64,
  left: f64,
  right: f64,
  same: bool,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const stream = rowKey(key, row);
    const tall = 1 + between(stream, 0, top, bottom),
      wide = same ? tall : 1 + between(stream, 1, left, right);
    const x = ((width - 1) / 2) * (1 - wide),
      y = ((height - 1) / 2) * (1 - tall);
    putMap(maps + row * MAP_BYTES, wide, 0, x, 0, tall, y);
  }
}

/**
 * The pixel that stands for pixel i of a line of `count`, −1 for none. Modes: constant (k k | a b c | k k),
 * nearest (a a | a b c | c c), reflect (b a | a b c | c b), wrap (b c | a b c | a b).
 */
// @ts-ignore: decorator
@inline
function inside(i: i32, count: i32, mode: i32): i32 {
  if (<u32>i < <u32>count) return i;
  if (mode == FillMode.constant) return -1;
  if (mode == FillMode.nearest) return i < 0 ? 0 : count - 1;
  const period = mode == FillMode.reflect ? 2 * count : count;
  i %= period;
  if (i < 0) i += period;
  return i < count ? i : period - 1 - i;
}

/** Halves away from zero. */
// @ts-ignore: decorator
@inline
function round(x: f64): f64 {
  return trunc(x + copysign(0.5, x));
}

/** to += weight · from by channels; `from` 0 stands for a pixel of `fill`. */
// @ts-ignore: decorator
@inline
function addPixel(to: usize, from: usize, weight: f32, channels: usize, fill: f32): void {
  const factor = f32x4.splat(weight),
    filled = f32x4.splat(fill),
    end = channels << 2,
    whole = end & ~15;
  for (let i: usize = 0; i < whole; i += 16)
    v128.store(to + i, fma(factor, from != 0 ? v128.load(from + i) : filled, v128.load(to + i)));
  for (let i = whole; i < end; i += 4) {
    const sum = fma(factor, from != 0 ? v128.load32_zero(from + i) : filled, v128.load32_zero(to + i));
    v128.store32_lane(to + i, sum, 0);
  }
}

/**
 * One corner of a sampled pixel: `target` += weight · `source`, the output pixel at `out` bytes; transposed
 * if `back`.
 */
function addCorner(
  target: usize,
  source: usize,
  out: usize,
  row: i32,
  column: i32,
  weight: f32,
  height: i32,
  width: i32,
  channels: usize,
  mode: i32,
  fill: f32,
  back: bool,
): void {
  if (weight == 0) return;
  const r = inside(row, height, mode),
    c = inside(column, width, mode);
  if (r < 0 || c < 0) {
    if (!back) addPixel(target + out, 0, weight, channels, fill);
    return;
  }
  const at = <usize>(r * width + c) * (channels << 2);
  if (back) addPixel(target + at, source + out, weight, channels, 0);
  else addPixel(target + out, source + at, weight, channels, 0);
}

/**
 * One image: target = map(source), or its transpose. Bilinear weights are those of the four pixels around,
 * else the nearest has 1.
 */
function sample(
  target: usize,
  source: usize,
  map: usize,
  height: i32,
  width: i32,
  channels: usize,
  mode: i32,
  linear: bool,
  fill: f32,
  back: bool,
): void {
  const a = load<f64>(map),
    b = load<f64>(map, 8),
    c = load<f64>(map, 16),
    d = load<f64>(map, 24),
    e = load<f64>(map, 32),
    f = load<f64>(map, 40);
  let out: usize = 0;
  memory.fill(target, 0, (<usize>(height * width) * channels) << 2);
  for (let row: f64 = 0; row < <f64>height; row++) {
    for (let column: f64 = 0; column < <f64>width; column++, out += channels << 2) {
      const x = a * column + b * row + c,
        y = d * column + e * row + f;
      if (!linear) {
        const r = <i32>round(y),
          q = <i32>round(x);
        addCorner(target, source, out, r, q, 1, height, width, channels, mode, fill, back);
        continue;
      }
      const top = floor(y),
        left = floor(x);
      const bottom = y - top,
        right = x - left,
        r = <i32>top,
        q = <i32>left;
      const w0 = <f32>((1 - bottom) * (1 - right)),
        w1 = <f32>((1 - bottom) * right);
      const w2 = <f32>(bottom * (1 - right)),
        w3 = <f32>(bottom * right);
      addCorner(target, source, out, r, q, w0, height, width, channels, mode, fill, back);
      addCorner(target, source, out, r, q + 1, w1, height, width, channels, mode, fill, back);
      addCorner(target, source, out, r + 1, q, w2, height, width, channels, mode, fill, back);
      addCorner(target, source, out, r + 1, q + 1, w3, height, width, channels, mode, fill, back);
    }
  }
}

/**
 * y = every image of x through its map: (height, width, channels), no padding between pixels. y is not x.
 * @writes y @reads x maps
 * @rows rows: y x maps*48
 * @cost rows * height * width * (25 + 2 * channels)
 */
export function sampleImages(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  maps: usize,
  rows: usize,
  height: i32,
  width: i32,
  channels: usize,
  mode: i32,
  linear: bool,
  fill: f32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    sample(y, x, maps, height, width, channels, mode, linear, fill, false);
    y += yStride;
    x += xStride;
    maps += MAP_BYTES;
  }
}

/**
 * The transpose of `sampleImages`: what every input pixel has given to the output takes its share of the
 * gradient.
 * @writes dx @reads delta maps
 * @rows rows: dx delta maps*48
 * @cost rows * height * width * (25 + 2 * channels)
 */
export function sampleImagesBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  maps: usize,
  rows: usize,
  height: i32,
  width: i32,
  channels: usize,
  mode: i32,
  linear: bool,
): void {
  for (let row: usize = 0; row < rows; row++) {
    sample(dx, delta, maps, height, width, channels, mode, linear, 0, true);
    dx += dxStride;
    delta += deltaStride;
    maps += MAP_BYTES;
  }
}
