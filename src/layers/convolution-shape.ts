// What the kernels of assembly/conv/ know of a convolution: a table for the forward pass and the gradient of
// the filters, and one for every part of the gradient of the input. All of it is made once, when a network is
// planned.
import { ConvolutionRecord, type ConvolutionRecordFields } from '../engine/generated/abi.js';
import { ShapeError, UnsupportedError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import type { Layout } from '../network/layout.js';
import { PANEL } from '../network/layout.js';
import type { Pair, Window } from './window.js';

/** A convolution of images whose window and filters are known. */
export interface Convolution {
  readonly window: Window;
  readonly filters: number;
  readonly groups: number;
}

/** A table for the kernels, and what they need as scratch. */
export interface ConvolutionShape {
  readonly offset: number;
  /** Positions of a window in the channels of one group. */
  readonly depth: number;
  /** Pixels of the output. */
  readonly pixels: number;
  /** Floats of the bordered image; 0 if there is none. */
  readonly borderedFloats: number;
}

/** How an image lies within its border. */
interface Bordered {
  /** Height, width and channels of the image that is put there. */
  readonly image: readonly [number, number, number];
  /** Height and width with the border. */
  readonly size: Pair;
  /** Where the first pixel goes. */
  readonly before: Pair;
}

/** Where pixels of an output lie, in bytes: the first, and from line to line and pixel to pixel. */
interface Placement {
  readonly first: number;
  readonly line: number;
  readonly pixel: number;
}

/** A window over a bordered image, from which the record of assembly/conv/shape.ts is made. */
interface Description {
  readonly bordered: Bordered;
  /** The first window begins at the pixel `start` of the bordered image. */
  readonly window: Pick<Window, 'size' | 'strides' | 'dilation' | 'output'> & { readonly start?: Pair };
  readonly filters: number;
  readonly groups: number;
  readonly pool?: Window;
  /** Default: one behind the other. */
  readonly placement?: Placement;
}

/** The shape of a convolution's forward pass, pooled or not, and of the gradient of its filters. */
export function forwardShape(
  layout: Layout,
  { window, filters, groups }: Convolution,
  pool?: Window,
): ConvolutionShape {
  const { image, border, before } = window;
  const bordered: Bordered = {
    image,
    size: [image[0] + border[0], image[1] + border[1]],
    before,
  };
  return describe(layout, { bordered, window, filters, groups, pool });
}

/** Every remainder of the strides is a convolution of its own. */
const MAX_PARTS = 4096;

/**
 * A share of the gradient of the input: the pixels that are as far from the last window's begin before them.
 */
export interface InputGradientPart {
  readonly shape: ConvolutionShape;
  /** How many positions of the window reach these pixels. */
  readonly count: number;
  /** The offset of their numbers, as the rotated filters have them: the last comes first. */
  readonly order: number;
}

/**
 * The gradient of the input: convolutions of the delta with the filters rotated by 180°. With strides every
 * window reaches pixels of one remainder with some of its positions only: each remainder is a convolution of
 * its own, of the same delta.
 */
export function inputGradientParts(layout: Layout, convolution: Convolution): InputGradientPart[] {
  const { strides, image } = convolution.window;
  if (Math.min(strides[0], image[0]) * Math.min(strides[1], image[1]) > MAX_PARTS) {
    throw new UnsupportedError(
      `A conv2d layer hands gradients down through strides whose product is at most ${MAX_PARTS}, but received strides [${strides.join(', ')}]; let nothing below it be trained.`,
    );
  }
  const [down, across] = [0, 1].map((axis) => remaindersOf(convolution.window, axis));
  return down.flatMap((tall) => across.map((wide) => partOf(layout, convolution, [tall, wide])));
}

/** The pixels begin, begin + stride, … of an axis, and which positions of the rotated window reach them. */
interface Remainder {
  readonly begin: number;
  readonly pixels: number;
  /** The first position, and how many there are: every stride-th. */
  readonly tap: number;
  readonly taps: number;
  /**
   * Rows of the delta from the first that the first pixel's window covers; negative if that lies in the
   * border.
   */
  readonly start: number;
}

function remaindersOf({ image, size, dilation, before, strides }: Window, axis: number): Remainder[] {
  const stride = strides[axis];
  // Of the first window's last position, seen from the first pixel.
  const first = (size[axis] - 1) * dilation[axis] - before[axis];
  return Array.from({ length: Math.min(stride, image[axis]) }, (_, begin) => {
    const tap = (((first - begin) % stride) + stride) % stride;
    const taps = Math.max(0, Math.ceil((size[axis] - tap) / stride));
    const pixels = Math.ceil((image[axis] - begin) / stride);
    return { begin, pixels, tap, taps, start: (begin + tap - first) / stride };
  });
}

function partOf(
  layout: Layout,
  { window, filters, groups }: Convolution,
  remainders: readonly [Remainder, Remainder],
): InputGradientPart {
  const { image, size, dilation, strides, output } = window;
  const pair = (of: (remainder: Remainder, axis: 0 | 1) => number): Pair => [
    of(remainders[0], 0),
    of(remainders[1], 1),
  ];
  const before = pair(({ start }) => Math.max(0, -start));
  const start = pair((remainder) => Math.max(0, remainder.start));
  const covered = pair(
    ({ pixels, taps }, axis) => start[axis] + pixels + Math.max(0, taps - 1) * dilation[axis],
  );
  const bordered: Bordered = {
    image: [...output, filters],
    size: pair((_, axis) => Math.max(before[axis] + output[axis], covered[axis])),
    before,
  };
  const [down, across] = remainders;
  const taps = pair(({ taps }) => taps);
  const rotated = {
    size: taps,
    dilation,
    strides: [1, 1],
    start,
    output: pair(({ pixels }) => pixels),
  } as const;
  const [line, pixel] = [4 * image[1] * image[2], 4 * image[2]];
  const placement: Placement = {
    first: down.begin * line + across.begin * pixel,
    line: strides[0] * line,
    pixel: strides[1] * pixel,
  };
  const shape = describe(layout, { bordered, window: rotated, filters: image[2], groups, placement });
  const count = down.taps * across.taps;
  const last = size[0] * size[1] - 1;
  const order = layout.table(count, (to) => {
    let at = 0;
    for (let i = down.tap; i < size[0]; i += strides[0]) {
      for (let j = across.tap; j < size[1]; j += strides[1]) to[at++] = last - (i * size[1] + j);
    }
  });
  return { shape, count, order };
}

function describe(
  layout: Layout,
  { bordered, window, filters, groups, pool, placement }: Description,
): ConvolutionShape {
  const [height, width, channels] = bordered.image;
  const pixelBytes = 4 * channels;
  const lineBytes = bordered.size[1] * pixelBytes;
  const isBordered = bordered.size[0] !== height || bordered.size[1] !== width;
  const inputs = channels / groups;
  const depth = window.size[0] * window.size[1] * inputs;
  const pixels = window.output[0] * window.output[1];
  const borderedFloats = isBordered ? (bordered.size[0] * lineBytes) / 4 : 0;
  // The floats behind the image: kernels may read past the last pixel.
  const scratchFloats = isBordered ? Math.ceil(borderedFloats / 16) * 16 + 16 : 0;
  const to = placement ?? { first: 0, line: 4 * filters * window.output[1], pixel: 4 * filters };
  const offset = layout.record<ConvolutionRecordFields>({
    [ConvolutionRecord.depth]: depth,
    [ConvolutionRecord.pixels]: pixels,
    [ConvolutionRecord.offsets]: layout.table(depth, (to) =>
      fillOffsets(to, window, lineBytes, pixelBytes, inputs),
    ),
    [ConvolutionRecord.bases]: layout.table(pixels, (to) => fillBases(to, window, lineBytes, pixelBytes)),
    [ConvolutionRecord.filters]: filters,
    [ConvolutionRecord.groups]: groups,
    [ConvolutionRecord.groupBytes]: 4 * inputs,
    [ConvolutionRecord.borderedBytes]: 4 * scratchFloats,
    [ConvolutionRecord.begin]: bordered.before[0] * lineBytes + bordered.before[1] * pixelBytes,
    [ConvolutionRecord.lines]: height,
    [ConvolutionRecord.linePixels]: width,
    [ConvolutionRecord.pixelBytes]: pixelBytes,
    [ConvolutionRecord.lineStep]: lineBytes,
    [ConvolutionRecord.columns]: window.output[1],
    [ConvolutionRecord.poolHeight]: pool?.size[0] ?? 0,
    [ConvolutionRecord.poolWidth]: pool?.size[1] ?? 0,
    [ConvolutionRecord.pooledLines]: pool?.output[0] ?? 0,
    [ConvolutionRecord.pooledColumns]: pool?.output[1] ?? 0,
    [ConvolutionRecord.windowLines]: window.size[0],
    [ConvolutionRecord.windowFloats]: window.size[1] * inputs,
    [ConvolutionRecord.windowPitch]: window.dilation[0] * lineBytes,
    [ConvolutionRecord.outBegin]: to.first,
    [ConvolutionRecord.outLineBytes]: to.line,
    [ConvolutionRecord.outPixelBytes]: to.pixel,
  });
  return { offset, depth, pixels, borderedFloats: scratchFloats };
}

/** Byte offsets of a window's positions from its first. */
function fillOffsets(
  to: Int32Array,
  { size, dilation }: Pick<Window, 'size' | 'dilation'>,
  lineBytes: number,
  pixelBytes: number,
  inputs: number,
): void {
  let k = 0;
  for (let i = 0; i < size[0]; i++) {
    for (let j = 0; j < size[1]; j++) {
      const at = i * dilation[0] * lineBytes + j * dilation[1] * pixelBytes;
      for (let c = 0; c < inputs; c++) to[k++] = at + 4 * c;
    }
  }
}

/** Byte offsets of the windows in the bordered image. */
function fillBases(
  to: Int32Array,
  { strides, output, start = [0, 0] }: Pick<Description['window'], 'strides' | 'output' | 'start'>,
  lineBytes: number,
  pixelBytes: number,
): void {
  let pixel = 0;
  const first = start[0] * lineBytes + start[1] * pixelBytes;
  for (let i = 0; i < output[0]; i++) {
    for (let j = 0; j < output[1]; j++) {
      to[pixel++] = first + i * strides[0] * lineBytes + j * strides[1] * pixelBytes;
    }
  }
}

/** Floats of an image within its border, 256 MiB, beyond which the border may not be most of it. */
const MAX_BORDERED_FLOATS = 67108864;

/**
 * @throws ShapeError where a window with padding 'same' reaches so far beyond images that no memory holds
 * their border
 */
export function checkBorder({ image, border, size, dilation }: Window, filters: number): void {
  const [height, width] = [image[0] + border[0], image[1] + border[1]];
  const floats = height * width * Math.max(image[2], filters);
  if (floats <= MAX_BORDERED_FLOATS || height * width <= 8 * image[0] * image[1]) return;
  throw new ShapeError(
    `A conv2d layer with padding 'same' needs images that take at most 256 MiB with their border, but kernelSize [${size.join(', ')}] and dilationRate [${dilation.join(', ')}] border the shape ${formatShape(image)} to ${height} x ${width} pixels.`,
  );
}

/**
 * Floats of scratch that the kernels of a convolution need. `pool`: lines of a window that is pooled at once,
 * or 0.
 */
export function convolutionScratch(window: Window, filters: number, pool: number): number {
  const [height, width, channels] = window.image;
  const size = window.size.map((pixels, axis) => (pixels - 1) * window.dilation[axis]);
  const forward = (height + window.border[0]) * (width + window.border[1]) * channels;
  const backward = (height + size[0]) * (width + size[1]) * filters;
  const pixels = window.output[0] * window.output[1];
  const taps = filters * window.size[0] * (window.size[1] * channels + 3);
  const strip = pool * window.output[1] * PANEL;
  // Lists of four filters, two words for every pooled pixel.
  const pooled = pool > 0 ? 8 * pixels + 8 + taps : 0;
  // A panel of what is convolved: the output, or, with the filters rotated, the gradient of the input.
  const panel = PANEL * Math.max(pixels, height * width);
  return Math.max(forward, backward) + 64 + Math.max(panel, strip, pooled, 48);
}
