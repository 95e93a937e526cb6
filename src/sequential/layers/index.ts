import { Layer } from '../layer.js';
import type { RandomRotationOptions, RandomTranslationOptions, RandomZoomOptions } from './augmentation.js';
import { randomRotation, randomTranslation, randomZoom } from './augmentation.js';
import type { DenseOptions } from './dense.js';
import { dense } from './dense.js';
import type { Conv2dOptions, Pooling2dOptions } from './images.js';
import { averagePooling2d, conv2d, maxPooling2d } from './images.js';
import type { LayerKind } from './kind.js';
import type { BatchNormalizationOptions, LayerNormalizationOptions } from './normalization.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import type { ImageLayerOptions } from './parts.js';
import { shape } from './parts.js';
import type {
  ActivationOptions,
  DropoutOptions,
  GaussianNoiseOptions,
  RescalingOptions,
  ReshapeOptions,
} from './simple.js';
import { activation, dropout, flatten, gaussianNoise, rescaling, reshape } from './simple.js';
import type {
  GlobalPooling2dOptions,
  SpatialDropout2dOptions,
  ZeroPadding2dOptions,
} from './whole-images.js';
import {
  globalAveragePooling2d,
  globalMaxPooling2d,
  spatialDropout2d,
  zeroPadding2d,
} from './whole-images.js';
import type { Shape } from '../../network/spec.js';

export interface InputOptions {
  /** The shape of one row: (features) or (height, width, channels). */
  readonly shape: Shape;
  readonly name?: string;
}

/** Tells the shape of one row; no layer of the network. */
const input: LayerKind = {
  className: 'InputLayer',
  schema: { shape },
  required: ['shape'],
  spec: () => undefined,
  config: () => ({}),
};

/** All kinds of layers by the names of their factories: what a saved model may name. */
const KINDS = {
  input,
  dense,
  conv2d,
  maxPooling2d,
  averagePooling2d,
  activation,
  dropout,
  flatten,
  reshape,
  rescaling,
  batchNormalization,
  layerNormalization,
  gaussianNoise,
  zeroPadding2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  spatialDropout2d,
  randomTranslation,
  randomRotation,
  randomZoom,
} as const satisfies Record<string, LayerKind>;

export type LayerType = keyof typeof KINDS;

export const LAYER_TYPES = Object.keys(KINDS) as LayerType[];

/** A layer from the name of its factory and options that nobody has checked. @throws ValueError */
export function makeLayer(type: LayerType, options: unknown): Layer {
  return new Layer(type, KINDS[type], options);
}

/**
 * The layers that `sequential` takes. All take `name`, `trainable` and, where they come first, `inputShape`: the shape of
 * one row, without the rows. Options and defaults are Keras 3's. @throws ValueError for unknown options and bad values
 */
export const layers = {
  /** The shape of one row, where the first layer does not tell it. */
  input: (options: InputOptions): Layer => makeLayer('input', options),
  /** activation(x · kernel + bias): rows of features (inputs) → (units). */
  dense: (options: DenseOptions): Layer => makeLayer('dense', options),
  /** activation(convolution of x and the kernel + bias): images (height, width, channels) → (height, width, filters). */
  conv2d: (options: Conv2dOptions): Layer => makeLayer('conv2d', options),
  /** The largest value of every window of pixels, channel by channel. */
  maxPooling2d: (options: Pooling2dOptions = {}): Layer => makeLayer('maxPooling2d', options),
  /** The mean of every window of pixels, channel by channel; what lies beyond the edges does not count. */
  averagePooling2d: (options: Pooling2dOptions = {}): Layer => makeLayer('averagePooling2d', options),
  /** An activation of its own. */
  activation: (options: ActivationOptions): Layer => makeLayer('activation', options),
  /** Sets a share of the values to 0 while training; predicts unchanged values. */
  dropout: (options: DropoutOptions): Layer => makeLayer('dropout', options),
  /** Any shape → (features). */
  flatten: (options: ImageLayerOptions = {}): Layer => makeLayer('flatten', options),
  /** The same values in another shape. */
  reshape: (options: ReshapeOptions): Layer => makeLayer('reshape', options),
  /** x · scale + offset. */
  rescaling: (options: RescalingOptions): Layer => makeLayer('rescaling', options),
  /** Unit variance over the batch, per feature or channel: the last dimension; predicts with moving averages. */
  batchNormalization: (options: BatchNormalizationOptions = {}): Layer =>
    makeLayer('batchNormalization', options),
  /** Unit variance per row over its features, or per pixel over its channels: the last dimension. */
  layerNormalization: (options: LayerNormalizationOptions = {}): Layer =>
    makeLayer('layerNormalization', options),
  /** Adds normal noise while training. */
  gaussianNoise: (options: GaussianNoiseOptions): Layer => makeLayer('gaussianNoise', options),
  /** Zeros around images (height, width, channels). */
  zeroPadding2d: (options: ZeroPadding2dOptions = {}): Layer => makeLayer('zeroPadding2d', options),
  /** The mean of all pixels, by channels: (height, width, channels) → (channels). */
  globalAveragePooling2d: (options: GlobalPooling2dOptions = {}): Layer =>
    makeLayer('globalAveragePooling2d', options),
  /** The largest of all pixels, by channels: (height, width, channels) → (channels). */
  globalMaxPooling2d: (options: GlobalPooling2dOptions = {}): Layer =>
    makeLayer('globalMaxPooling2d', options),
  /** Sets a share of the channels of every image to 0 while training; predicts unchanged values. */
  spatialDropout2d: (options: SpatialDropout2dOptions): Layer => makeLayer('spatialDropout2d', options),
  /** Moves every image by a random share of its height and width while training; predicts unchanged images. */
  randomTranslation: (options: RandomTranslationOptions): Layer => makeLayer('randomTranslation', options),
  /** Turns every image by a random angle while training; predicts unchanged images. */
  randomRotation: (options: RandomRotationOptions): Layer => makeLayer('randomRotation', options),
  /** Zooms every image by a random share while training; predicts unchanged images. */
  randomZoom: (options: RandomZoomOptions): Layer => makeLayer('randomZoom', options),
};
