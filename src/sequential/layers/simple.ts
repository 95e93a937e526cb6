import { anything, anyOf, integer, listOf, number } from '../../check.js';
import { resolveActivation } from '../../network/options/activations.js';
import type {
  ActivationSpec,
  DropoutSpec,
  GaussianNoiseSpec,
  RescalingSpec,
  ReshapeSpec,
  Shape,
} from '../../network/spec.js';
import { MAX_RANK } from '../../ndarray.js';
import type { LayerKind } from './kind.js';
import type { LayerOptions } from './parts.js';
import { imageOptions } from './parts.js';

export interface ActivationOptions extends LayerOptions {
  readonly activation: string;
}

/** keras/src/layers/activations/activation.py */
export const activation: LayerKind<ActivationSpec> = {
  className: 'Activation',
  schema: { activation: anything() },
  required: ['activation'],
  spec: (options, owner) => ({
    type: 'activation',
    activation: resolveActivation(options.activation, owner),
  }),
  config: (spec) => ({ activation: spec.activation }),
};

export interface DropoutOptions extends LayerOptions {
  /** Share of the values that become 0 while training, 0 to below 1; the others are divided by 1 − rate. */
  readonly rate: number;
}

/** keras/src/layers/regularization/dropout.py */
export const dropout: LayerKind<DropoutSpec> = {
  className: 'Dropout',
  schema: { rate: number({ min: 0, below: 1 }) },
  required: ['rate'],
  spec: ({ rate }) => ({ type: 'dropout', rate }),
  config: ({ rate }) => ({ rate }),
};

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, >= 0. */
  readonly stddev: number;
}

/** keras/src/layers/regularization/gaussian_noise.py */
export const gaussianNoise: LayerKind<GaussianNoiseSpec> = {
  className: 'GaussianNoise',
  schema: { stddev: number({ min: 0 }) },
  required: ['stddev'],
  spec: ({ stddev }) => ({ type: 'gaussianNoise', stddev }),
  config: ({ stddev }) => ({ stddev }),
};

/** keras/src/layers/reshaping/flatten.py */
export const flatten: LayerKind<ReshapeSpec> = {
  className: 'Flatten',
  schema: imageOptions,
  required: [],
  spec: () => ({ type: 'flatten' }),
  config: () => ({}),
};

export interface ReshapeOptions extends LayerOptions {
  /** The shape of one row; one dimension may be −1, which stands for what is left. */
  readonly targetShape: Shape;
}

/** keras/src/layers/reshaping/reshape.py */
export const reshape: LayerKind<ReshapeSpec> = {
  className: 'Reshape',
  schema: { targetShape: listOf(anyOf(integer({ min: 1 }), integer({ min: -1, max: -1 })), 1, MAX_RANK) },
  required: ['targetShape'],
  spec: ({ targetShape }) => ({ type: 'reshape', targetShape }),
  config: ({ targetShape }) => ({ targetShape }),
};

export interface RescalingOptions extends LayerOptions {
  readonly scale: number;
  /** Default 0. */
  readonly offset?: number;
}

/** keras/src/layers/preprocessing/rescaling.py */
export const rescaling: LayerKind<RescalingSpec> = {
  className: 'Rescaling',
  schema: { scale: number(), offset: number() },
  required: ['scale'],
  spec: ({ scale, offset = 0 }) => ({ type: 'rescaling', scale, offset }),
  config: ({ scale, offset }) => ({ scale, offset }),
};
