import { anyOf, anything, boolean, listOf, nullable, oneOf, positiveInteger, refused } from '../../check.js';
import type { Rule } from '../../check.js';
import { ValueError } from '../../errors.js';
import { resolveActivation } from '../../network/options/activations.js';
import { resolveRegularizer } from '../../network/options/regularizers.js';
import type { Conv2dSpec, Pair, PoolingSpec, WindowSpec } from '../../network/spec.js';
import type { LayerKind, Options } from './kind.js';
import type { Constraint, ImageLayerOptions, Initializer, Regularizer } from './parts.js';
import {
  checkAxis,
  imageOptions,
  parameterConfig,
  parameterOptions,
  parameterRules,
  regularizerConfig,
} from './parts.js';

/** A number for both axes, or [down, across]. */
type Both = number | Pair;

export interface Conv2dOptions extends ImageLayerOptions {
  /** Outputs per pixel, >= 1. */
  readonly filters: number;
  /** Height and width of the window. */
  readonly kernelSize: Both;
  /** Pixels from one window to the next. Default 1. */
  readonly strides?: Both;
  /** 'same' borders images with zeros so that the output has ⌈size / stride⌉ pixels. Default 'valid'. */
  readonly padding?: 'valid' | 'same';
  /** Pixels from one position of the window to the next. Default 1; not together with strides. */
  readonly dilationRate?: Both;
  /** Filters of a group see the channels of that group only. Divides channels and filters. Default 1. */
  readonly groups?: number;
  /** Default 'linear'. */
  readonly activation?: string | null;
  /** Default true. */
  readonly useBias?: boolean;
  /** Of the weight (height, width, channels / groups, filters). Default 'glorotUniform'. */
  readonly kernelInitializer?: Initializer;
  /** Default 'zeros'. */
  readonly biasInitializer?: Initializer;
  readonly kernelRegularizer?: Regularizer;
  readonly biasRegularizer?: Regularizer;
  /** A penalty on the layer's outputs, divided by the rows of the batch. */
  readonly activityRegularizer?: Regularizer;
  readonly kernelConstraint?: Constraint;
  readonly biasConstraint?: Constraint;
}

/** One positive integer, or a pair of them; gives the pair. */
const pair: Rule<Pair> = {
  expected: 'an integer >= 1 or a pair of them',
  accept(value) {
    const accepted = anyOf(positiveInteger, listOf(positiveInteger, 2, 2)).accept(value);
    if (accepted === refused) return refused;
    if (typeof accepted === 'number') return [accepted, accepted];
    return accepted.length === 2 ? [accepted[0], accepted[1]] : refused;
  },
};

const padding = oneOf(['valid', 'same']);

/** keras/src/layers/convolutional/base_conv.py */
export const conv2d: LayerKind<Conv2dSpec> = {
  className: 'Conv2D',
  schema: {
    filters: positiveInteger,
    kernelSize: pair,
    strides: pair,
    padding,
    dilationRate: pair,
    groups: positiveInteger,
    activation: anything(),
    useBias: boolean,
    ...parameterOptions('kernel', 'bias'),
    activityRegularizer: anything(),
    ...imageOptions,
  },
  required: ['filters', 'kernelSize'],
  spec(options, owner) {
    const { filters, groups = 1, useBias = true, trainable = true } = options;
    if (filters % groups !== 0) {
      throw new ValueError(`${owner}: groups must divide the ${filters} filters, but received ${groups}.`);
    }
    const activity = resolveRegularizer(options.activityRegularizer, `${owner}: activityRegularizer`);
    const kernel = parameterRules(options, 'kernel', 'glorotUniform', owner);
    checkAxis(kernel, 4, owner);
    return {
      type: 'conv2d',
      filters,
      window: convolutionWindow(options, owner),
      groups,
      activation: resolveActivation(options.activation, owner),
      useBias,
      kernel,
      bias: parameterRules(options, 'bias', 'zeros', owner),
      ...(activity && { activityRegularizer: activity }),
      trainable,
    };
  },
  config: ({
    filters,
    window,
    groups,
    activation,
    useBias,
    kernel,
    bias,
    activityRegularizer,
    trainable,
  }) => ({
    filters,
    kernelSize: window.size,
    strides: window.strides,
    padding: window.padding,
    dilationRate: window.dilation,
    groups,
    activation,
    useBias,
    ...parameterConfig('kernel', kernel),
    ...parameterConfig('bias', bias),
    activityRegularizer: regularizerConfig(activityRegularizer),
    trainable,
  }),
};

function convolutionWindow(options: Options, owner: string): WindowSpec {
  const { kernelSize: size, strides = [1, 1], padding = 'valid', dilationRate: dilation = [1, 1] } = options;
  if (Math.max(...strides) > 1 && Math.max(...dilation) > 1) {
    throw new ValueError(
      `${owner}: strides and dilationRate cannot both be greater than 1, but received strides [${strides.join(', ')}] and dilationRate [${dilation.join(', ')}].`,
    );
  }
  return { size, strides, padding, dilation };
}

export interface Pooling2dOptions extends ImageLayerOptions {
  /** Height and width of the window. Default 2. */
  readonly poolSize?: Both;
  /** Pixels from one window to the next. Default: the poolSize. */
  readonly strides?: Both | null;
  /** 'same' lets windows reach over the edges, so that the output has ⌈size / stride⌉ pixels. Default 'valid'. */
  readonly padding?: 'valid' | 'same';
}

function poolingKind(className: string, type: PoolingSpec['type']): LayerKind<PoolingSpec> {
  return {
    className,
    schema: { poolSize: pair, strides: nullable(pair), padding, ...imageOptions },
    required: [],
    spec({ poolSize: size = [2, 2], strides, padding = 'valid' }) {
      return { type, window: { size, strides: strides ?? size, padding, dilation: [1, 1] } };
    },
    config: ({ window: { size, strides, padding } }) => ({ poolSize: size, strides, padding }),
  };
}

/** keras/src/layers/pooling/max_pooling2d.py */
export const maxPooling2d = poolingKind('MaxPooling2D', 'maxPooling2d');

/** keras/src/layers/pooling/average_pooling2d.py */
export const averagePooling2d = poolingKind('AveragePooling2D', 'averagePooling2d');
