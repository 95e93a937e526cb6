import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import type { Pair, Shape, WindowSpec } from '../network/spec.js';

/** A window over images of a known shape. */
export interface Window extends WindowSpec {
  /** Height, width and channels of an image. */
  readonly image: readonly [number, number, number];
  /** Height and width of the output. */
  readonly output: Pair;
  /** Rows above and columns left of the image that a border adds. */
  readonly before: Pair;
  /** Rows and columns that a border adds in all. */
  readonly border: Pair;
}

/**
 * Where a window stands. With padding 'same' the border is as TensorFlow's: the larger half is below and right.
 *
 * @throws ShapeError for rows that are no images, and for windows larger than the image
 */
export function windowOver(layer: string, spec: WindowSpec, input: Shape): Window {
  if (input.length !== 3) {
    throw new ShapeError(
      `A ${layer} layer takes images, shape (height, width, channels), but received the shape ${formatShape(input)}; put a reshape layer before it.`,
    );
  }
  const image = input as [number, number, number];
  const axes = [0, 1].map((axis) => along(spec, axis, image[axis]));
  if (axes.some(({ output }) => output < 1)) {
    const reach = [0, 1].map((axis) => reachOf(spec, axis));
    throw new ShapeError(
      `A ${layer} layer with padding 'valid' needs images of at least ${reach.join(' x ')} pixels, which its window covers, but received the shape ${formatShape(input)}.`,
    );
  }
  const pair = (read: (axis: (typeof axes)[number]) => number): Pair => [read(axes[0]), read(axes[1])];
  return {
    ...spec,
    image,
    output: pair(({ output }) => output),
    before: pair(({ before }) => before),
    border: pair(({ border }) => border),
  };
}

/** Pixels from the first that a window covers to the last. */
function reachOf({ size, dilation }: WindowSpec, axis: number): number {
  return (size[axis] - 1) * dilation[axis] + 1;
}

function along(
  spec: WindowSpec,
  axis: number,
  length: number,
): { output: number; before: number; border: number } {
  const stride = spec.strides[axis];
  const reach = reachOf(spec, axis);
  if (spec.padding === 'valid') {
    return { output: Math.floor((length - reach) / stride) + 1, before: 0, border: 0 };
  }
  const output = Math.ceil(length / stride);
  const border = Math.max(0, (output - 1) * stride + reach - length);
  return { output, before: Math.floor(border / 2), border };
}
