// The only list of layers: a model file, `modelFromJSON`, plans and `layers` of the public API know a layer
// if it is here. What a layer is stands in the file of its family.
import type { Shape } from '../network/spec.js';
import type { RandomRotationOptions, RandomTranslationOptions, RandomZoomOptions } from './augmentation.js';
import { randomRotation, randomTranslation, randomZoom } from './augmentation.js';
import type { Conv2dOptions } from './convolution.js';
import { conv2d } from './convolution.js';
import type { DenseOptions } from './dense.js';
import { dense } from './dense.js';
import type { ActivationOptions, RescalingOptions } from './elementwise.js';
import { activation, rescaling } from './elementwise.js';
import { Layer } from './layer.js';
import type { BatchNormalizationOptions, LayerNormalizationOptions } from './normalization.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import type { ImageLayerOptions } from './options.js';
import { shape } from './options.js';
import type { GlobalPooling2dOptions, Pooling2dOptions } from './pooling.js';
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from './pooling.js';
import type { DropoutOptions, GaussianNoiseOptions, SpatialDropout2dOptions } from './regularization.js';
import { dropout, gaussianNoise, spatialDropout2d } from './regularization.js';
import type { ReshapeOptions, ZeroPadding2dOptions } from './reshaping.js';
import { flatten, reshape, zeroPadding2d } from './reshaping.js';
import type { LayerKind } from './rule.js';
import type { UnitNormalizationOptions } from './unit-normalization.js';
import { unitNormalization } from './unit-normalization.js';

export interface InputOptions {
  /** The shape of one row: (features) or (height, width, channels). */
  readonly shape: Shape;
  readonly name?: string;
}

/** Tells the shape of one row; no layer of a network. */
const input = {
  className: 'InputLayer',
  schema: { shape },
  required: ['shape'],
  spec: () => undefined,
  config: () => ({}),
};

/** All kinds of layers by the names of their factories: what a saved model may name. */
export const LAYERS = {
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
  unitNormalization,
  gaussianNoise,
  zeroPadding2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  spatialDropout2d,
  randomTranslation,
  randomRotation,
  randomZoom,
} as const satisfies Record<string, LayerKind>;

export type LayerType = 'input' | keyof typeof LAYERS;

export const LAYER_TYPES = ['input', ...Object.keys(LAYERS)] as LayerType[];

/** A layer from the name of its factory and options that are not checked yet. @throws ValueError */
export function makeLayer(type: LayerType, options: unknown): Layer {
  return new Layer(type, type === 'input' ? input : LAYERS[type], options);
}

/**
 * The layers that `sequential` takes. All take `name`, `trainable` and, where they come first, `inputShape`:
 * the shape of one row, without the rows. Options and defaults are Keras 3's. @throws ValueError for unknown
 * options and bad values
 */
export interface Layers {
  /** The shape of one row, where the first layer does not tell it. */
  input(options: InputOptions): Layer;
  /** activation(x · kernel + bias): rows of features (inputs) → (units). */
  dense(options: DenseOptions): Layer;
  /**
   * activation(convolution of x and the kernel + bias): images (height, width, channels) → (height, width,
   * filters).
   */
  conv2d(options: Conv2dOptions): Layer;
  /** The largest value of every window of pixels, channel by channel. */
  maxPooling2d(options?: Pooling2dOptions): Layer;
  /** The mean of every window of pixels, channel by channel; what lies beyond the edges does not count. */
  averagePooling2d(options?: Pooling2dOptions): Layer;
  /** An activation of its own. */
  activation(options: ActivationOptions): Layer;
  /** Sets a share of the values to 0 while training; predicts unchanged values. */
  dropout(options: DropoutOptions): Layer;
  /** Any shape → (features). */
  flatten(options?: ImageLayerOptions): Layer;
  /** Keeps all values, in another shape. */
  reshape(options: ReshapeOptions): Layer;
  /** x · scale + offset. */
  rescaling(options: RescalingOptions): Layer;
  /**
   * Unit variance over the batch, per feature or channel: the last dimension; predicts with moving averages.
   */
  batchNormalization(options?: BatchNormalizationOptions): Layer;
  /** Unit variance per row over its features, or per pixel over its channels: the last dimension. */
  layerNormalization(options?: LayerNormalizationOptions): Layer;
  /** x / max(‖x‖₂, 1e-12) per row over its features, or per pixel over its channels: the last dimension. */
  unitNormalization(options?: UnitNormalizationOptions): Layer;
  /** Adds normal noise while training. */
  gaussianNoise(options: GaussianNoiseOptions): Layer;
  /** Zeros around images (height, width, channels). */
  zeroPadding2d(options?: ZeroPadding2dOptions): Layer;
  /** The mean of all pixels, by channels: (height, width, channels) → (channels). */
  globalAveragePooling2d(options?: GlobalPooling2dOptions): Layer;
  /** The largest of all pixels, by channels: (height, width, channels) → (channels). */
  globalMaxPooling2d(options?: GlobalPooling2dOptions): Layer;
  /** Sets a share of the channels of every image to 0 while training; predicts unchanged values. */
  spatialDropout2d(options: SpatialDropout2dOptions): Layer;
  /**
   * Moves every image by a random share of its height and width while training; predicts unchanged images.
   */
  randomTranslation(options: RandomTranslationOptions): Layer;
  /** Turns every image by a random angle while training; predicts unchanged images. */
  randomRotation(options: RandomRotationOptions): Layer;
  /** Zooms every image by a random share while training; predicts unchanged images. */
  randomZoom(options: RandomZoomOptions): Layer;
}

const factories = Object.fromEntries(
  LAYER_TYPES.map((type) => [type, (options: unknown) => makeLayer(type, options)]),
) as Record<LayerType, (options: unknown) => Layer>;

/** The factories of all layers. */
export const layers: Layers = factories;
