// Batch and layer normalization: of rows of features, and by channels where rows have several dimensions.
// Both scale by gamma and center by beta.
import { boolean, number } from '../check.js';
import { call, type Call } from '../engine/kernels.js';
import { type Layout, type Matrix, paddedUnits } from '../network/layout.js';
import type { ParameterSpec } from '../network/parameters.js';
import type { ParameterRules, Shape } from '../network/spec.js';
import type { Constraint, Initializer, LayerOptions, Regularizer } from './options.js';
import { parameterConfig, parameterOptions, parameterRules } from './options.js';
import type { BackwardStep, BoundLayer, LayerContext, LayerKind, Options } from './rule.js';

export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance, > 0. Default 1e-3. */
  readonly epsilon?: number;
  /** True if beta is added. Default true. */
  readonly center?: boolean;
  /** True if gamma multiplies. Default true. */
  readonly scale?: boolean;
  /** Default 'zeros'. */
  readonly betaInitializer?: Initializer;
  /** Default 'ones'. */
  readonly gammaInitializer?: Initializer;
  readonly betaRegularizer?: Regularizer;
  readonly gammaRegularizer?: Regularizer;
  readonly betaConstraint?: Constraint;
  readonly gammaConstraint?: Constraint;
}

export interface BatchNormalizationOptions extends LayerNormalizationOptions {
  /** moving ← moving · momentum + batch · (1 − momentum), 0 to 1. Default .99. */
  readonly momentum?: number;
}

export interface NormalizationSpec {
  readonly type: 'batchNormalization' | 'layerNormalization';
  readonly epsilon: number;
  /** Weight of the old moving averages; batch normalization only. */
  readonly momentum: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly gamma: ParameterRules;
  readonly beta: ParameterRules;
  readonly trainable: boolean;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    normalization: NormalizationSpec;
  }
}

const schema = {
  epsilon: number({ above: 0 }),
  center: boolean,
  scale: boolean,
  ...parameterOptions('gamma', 'beta'),
};

function normalizationSpec(
  type: NormalizationSpec['type'],
  options: Options,
  owner: string,
): NormalizationSpec {
  const { epsilon = 1e-3, momentum = 0.99, center = true, scale = true, trainable = true } = options;
  const gamma = parameterRules(options, 'gamma', 'ones', owner);
  const beta = parameterRules(options, 'beta', 'zeros', owner);
  return { type, epsilon, momentum, center, scale, gamma, beta, trainable };
}

function config({ epsilon, center, scale, gamma, beta, trainable }: NormalizationSpec): Options {
  const parameters = { ...parameterConfig('gamma', gamma), ...parameterConfig('beta', beta) };
  return { epsilon, center, scale, ...parameters, trainable };
}

const ZEROS = { initializer: { name: 'zeros' }, regularizer: undefined, constraint: undefined };
const ONES = { initializer: { name: 'ones' }, regularizer: undefined, constraint: undefined };

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta over the batch (Ioffe & Szegedy, 2015); moving averages
 * in prediction. By channels where rows have several dimensions
 * (keras/src/layers/normalization/batch_normalization.py).
 */
export const batchNormalization: LayerKind<NormalizationSpec> = {
  className: 'BatchNormalization',
  schema: { momentum: number({ min: 0, max: 1 }), ...schema },
  required: [],
  spec: (options, owner) => normalizationSpec('batchNormalization', options, owner),
  config: (spec) => ({ momentum: spec.momentum, ...config(spec) }),

  needsWholeBatch: true,
  keepsShape: true,
  outputShape: (_spec, input) => input,
  parameters(spec, input) {
    const shape = [input.at(-1)!];
    return [
      ...scaleAndCenter(spec, input),
      { name: 'movingMean', shape, trainable: false, rules: ZEROS },
      { name: 'movingVariance', shape, trainable: false, rules: ONES },
    ];
  },
  bind(spec, context) {
    if (context.inputShape.length > 1) return bindChannels(spec, context);
    const { layout, input } = context;
    const offset = offsetsOf(context);
    const output = layout.matrix(context.rows, input.columns);
    const columns = paddedUnits(input.columns);
    const [mean, inverse] = [layout.floats(columns), layout.floats(columns)];
    const gradients = layout.floats(2 * columns);
    const pair = [gradients, gradients + 4 * columns] as const;
    const known = [mean, inverse, offset('movingMean'), offset('movingVariance')] as const;
    const statistics = (rows: number, training: boolean): Call =>
      training && spec.trainable
        ? call('batchStatistics', ...known, input, rows, columns, spec.epsilon, spec.momentum)
        : call('movingStatistics', ...known, columns, spec.epsilon);
    return {
      output,
      forward({ rows, training }) {
        const normal = [mean, inverse, offset('gamma'), offset('beta')] as const;
        return [
          statistics(rows, training),
          call('batchNormForward', output, input, ...normal, rows, columns),
        ];
      },
      backward: backwardOf(
        context,
        pair,
        ({ rows, delta }) => [call('batchNormGradient', ...pair, delta, input, mean, inverse, rows, columns)],
        ({ rows, delta }, to) => {
          const from = [delta, input, mean, inverse, offset('gamma'), ...pair] as const;
          return call('batchNormBackward', to, ...from, rows, columns, !spec.trainable);
        },
      ),
    };
  },
};

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta over the features of every row (Ba et al., 2016), or over
 * the channels of every pixel (keras/src/layers/normalization/layer_normalization.py).
 */
export const layerNormalization: LayerKind<NormalizationSpec> = {
  className: 'LayerNormalization',
  schema,
  required: [],
  spec: (options, owner) => normalizationSpec('layerNormalization', options, owner),
  config,

  keepsShape: true,
  outputShape: (_spec, input) => input,
  parameters: scaleAndCenter,
  bind(spec, context) {
    const { layout, input } = context;
    const offset = offsetsOf(context);
    const [pixels, channels] = sizesOf(context);
    const output = layout.matrix(context.rows, input.columns);
    const statistics = layout.floats(2 * pixels * context.rows);
    const pair = [layout.floats(paddedUnits(channels)), layout.floats(paddedUnits(channels))] as const;
    const sums = context.inputShape.length > 1 ? partialsOf(layout, context.rows, channels) : undefined;
    return {
      output,
      forward({ rows }) {
        const places = [output, input, statistics, offset('gamma'), offset('beta')] as const;
        return [call('pixelNormForward', ...places, rows, pixels, channels, spec.epsilon)];
      },
      backward: backwardOf(
        context,
        pair,
        ({ rows, delta }) =>
          sums
            ? [
                call('pixelNormSums', sums, delta, input, statistics, rows, pixels, channels),
                ...totals(pair, sums, rows, channels),
              ]
            : [call('layerNormGradient', ...pair, delta, input, statistics, rows, channels)],
        ({ rows, delta }, to) =>
          call('pixelNormBackward', to, delta, input, statistics, offset('gamma'), rows, pixels, channels),
      ),
    };
  },
};

/** Returns gamma, which multiplies, and beta, which is added, by the last dimension. */
function scaleAndCenter(spec: NormalizationSpec, input: Shape): ParameterSpec[] {
  const shape = [input.at(-1)!];
  const { trainable } = spec;
  return [
    ...(spec.scale ? [{ name: 'gamma', shape, trainable, rules: spec.gamma }] : []),
    ...(spec.center ? [{ name: 'beta', shape, trainable, rules: spec.beta }] : []),
  ];
}

/** Finds byte offsets of parameters by their names; 0 for one that the layer has not. */
function offsetsOf({ parameters, offsetOf }: LayerContext) {
  return (name: string): number => {
    const parameter = parameters.find((each) => each.name === name);
    return parameter ? offsetOf(parameter) : 0;
  };
}

/**
 * The backward pass: the gradients of gamma and beta, at the offsets `pair`, the gradient of the input where
 * it is needed, and the updates.
 */
function backwardOf(
  { parameters }: LayerContext,
  pair: readonly number[],
  gradients: (step: BackwardStep) => Call[],
  inputGradient: (step: BackwardStep, to: Matrix) => Call,
): BoundLayer['backward'] {
  return (step) => [
    ...gradients(step),
    ...(step.inputGradient ? [inputGradient(step, step.inputGradient)] : []),
    ...['gamma', 'beta'].flatMap((name, i) => {
      const parameter = parameters.find((each) => each.name === name);
      return parameter ? step.updates.fromGradient(parameter, pair[i]) : [];
    }),
  ];
}

/** Sums that every image adds to, two per channel: what the batch adds up in order. */
type Partials = Pick<Matrix, 'offset' | 'stride'>;
function partialsOf(layout: Layout, rows: number, channels: number): Partials {
  const stride = 8 * paddedUnits(channels);
  return { offset: layout.take(rows * stride), stride };
}

/** Pixels and channels of a row; one pixel where it has a single dimension. */
export function sizesOf({ input, inputShape }: LayerContext): [pixels: number, channels: number] {
  const channels = inputShape.at(-1)!;
  return [input.columns / channels, channels];
}

/** Gradients of gamma and beta at the two offsets, from the sums of images. */
function totals(pair: readonly number[], partials: Partials, rows: number, channels: number): Call[] {
  return pair.map((to, i) => call('sumPartials', to, partials, rows, channels, (i * partials.stride) / 2, 1));
}

/** Batch normalization by channels: statistics over all pixels of all rows. */
function bindChannels(spec: NormalizationSpec, context: LayerContext): BoundLayer {
  const { layout, input } = context;
  const offset = offsetsOf(context);
  const [pixels, channels] = sizesOf(context);
  const output = layout.matrix(context.rows, input.columns);
  const columns = paddedUnits(channels);
  const [mean, inverse] = [layout.floats(columns), layout.floats(columns)];
  const pair = [layout.floats(columns), layout.floats(columns)] as const;
  const sums = partialsOf(layout, context.rows, channels);
  const moving = [offset('movingMean'), offset('movingVariance')] as const;
  const statistics = (rows: number): Call[] => {
    const count = rows * pixels;
    const last = [rows, channels, count, spec.epsilon, spec.momentum] as const;
    return [
      call('pixelSums', sums, input, rows, pixels, channels),
      call('sumPartials', mean, sums, rows, channels, 0, count),
      call('pixelSquares', sums, input, mean, rows, pixels, channels),
      call('channelStatistics', inverse, ...moving, mean, sums, ...last),
    ];
  };
  const known = call('movingStatistics', mean, inverse, ...moving, columns, spec.epsilon);
  return {
    output,
    forward({ rows, training }) {
      const places = [output, input, mean, inverse, offset('gamma'), offset('beta')] as const;
      const normalize = call('channelNormForward', ...places, rows, pixels, channels);
      return [...(training && spec.trainable ? statistics(rows) : [known]), normalize];
    },
    backward: backwardOf(
      context,
      pair,
      ({ rows, delta }) => [
        call('channelNormSums', sums, delta, input, mean, inverse, rows, pixels, channels),
        ...totals(pair, sums, rows, channels),
      ],
      ({ rows, delta }, to) => {
        const from = [delta, input, mean, inverse, offset('gamma'), ...pair] as const;
        const share = spec.trainable ? 1 / (rows * pixels) : 0;
        return call('channelNormBackward', to, ...from, rows, pixels, channels, share);
      },
    ),
  };
}
