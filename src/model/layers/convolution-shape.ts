import type { Layout } from '../layout.js';
import type { Pair, PoolingSpec } from '../spec.js';
import type { Window } from './window.js';

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
  /** Of the bordered image; 0 if there is none. */
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
  /** Rows and columns from one pixel of the image to the next. */
  readonly steps: Pair;
}

/** A window over a bordered image, as assembly/conv/shape.ts describes it. */
interface Description {
  readonly bordered: Bordered;
  readonly window: Pick<Window, 'size' | 'strides' | 'dilation' | 'output'>;
  readonly filters: number;
  readonly groups: number;
  readonly pool?: Window;
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
    steps: [1, 1],
  };
  return describe(layout, { bordered, window, filters, groups, pool });
}

/**
 * The shape of the gradient of the input: a convolution of the delta with the filters turned round, at every pixel of the
 * input. Strides become zeros between the pixels of the delta.
 */
export function inputGradientShape(
  layout: Layout,
  { window, filters, groups }: Convolution,
): ConvolutionShape {
  const { image, size, dilation, before, strides, output } = window;
  const axes = (of: (axis: 0 | 1) => number): Pair => [of(0), of(1)];
  const reach = axes((axis) => (size[axis] - 1) * dilation[axis]);
  const bordered: Bordered = {
    image: [...output, filters],
    size: axes((axis) => image[axis] + reach[axis]),
    before: axes((axis) => reach[axis] - before[axis]),
    steps: strides,
  };
  const turned = { size, dilation, strides: [1, 1], output: [image[0], image[1]] } as const;
  return describe(layout, { bordered, window: turned, filters: image[2], groups });
}

function describe(
  layout: Layout,
  { bordered, window, filters, groups, pool }: Description,
): ConvolutionShape {
  const [height, width, channels] = bordered.image;
  const pixelBytes = 4 * channels;
  const lineBytes = bordered.size[1] * pixelBytes;
  const isBordered = bordered.size[0] !== height || bordered.size[1] !== width;
  const inputs = channels / groups;
  const offsets = offsetsOf(window, lineBytes, pixelBytes, inputs);
  const bases = basesOf(window, lineBytes, pixelBytes);
  const [strideDown, strideAcross] = bordered.steps;
  const borderedFloats = isBordered ? (bordered.size[0] * lineBytes) / 4 : 0;
  // The floats behind the image: kernels may read past the last pixel.
  const scratchFloats = isBordered ? Math.ceil(borderedFloats / 16) * 16 + 16 : 0;
  const numbers = [
    ...[
      offsets.length,
      bases.length,
      layout.table(offsets),
      layout.table(bases),
      filters,
      groups,
      4 * inputs,
    ],
    ...[4 * scratchFloats, bordered.before[0] * lineBytes + bordered.before[1] * pixelBytes],
    ...[height, width, pixelBytes, strideDown * lineBytes, strideAcross * pixelBytes],
    window.output[1],
    ...(pool ? [...pool.size, ...pool.output] : [0, 0, 0, 0]),
    ...[window.size[0], window.size[1] * inputs, window.dilation[0] * lineBytes],
  ];
  return {
    offset: layout.table(numbers),
    depth: offsets.length,
    pixels: bases.length,
    borderedFloats: scratchFloats,
  };
}

/** Byte offsets of a window's positions from its first. */
function offsetsOf(
  { size, dilation }: Pick<Window, 'size' | 'dilation'>,
  lineBytes: number,
  pixelBytes: number,
  inputs: number,
): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < size[0]; i++) {
    for (let j = 0; j < size[1]; j++) {
      const at = i * dilation[0] * lineBytes + j * dilation[1] * pixelBytes;
      for (let c = 0; c < inputs; c++) offsets.push(at + 4 * c);
    }
  }
  return offsets;
}

/** Byte offsets of the windows in the bordered image. */
function basesOf(
  { strides, output }: Pick<Window, 'strides' | 'output'>,
  lineBytes: number,
  pixelBytes: number,
): number[] {
  const bases: number[] = [];
  for (let i = 0; i < output[0]; i++) {
    for (let j = 0; j < output[1]; j++) {
      bases.push(i * strides[0] * lineBytes + j * strides[1] * pixelBytes);
    }
  }
  return bases;
}

/** Whether a pooling layer's windows can be pooled as soon as the convolution has computed them. */
export function poolsAtOnce({ type, window }: PoolingSpec): boolean {
  const { size, strides, padding } = window;
  return type === 'maxPooling2d' && padding === 'valid' && size[0] === strides[0] && size[1] === strides[1];
}
