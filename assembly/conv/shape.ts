// What a convolution needs to know about its images: int32 numbers that the host writes once
// (src/layers/convolution-shape.ts has the same table). Sizes in bytes unless they count something.
//
//   image  →  bordered image (in scratch, zeros around it)
//          →  position k of window i at  bases[i] + offsets[k]
import { PANEL } from '../simd';

/** Numbers of the table. */
// prettier-ignore
const DEPTH: usize = 0, PIXELS: usize = 4, OFFSETS: usize = 8, BASES: usize = 12, FILTERS: usize = 16,
  GROUPS: usize = 20, GROUP_BYTES: usize = 24, BORDERED: usize = 28, FIRST: usize = 32, LINES: usize = 36,
  LINE_PIXELS: usize = 40, PIXEL_BYTES: usize = 44, LINE_STEP: usize = 48, COLUMNS: usize = 52,
  POOL_HEIGHT: usize = 56, POOL_WIDTH: usize = 60, POOLED_LINES: usize = 64, POOLED_COLUMNS: usize = 68,
  WINDOW_LINES: usize = 72, WINDOW_FLOATS: usize = 76, WINDOW_PITCH: usize = 80,
  OUT_FIRST: usize = 84, OUT_LINE: usize = 88, OUT_PIXEL: usize = 92;

/** Positions of a window, in the channels of one group. */
// @ts-ignore: decorator
@inline
export function depthOf(shape: usize): usize {
  return load<u32>(shape, DEPTH);
}

/** Windows in an image: pixels of the output. */
// @ts-ignore: decorator
@inline
export function pixelsOf(shape: usize): usize {
  return load<u32>(shape, PIXELS);
}

// @ts-ignore: decorator
@inline
export function offsetsOf(shape: usize): usize {
  return load<u32>(shape, OFFSETS);
}

// @ts-ignore: decorator
@inline
export function basesOf(shape: usize): usize {
  return load<u32>(shape, BASES);
}

// @ts-ignore: decorator
@inline
export function filtersOf(shape: usize): usize {
  return load<u32>(shape, FILTERS);
}

// @ts-ignore: decorator
@inline
export function groupsOf(shape: usize): usize {
  return load<u32>(shape, GROUPS);
}

/** From the channels of one group to those of the next. */
// @ts-ignore: decorator
@inline
export function groupBytesOf(shape: usize): usize {
  return load<u32>(shape, GROUP_BYTES);
}

/** Columns of the output. */
// @ts-ignore: decorator
@inline
export function columnsOf(shape: usize): usize {
  return load<u32>(shape, COLUMNS);
}

// @ts-ignore: decorator
@inline
export function poolHeightOf(shape: usize): usize {
  return load<u32>(shape, POOL_HEIGHT);
}

// @ts-ignore: decorator
@inline
export function poolWidthOf(shape: usize): usize {
  return load<u32>(shape, POOL_WIDTH);
}

// @ts-ignore: decorator
@inline
export function pooledLinesOf(shape: usize): usize {
  return load<u32>(shape, POOLED_LINES);
}

// @ts-ignore: decorator
@inline
export function pooledColumnsOf(shape: usize): usize {
  return load<u32>(shape, POOLED_COLUMNS);
}

/** Lines of a window, the floats of each, and the bytes from one to the next: windows without gaps only. */
// @ts-ignore: decorator
@inline
export function windowLinesOf(shape: usize): usize {
  return load<u32>(shape, WINDOW_LINES);
}

// @ts-ignore: decorator
@inline
export function windowFloatsOf(shape: usize): usize {
  return load<u32>(shape, WINDOW_FLOATS);
}

// @ts-ignore: decorator
@inline
export function windowPitchOf(shape: usize): usize {
  return load<u32>(shape, WINDOW_PITCH);
}

/**
 * Where the first pixel of the output goes, and the bytes from one line of pixels to the next, and from one
 * pixel to the next.
 */
// @ts-ignore: decorator
@inline
export function outFirstOf(shape: usize): usize {
  return load<u32>(shape, OUT_FIRST);
}

// @ts-ignore: decorator
@inline
export function outLineOf(shape: usize): usize {
  return load<u32>(shape, OUT_LINE);
}

// @ts-ignore: decorator
@inline
export function outPixelOf(shape: usize): usize {
  return load<u32>(shape, OUT_PIXEL);
}

/** True if the pixels of the output lie one behind the other. */
// @ts-ignore: decorator
@inline
export function isDense(shape: usize): bool {
  const line = columnsOf(shape) * (filtersOf(shape) << 2);
  return outPixelOf(shape) == filtersOf(shape) << 2 && outLineOf(shape) == line;
}

/** Bytes of the bordered image; 0 if windows go over the image as it is. */
// @ts-ignore: decorator
@inline
export function borderedBytes(shape: usize): usize {
  return load<u32>(shape, BORDERED);
}

/** Zeros where images are to be bordered: once before the first of them. */
export function clearBorder(scratch: usize, shape: usize): void {
  const end = scratch + borderedBytes(shape);
  for (let at = scratch; at < end; at += 4) store<f32>(at, 0);
}

/** The image that windows go over: x itself, or x within the border that `clearBorder` has prepared. */
export function bordered(scratch: usize, x: usize, shape: usize): usize {
  if (borderedBytes(shape) == 0) return x;
  const lines: usize = load<u32>(shape, LINES);
  const lineBytes: usize = <usize>load<u32>(shape, LINE_PIXELS) * <usize>load<u32>(shape, PIXEL_BYTES);
  const lineStep: usize = load<u32>(shape, LINE_STEP);
  let to = scratch + <usize>load<u32>(shape, FIRST);
  for (let line: usize = 0; line < lines; line++) {
    copyFloats(to, x, lineBytes);
    x += lineBytes;
    to += lineStep;
  }
  return scratch;
}

/** A few floats: short enough that a call of memory.copy would take longer. */
// @ts-ignore: decorator
@inline
function copyFloats(to: usize, from: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** The first lane of a panel that does not lie before filter `begin`. */
// @ts-ignore: decorator
@inline
export function firstLane(panel: usize, begin: usize): usize {
  const first = panel * PANEL;
  return begin > first ? begin - first : 0;
}

/** One past the last lane of a panel that lies before filter `end`. */
// @ts-ignore: decorator
@inline
export function lastLane(panel: usize, end: usize): usize {
  return min(PANEL, end - panel * PANEL);
}
