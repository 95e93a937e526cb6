// What a convolution needs to know about its images: a record that the host writes once
// (src/layers/convolution-shape.ts), and how an image is put into its border.
//
//   image  →  bordered image (in scratch, zeros around it)
//          →  position k of window i at  bases[i] + offsets[k]
import { Bytes, Count } from '../record';
import { PANEL } from '../simd';

/** Sizes of a convolution, and where its tables are. @abi */
@unmanaged
export class ConvolutionRecord {
  /** Positions of a window, in the channels of one group. */
  depth: Count;
  /** Windows in an image: pixels of the output. */
  pixels: Count;
  /** Where the table is that has the distance from a window's first position to each: int32[depth]. */
  offsets: Bytes;
  /** Where the table is that has the begin of each window in the bordered image: int32[pixels]. */
  bases: Bytes;
  filters: Count;
  groups: Count;
  /** From the channels of one group to those of the next. */
  groupBytes: Bytes;
  /** Size of the bordered image; 0 if windows go over the image as it is. */
  borderedBytes: Bytes;
  /** Where the first pixel goes in the bordered image. */
  begin: Bytes;
  /** Lines of the image, pixels of a line, and the size of a pixel. */
  lines: Count;
  linePixels: Count;
  pixelBytes: Bytes;
  /** From one line of the bordered image to the next. */
  lineStep: Bytes;
  /** Columns of the output. */
  columns: Count;
  /** Window and output of the max pooling that is computed with the convolution; 0 without. */
  poolHeight: Count;
  poolWidth: Count;
  pooledLines: Count;
  pooledColumns: Count;
  /** Lines of a window, the floats of each, and from one to the next: windows without gaps only. */
  windowLines: Count;
  windowFloats: Count;
  windowPitch: Bytes;
  /**
   * Where the first pixel of the output goes, and the distances from one line of pixels to the next, and from
   * one pixel to the next.
   */
  outBegin: Bytes;
  outLineBytes: Bytes;
  outPixelBytes: Bytes;
}

/** True if the pixels of the output lie one behind the other. */
// @ts-ignore: decorator
@inline
export function isDense(shape: ConvolutionRecord): bool {
  const line = shape.columns * (shape.filters << 2);
  return shape.outPixelBytes == shape.filters << 2 && shape.outLineBytes == line;
}

/** Zeros where images are to be bordered: once before the first of them. */
export function clearBorder(scratch: usize, shape: ConvolutionRecord): void {
  const end = scratch + shape.borderedBytes;
  for (let at = scratch; at < end; at += 4) store<f32>(at, 0);
}

/** The image that windows go over: x itself, or x within the border that `clearBorder` has prepared. */
export function bordered(scratch: usize, x: usize, shape: ConvolutionRecord): usize {
  if (shape.borderedBytes == 0) return x;
  const lines: usize = shape.lines;
  const lineBytes: usize = shape.linePixels * shape.pixelBytes;
  const lineStep: usize = shape.lineStep;
  let to = scratch + shape.begin;
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
