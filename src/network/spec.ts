import { FillMode } from '../engine/generated/abi.js';
import type { Activation } from './activations.js';

/** The shape of one row: (features) or (height, width, channels). */
export type Shape = readonly number[];

/** Penalty l1 · Σ |x| + l2 · Σ x². */
export interface RegularizerSpec {
  readonly l1: number;
  readonly l2: number;
}

/**
 * What a weight is brought back to after every update. Norms are taken along `axis` (0: per unit), of filters (height,
 * width, channels, filters) along the first axis or the first ones.
 */
export type ConstraintSpec =
  | { readonly kind: 'nonNeg' }
  | {
      readonly kind: 'norm';
      readonly least: number;
      readonly most: number;
      readonly rate: number;
      readonly axis: 0 | 1 | readonly number[];
    };

/** How initial values are drawn; the names and their options are those of `initializers`. */
export interface InitializerSpec {
  readonly name: string;
  readonly [option: string]: number | string | null;
}

/** How a parameter starts, is penalised and is constrained. */
export interface ParameterRules {
  readonly initializer: InitializerSpec;
  readonly regularizer?: RegularizerSpec;
  readonly constraint?: ConstraintSpec;
}

export interface DenseSpec {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernel: ParameterRules;
  readonly bias: ParameterRules;
  readonly activityRegularizer?: RegularizerSpec;
  readonly trainable: boolean;
}

export interface ActivationSpec {
  readonly type: 'activation';
  readonly activation: Activation;
}

/** Sets a share of the values to 0 while training, and scales the others up. */
export interface DropoutSpec {
  readonly type: 'dropout';
  readonly rate: number;
}

/** Adds normal noise while training. */
export interface GaussianNoiseSpec {
  readonly type: 'gaussianNoise';
  readonly stddev: number;
}

/** The same values, read as another shape. */
export interface ReshapeSpec {
  readonly type: 'reshape' | 'flatten';
  readonly targetShape?: Shape;
}

export interface RescalingSpec {
  readonly type: 'rescaling';
  readonly scale: number;
  readonly offset: number;
}

export interface NormalizationSpec {
  readonly type: 'batchNormalization' | 'layerNormalization';
  readonly epsilon: number;
  /** Of the moving averages; batch normalization only. */
  readonly momentum: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly gamma: ParameterRules;
  readonly beta: ParameterRules;
  readonly trainable: boolean;
}

/** Zeros around images: pixels above and below, left and right. */
export interface ZeroPaddingSpec {
  readonly type: 'zeroPadding2d';
  readonly padding: readonly [height: Span, width: Span];
}

/** The mean or the largest of all pixels, by channels. */
export interface GlobalPoolingSpec {
  readonly type: 'globalAveragePooling2d' | 'globalMaxPooling2d';
  /** (1, 1, channels) instead of (channels). */
  readonly keepdims: boolean;
}

/** Sets a share of the channels of an image to 0 while training, and scales the others up. */
export interface SpatialDropoutSpec {
  readonly type: 'spatialDropout2d';
  readonly rate: number;
}

/** Two numbers: before and after, or least and most. */
export type Span = readonly [number, number];

/** What stands outside an image. */
export const FILL_MODES = Object.keys(FillMode) as FillMode[];
export const INTERPOLATIONS = ['nearest', 'bilinear'] as const;

interface SamplingSpec {
  readonly fillMode: FillMode;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly fillValue: number;
}

/** Moves or zooms images by a random share of their height and width while training; zooms without width keep proportions. */
export interface RandomShiftSpec extends SamplingSpec {
  readonly type: 'randomTranslation' | 'randomZoom';
  readonly height: Span;
  readonly width?: Span;
}

/** Turns images by a random share of a full turn while training. */
export interface RandomRotationSpec extends SamplingSpec {
  readonly type: 'randomRotation';
  readonly factor: Span;
}

export type AugmentationSpec = RandomShiftSpec | RandomRotationSpec;

/** (down, across) */
export type Pair = readonly [number, number];

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

export interface Conv2dSpec {
  readonly type: 'conv2d';
  readonly filters: number;
  readonly window: WindowSpec;
  /** Filters of group g see the channels of group g only. */
  readonly groups: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernel: ParameterRules;
  readonly bias: ParameterRules;
  readonly activityRegularizer?: RegularizerSpec;
  readonly trainable: boolean;
}

export interface PoolingSpec {
  readonly type: 'maxPooling2d' | 'averagePooling2d';
  readonly window: WindowSpec;
}

export type LayerSpec =
  | DenseSpec
  | Conv2dSpec
  | PoolingSpec
  | ActivationSpec
  | DropoutSpec
  | GaussianNoiseSpec
  | ReshapeSpec
  | RescalingSpec
  | NormalizationSpec
  | ZeroPaddingSpec
  | GlobalPoolingSpec
  | SpatialDropoutSpec
  | AugmentationSpec;

/** A feed-forward network: what a plan is made from. */
export interface NetworkSpec {
  readonly inputShape: Shape;
  readonly layers: readonly LayerSpec[];
}

/** Layers that draw random numbers while training: the plan gives them a key. */
export function isRandom({ type }: LayerSpec): boolean {
  return /^(dropout|gaussianNoise|spatialDropout2d|random\w+)$/.test(type);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
