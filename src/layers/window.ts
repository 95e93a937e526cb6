// Windows that go over images: their options, and where they stand. Convolutions and pooling have them in
// common. Pixels count from the top left.
import { anyOf, listOf, oneOf, positiveInteger, refused } from '../check.js';
import type { Rule } from '../check.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import type { Shape } from '../network/spec.js';

/** (down, across) */
export type Pair = readonly [number, number];

/** Two numbers: before and after, or smallest and largest. */
export type Span = readonly [number, number];

/** A number for both axes, or [down, across]. */
export type Both = number | Pair;

/** One positive integer, or a pair of them; gives the pair. */
export const pair: Rule<Pair> = {
  expected: 'an integer >= 1 or a pair of them',
  accept(value) {
    const accepted = anyOf(positiveInteger, listOf(positiveInteger, 2, 2)).accept(value);
    if (accepted === refused) return refused;
    if (typeof accepted === 'number') return [accepted, accepted];
    return accepted.length === 2 ? [accepted[0], accepted[1]] : refused;
  },
};

export const padding = oneOf(['valid', 'same']);

/** How a window of pixels goes over an image. */
export interface WindowSpec {
  /** Height and width. */
  readonly size: Pair;
  readonly strides: Pair;
  /** 'same' borders the image with zeros so that the output has ⌈size / stride⌉ pixels. */
  readonly padding: 'valid' | 'same';
  /** Pixels from one position of the window to the next. */
  readonly dilation: Pair;
}

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
 * Finds where a window stands. With padding 'same' the border is as TensorFlow's: the larger half is below
 * and right.
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
  const both = (read: (axis: (typeof axes)[number]) => number): Pair => [read(axes[0]), read(axes[1])];
  return {
    ...spec,
    image,
    output: both(({ output }) => output),
    before: both(({ before }) => before),
    border: both(({ border }) => border),
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

/** The three dimensions of an image. @throws ShapeError for rows of another rank */
export function imageSizes(
  type: string,
  input: Shape,
): readonly [height: number, width: number, channels: number] {
  if (input.length === 3) return input as unknown as readonly [number, number, number];
  const hint = input.length === 2 ? '; put a reshape layer that adds the channels before it' : '';
  throw new ShapeError(
    `A ${type} layer takes images, shape (height, width, channels), but received the shape ${formatShape(input)}${hint}.`,
  );
}
