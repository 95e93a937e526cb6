import { Layer } from '../layer.js';
import type { DenseOptions } from './dense.js';
import { dense } from './dense.js';
import type { Conv2dOptions, Pooling2dOptions } from './images.js';
import { averagePooling2d, conv2d, maxPooling2d } from './images.js';
import type { LayerKind } from './kind.js';
import type { BatchNormalizationOptions, LayerNormalizationOptions } from './normalization.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import type { LayerOptions } from './parts.js';
import { shape } from './parts.js';
import type {
  ActivationOptions,
  DropoutOptions,
  GaussianNoiseOptions,
  RescalingOptions,
  ReshapeOptions,
} from './simple.js';
import { activation, dropout, flatten, gaussianNoise, rescaling, reshape } from './simple.js';
import type { Shape } from '../../model/spec.js';

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
  flatten: (options: LayerOptions = {}): Layer => makeLayer('flatten', options),
  /** The same values in another shape. */
  reshape: (options: ReshapeOptions): Layer => makeLayer('reshape', options),
  /** x · scale + offset. */
  rescaling: (options: RescalingOptions): Layer => makeLayer('rescaling', options),
  /** Unit variance per feature over the batch; predicts with moving averages. */
  batchNormalization: (options: BatchNormalizationOptions = {}): Layer =>
    makeLayer('batchNormalization', options),
  /** Unit variance per row over its features. */
  layerNormalization: (options: LayerNormalizationOptions = {}): Layer =>
    makeLayer('layerNormalization', options),
  /** Adds normal noise while training. */
  gaussianNoise: (options: GaussianNoiseOptions): Layer => makeLayer('gaussianNoise', options),
};
