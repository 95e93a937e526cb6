// Layers that draw random numbers while training and predict unchanged values: dropout and noise. Not for
// penalties of weights, which are regularizers.
import { number } from '../check.js';
import { call, type Call } from '../engine/kernels.js';
import { activationCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import { paddedUnits } from '../network/layout.js';
import type { ImageLayerOptions, LayerOptions } from './options.js';
import { imageOptions } from './options.js';
import type { BoundLayer, LayerContext, LayerKind } from './rule.js';
import { none, unchanged } from './rule.js';
import { imageSizes } from './window.js';

export interface DropoutOptions extends LayerOptions {
  /** Share of the values that become 0 while training, 0 to below 1; the others are divided by 1 − rate. */
  readonly rate: number;
}

export interface SpatialDropout2dOptions extends ImageLayerOptions {
  /** Share of the channels that become 0 while training, 0 to below 1; the others are divided by 1 − rate. */
  readonly rate: number;
}

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, >= 0. */
  readonly stddev: number;
}

/**
 * Sets a share of the values, or of the channels of an image, to 0 while training, and scales the others up.
 */
export interface DropoutSpec {
  readonly type: 'dropout';
  readonly rate: number;
}

export interface SpatialDropoutSpec {
  readonly type: 'spatialDropout2d';
  readonly rate: number;
}

/** Adds normal noise while training. */
export interface GaussianNoiseSpec {
  readonly type: 'gaussianNoise';
  readonly stddev: number;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    dropout: DropoutSpec;
    spatialDropout2d: SpatialDropoutSpec;
    gaussianNoise: GaussianNoiseSpec;
  }
}

/** The random key of a dropout, and the threshold and the scale that its kernels make of the rate. */
function drawn({ key }: LayerContext, rate: number): [key: number, threshold: number, scale: number] {
  return [key, Math.floor(rate * 65536 + 0.5), Math.fround(1 / (1 - rate))];
}

/**
 * Binds a dropout. In training `mask` writes the masked rows of `from` to `to`: the gradient goes through the
 * same mask as the values, which the key and the step determine. Predictions are copies.
 */
function bindMask(
  { layout, rows, input, scratch }: LayerContext,
  mask: (to: Matrix, from: Matrix, rows: number) => Call,
): BoundLayer {
  const output = layout.matrix(rows, input.columns);
  return {
    output,
    forward: ({ rows, training }) =>
      training ? [mask(output, input, rows)] : activationCalls('linear', output, input, rows, scratch),
    backward: ({ rows, delta, inputGradient }) => (inputGradient ? [mask(inputGradient, delta, rows)] : []),
  };
}

/**
 * Inverted dropout (Srivastava et al., 2014); the identity in prediction
 * (keras/src/layers/regularization/dropout.py).
 */
export const dropout: LayerKind<DropoutSpec> = {
  className: 'Dropout',
  schema: { rate: number({ min: 0, below: 1 }) },
  required: ['rate'],
  spec: ({ rate }) => ({ type: 'dropout', rate }),
  config: ({ rate }) => ({ rate }),

  random: true,
  keepsZeros: true,
  keepsShape: true,
  keepsRange: true,
  outputShape: (_spec, input) => input,
  parameters: none,
  bind({ rate }, context) {
    return bindMask(context, (to, from, rows) =>
      call('dropout', to, from, 0, rows, paddedUnits(to.columns), ...drawn(context, rate)),
    );
  },
};

/**
 * Inverted dropout of whole channels (Tompson et al., 2015)
 * (keras/src/layers/regularization/spatial_dropout.py).
 */
export const spatialDropout2d: LayerKind<SpatialDropoutSpec> = {
  className: 'SpatialDropout2D',
  schema: { rate: number({ min: 0, below: 1 }), ...imageOptions },
  required: ['rate'],
  spec: ({ rate }) => ({ type: 'spatialDropout2d', rate }),
  config: ({ rate }) => ({ rate }),

  random: true,
  keepsZeros: true,
  keepsRange: true,
  outputShape: ({ type }, input) => imageSizes(type, input),
  parameters: none,
  bind({ rate }, context) {
    if (!context.training) return unchanged(context.input);
    const [height, width, channels] = context.inputShape;
    return bindMask(context, (to, from, rows) =>
      call('spatialDropout', to, from, height * width, channels, ...drawn(context, rate), 0, rows),
    );
  },
};

/** x + normal noise in training (keras/src/layers/regularization/gaussian_noise.py). */
export const gaussianNoise: LayerKind<GaussianNoiseSpec> = {
  className: 'GaussianNoise',
  schema: { stddev: number({ min: 0 }) },
  required: ['stddev'],
  spec: ({ stddev }) => ({ type: 'gaussianNoise', stddev }),
  config: ({ stddev }) => ({ stddev }),

  random: true,
  keepsZeros: true,
  keepsShape: true,
  keepsRange: true,
  outputShape: (_spec, input) => input,
  parameters: none,
  bind(spec, { layout, rows, input, key, scratch }) {
    const output = layout.matrix(rows, input.columns);
    return {
      output,
      forward({ rows, training }) {
        if (!training) return activationCalls('linear', output, input, rows, scratch);
        return [call('gaussianNoise', output, input, 0, rows, paddedUnits(output.columns), key, spec.stddev)];
      },
      backward: ({ rows, delta, inputGradient }) =>
        inputGradient ? activationCalls('linear', inputGradient, delta, rows, scratch) : [],
    };
  },
};
