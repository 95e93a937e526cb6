// Layers that keep all values: as another shape, or with zeros around them. A new shape alone makes no call:
// the output is the input.
import type { Rule } from '../check.js';
import { anyOf, integer, listOf, refused } from '../check.js';
import { call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape, MAX_RANK } from '../ndarray.js';
import type { Shape } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { ImageLayerOptions, LayerOptions } from './options.js';
import { imageOptions } from './options.js';
import type { LayerKind, LayerRule } from './rule.js';
import { none, unchanged } from './rule.js';
import type { Span } from './window.js';
import { imageSizes } from './window.js';

export interface ReshapeOptions extends LayerOptions {
  /** The shape of one row; one dimension may be −1, which stands for what is left. */
  readonly targetShape: Shape;
}

export interface ZeroPadding2dOptions extends ImageLayerOptions {
  /**
   * Pixels on every side; [height, width] of either end; or [[top, bottom], [left, right]]. Each >= 0.
   * Default 1.
   */
  readonly padding?: number | readonly [number | Span, number | Span];
}

/** Reads the same values as another shape. */
export interface ReshapeSpec {
  readonly type: 'reshape' | 'flatten';
  readonly targetShape?: Shape;
}

/** Zeros around images: pixels above and below, left and right. */
export interface ZeroPaddingSpec {
  readonly type: 'zeroPadding2d';
  readonly padding: readonly [height: Span, width: Span];
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    reshape: ReshapeSpec;
    zeroPadding2d: ZeroPaddingSpec;
  }
}

/** Reads the same values as another shape: no call at all. */
const rule: LayerRule<ReshapeSpec> = {
  keepsZeros: true,
  keepsRange: true,
  outputShape(spec, input) {
    if (spec.type === 'flatten') return [sizeOf(input)];
    const target = spec.targetShape ?? [];
    const known = target.filter((size) => size !== -1);
    const rest = sizeOf(input) / sizeOf(known);
    const shape = target.map((size) => (size === -1 ? rest : size));
    if (target.length - known.length > 1 || !Number.isInteger(rest) || sizeOf(shape) !== sizeOf(input)) {
      throw new ShapeError(
        `A reshape layer must keep the ${sizeOf(input)} values of its input, shape ${formatShape(input)}, but received the target shape ${formatShape(target)}.`,
      );
    }
    return shape;
  },
  parameters: none,
  bind: (_spec, { input }) => unchanged(input),
};

/** keras/src/layers/reshaping/flatten.py */
export const flatten: LayerKind<ReshapeSpec> = {
  ...rule,
  className: 'Flatten',
  schema: imageOptions,
  required: [],
  spec: () => ({ type: 'flatten' }),
  config: () => ({}),
};

/** keras/src/layers/reshaping/reshape.py */
export const reshape: LayerKind<ReshapeSpec> = {
  ...rule,
  className: 'Reshape',
  schema: { targetShape: listOf(anyOf(integer({ min: 1 }), integer({ min: -1, max: -1 })), 1, MAX_RANK) },
  required: ['targetShape'],
  spec: ({ targetShape }) => ({ type: 'reshape', targetShape }),
  config: ({ targetShape }) => ({ targetShape }),
};

const pixels = integer({ min: 0 });

/** Two numbers, or one that stands for both. */
function both(value: unknown): Span | typeof refused {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  return pair.length === 2 && pair.every((each) => pixels.accept(each) !== refused)
    ? (pair as unknown as Span)
    : refused;
}

const padding: Rule<ZeroPaddingSpec['padding']> = {
  expected: 'an integer >= 0, [height, width], or [[top, bottom], [left, right]]',
  accept(value) {
    const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
    const [height, width] = sides.map(both);
    return sides.length !== 2 || height === refused || width === refused ? refused : [height, width];
  },
};

/** Zeros above, below, left and right of images (keras/src/layers/reshaping/zero_padding2d.py). */
export const zeroPadding2d: LayerKind<ZeroPaddingSpec> = {
  className: 'ZeroPadding2D',
  schema: { padding, ...imageOptions },
  required: [],
  spec: (options) => ({
    type: 'zeroPadding2d',
    padding: options.padding ?? [
      [1, 1],
      [1, 1],
    ],
  }),
  config: (spec) => ({ padding: spec.padding }),

  outputShape({ type, padding: [tall, wide] }, input) {
    const [height, width, channels] = imageSizes(type, input);
    return [tall[0] + height + tall[1], wide[0] + width + wide[1], channels];
  },
  parameters: none,
  bind({ padding: [tall, wide] }, { layout, rows, input, inputShape, outputShape }) {
    const [height, width, channels] = inputShape;
    const output = layout.matrix(rows, sizeOf(outputShape));
    const bytes = 4 * channels;
    return {
      output,
      forward({ rows }) {
        const margins = [tall[0], tall[1], bytes * wide[0], bytes * wide[1]] as const;
        return [call('padImages', output, input, rows, height, bytes * width, ...margins)];
      },
      backward({ rows, delta, inputGradient }) {
        if (!inputGradient) return [];
        const pitch = bytes * outputShape[1];
        const first = pitch * tall[0] + bytes * wide[0];
        return [call('cropImages', inputGradient, delta, rows, height, bytes * width, first, pitch)];
      },
    };
  },
};
