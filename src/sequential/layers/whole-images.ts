import type { Rule } from '../../check.js';
import { boolean, integer, number, refused } from '../../check.js';
import type { GlobalPoolingSpec, Span, SpatialDropoutSpec, ZeroPaddingSpec } from '../../network/spec.js';
import type { LayerKind } from './kind.js';
import type { ImageLayerOptions } from './parts.js';
import { imageOptions } from './parts.js';

export interface ZeroPadding2dOptions extends ImageLayerOptions {
  /** Pixels on every side; [height, width] of either end; or [[top, bottom], [left, right]]. Each >= 0. Default 1. */
  readonly padding?: number | readonly [number | Span, number | Span];
}

const pixels = integer({ min: 0 });

/** One number stands for two. */
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

/** keras/src/layers/reshaping/zero_padding2d.py */
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
};

export interface GlobalPooling2dOptions extends ImageLayerOptions {
  /** Whether the result is an image of one pixel, (1, 1, channels). Default false: (channels). */
  readonly keepdims?: boolean;
}

function globalPooling(type: GlobalPoolingSpec['type'], className: string): LayerKind<GlobalPoolingSpec> {
  return {
    className,
    schema: { keepdims: boolean, ...imageOptions },
    required: [],
    spec: ({ keepdims = false }) => ({ type, keepdims }),
    config: ({ keepdims }) => ({ keepdims }),
  };
}

/** keras/src/layers/pooling/global_average_pooling2d.py */
export const globalAveragePooling2d = globalPooling('globalAveragePooling2d', 'GlobalAveragePooling2D');

/** keras/src/layers/pooling/global_max_pooling2d.py */
export const globalMaxPooling2d = globalPooling('globalMaxPooling2d', 'GlobalMaxPooling2D');

export interface SpatialDropout2dOptions extends ImageLayerOptions {
  /** Share of the channels that become 0 while training, 0 to below 1; the others are divided by 1 − rate. */
  readonly rate: number;
}

/** keras/src/layers/regularization/spatial_dropout.py */
export const spatialDropout2d: LayerKind<SpatialDropoutSpec> = {
  className: 'SpatialDropout2D',
  schema: { rate: number({ min: 0, below: 1 }), ...imageOptions },
  required: ['rate'],
  spec: ({ rate }) => ({ type: 'spatialDropout2d', rate }),
  config: ({ rate }) => ({ rate }),
};
