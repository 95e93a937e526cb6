// Pooling of images: over windows of pixels, and over all of them. Borders never count. Max pooling right
// behind a convolution may be computed with it (convolution.ts).
import { boolean, nullable } from '../check.js';
import { PoolingRecord, type PoolingRecordFields } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import { sizeOf } from '../network/spec.js';
import type { ImageLayerOptions } from './options.js';
import { imageOptions } from './options.js';
import type { LayerKind } from './rule.js';
import { none, unchanged } from './rule.js';
import type { Both, WindowSpec } from './window.js';
import { imageSizes, padding, pair, windowOver } from './window.js';

export interface Pooling2dOptions extends ImageLayerOptions {
  /** Height and width of the window. Default 2. */
  readonly poolSize?: Both;
  /** Pixels from one window to the next. Default: the poolSize. */
  readonly strides?: Both | null;
  /**
   * 'same' lets windows reach over the edges, so that the output has ⌈size / stride⌉ pixels. Default 'valid'.
   */
  readonly padding?: 'valid' | 'same';
}

export interface PoolingSpec {
  readonly type: 'maxPooling2d' | 'averagePooling2d';
  readonly window: WindowSpec;
}

/** The mean or the largest of all pixels, by channels. */
export interface GlobalPoolingSpec {
  readonly type: 'globalAveragePooling2d' | 'globalMaxPooling2d';
  /** (1, 1, channels) instead of (channels). */
  readonly keepdims: boolean;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    pooling2d: PoolingSpec;
    globalPooling2d: GlobalPoolingSpec;
  }
}

/** Maxima, or means, over windows of pixels; borders do not count. */
function pooling(className: string, type: PoolingSpec['type']): LayerKind<PoolingSpec> {
  return {
    className,
    schema: { poolSize: pair, strides: nullable(pair), padding, ...imageOptions },
    required: [],
    spec({ poolSize: size = [2, 2], strides, padding = 'valid' }) {
      return { type, window: { size, strides: strides ?? size, padding, dilation: [1, 1] } };
    },
    config: ({ window: { size, strides, padding } }) => ({ poolSize: size, strides, padding }),

    keepsZeros: type === 'maxPooling2d',
    keepsRange: true,
    outputShape: ({ window }, input) => [...windowOver(type, window, input).output, input[2]],
    flops: ({ window }, output) => 2 * sizeOf(window.size) * sizeOf(output),
    parameters: none,
    bind({ window: spec }, { layout, rows, input, inputShape, training, fusedIntoPrevious }) {
      if (fusedIntoPrevious) return unchanged(input);
      const { image, output: size, size: window, strides, before } = windowOver(type, spec, inputShape);
      const columns = size[0] * size[1] * image[2];
      const output = layout.matrix(rows, columns);
      const shape = layout.record<PoolingRecordFields>({
        [PoolingRecord.height]: image[0],
        [PoolingRecord.width]: image[1],
        [PoolingRecord.channels]: image[2],
        [PoolingRecord.outputHeight]: size[0],
        [PoolingRecord.outputWidth]: size[1],
        [PoolingRecord.windowHeight]: window[0],
        [PoolingRecord.windowWidth]: window[1],
        [PoolingRecord.strideDown]: strides[0],
        [PoolingRecord.strideAcross]: strides[1],
        [PoolingRecord.linesAbove]: before[0],
        [PoolingRecord.columnsLeft]: before[1],
      });
      if (type === 'averagePooling2d') {
        return {
          output,
          forward: ({ rows }) => [call('averagePoolForward', output, input, rows, shape)],
          backward: ({ rows, delta, inputGradient }) =>
            inputGradient ? [call('averagePoolBackward', inputGradient, delta, rows, shape)] : [],
        };
      }
      const picks = training ? layout.matrix(rows, columns).offset : 0;
      return {
        output,
        forward: ({ rows }) => [call('maxPoolForward', output, picks, input, rows, shape)],
        backward: ({ rows, delta, inputGradient }) =>
          inputGradient ? [call('maxPoolBackward', inputGradient, delta, picks, rows, shape)] : [],
      };
    },
  };
}

/** keras/src/layers/pooling/max_pooling2d.py */
export const maxPooling2d = pooling('MaxPooling2D', 'maxPooling2d');

/** keras/src/layers/pooling/average_pooling2d.py */
export const averagePooling2d = pooling('AveragePooling2D', 'averagePooling2d');

export interface GlobalPooling2dOptions extends ImageLayerOptions {
  /** True if the result is an image of one pixel, (1, 1, channels). Default false: (channels). */
  readonly keepdims?: boolean;
}

/**
 * The mean or the largest of all pixels, by channels; of equal largest pixels each has its share of the
 * gradient.
 */
function globalPooling(className: string, type: GlobalPoolingSpec['type']): LayerKind<GlobalPoolingSpec> {
  const average = type === 'globalAveragePooling2d';
  return {
    className,
    schema: { keepdims: boolean, ...imageOptions },
    required: [],
    spec: ({ keepdims = false }) => ({ type, keepdims }),
    config: ({ keepdims }) => ({ keepdims }),

    keepsRange: true,
    outputShape({ keepdims }, input) {
      const [, , channels] = imageSizes(type, input);
      return keepdims ? [1, 1, channels] : [channels];
    },
    parameters: none,
    bind(_spec, { layout, rows, input, inputShape: [height, width, channels] }) {
      const output = layout.matrix(rows, channels);
      const sizes = [height * width, channels] as const;
      return {
        output,
        forward({ rows }) {
          return [call(average ? 'globalAverage' : 'globalMax', output, input, rows, ...sizes)];
        },
        backward({ rows, delta, inputGradient }): Call[] {
          if (!inputGradient) return [];
          if (average) return [call('globalAverageBackward', inputGradient, delta, rows, ...sizes)];
          return [call('globalMaxBackward', inputGradient, delta, input, output, rows, ...sizes)];
        },
      };
    },
  };
}

/** keras/src/layers/pooling/global_average_pooling2d.py */
export const globalAveragePooling2d = globalPooling('GlobalAveragePooling2D', 'globalAveragePooling2d');

/** keras/src/layers/pooling/global_max_pooling2d.py */
export const globalMaxPooling2d = globalPooling('GlobalMaxPooling2D', 'globalMaxPooling2d');
