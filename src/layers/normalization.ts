// Batch and layer normalization: of rows of features, and by channels where rows have several dimensions.
// Both scale by gamma and center by beta.
import { boolean, number } from '../check.js';
import { call, type Call } from '../engine/kernels.js';
import { type Layout, type Matrix, paddedUnits } from '../network/layout.js';
import type { Parameter, ParameterSpec } from '../network/parameters.js';
import type { ParameterRules, Shape } from '../network/spec.js';
import type { Constraint, Initializer, LayerOptions, Regularizer } from './options.js';
import { parameterConfig, parameterOptions, parameterRules } from './options.js';
import type { BoundLayer, GradientSink, LayerContext, LayerKind, Options } from './rule.js';

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
  /** Of the moving averages; batch normalization only. */
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

const ZEROS = { initializer: { name: 'zeros' } };
const ONES = { initializer: { name: 'ones' } };

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
  outputShape: (_spec, input) => input,
  parameters(spec, input) {
    const shape = [input[input.length - 1]];
    return [
      ...scaleAndCenter(spec, input),
      { name: 'movingMean', shape, trainable: false, rules: ZEROS },
      { name: 'movingVariance', shape, trainable: false, rules: ONES },
    ];
  },
  bind(spec, context) {
    if (context.inputShape.length > 1) return bindChannels(spec, context);
    const { layout, input } = context;
    const { find, offset } = named(context);
    const output = layout.matrix(context.rows, input.columns);
    const columns = paddedUnits(input.columns);
    const [mean, inverse] = [layout.floats(columns), layout.floats(columns)];
    const gradients = layout.floats(2 * columns);
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
      backward({ rows, delta, inputGradient, updates }) {
        const pair = [gradients, gradients + 4 * columns] as const;
        const from = [delta, input, mean, inverse] as const;
        const calls = [call('batchNormGradient', ...pair, ...from, rows, columns)];
        if (inputGradient) {
          const to = [inputGradient, ...from, offset('gamma'), ...pair] as const;
          calls.push(call('batchNormBackward', ...to, rows, columns, !spec.trainable));
        }
        return [...calls, ...given(updates, find, pair)];
      },
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

  outputShape: (_spec, input) => input,
  parameters: scaleAndCenter,
  bind(spec, context) {
    if (context.inputShape.length > 1) return bindPixels(spec, context);
    const { layout, input } = context;
    const { find, offset } = named(context);
    const output = layout.matrix(context.rows, input.columns);
    const columns = input.columns;
    const statistics = layout.floats(2 * context.rows);
    const gradients = layout.floats(2 * paddedUnits(columns));
    return {
      output,
      forward({ rows }) {
        const places = [output, input, statistics, offset('gamma'), offset('beta')] as const;
        return [call('layerNormForward', ...places, rows, columns, spec.epsilon)];
      },
      backward({ rows, delta, inputGradient, updates }) {
        const pair = [gradients, gradients + 4 * paddedUnits(columns)] as const;
        const from = [delta, input, statistics] as const;
        const calls = [call('layerNormGradient', ...pair, ...from, rows, columns)];
        if (inputGradient)
          calls.push(call('layerNormBackward', inputGradient, ...from, offset('gamma'), rows, columns));
        return [...calls, ...given(updates, find, pair)];
      },
    };
  },
};

/** Returns gamma, which multiplies, and beta, which is added, by the last dimension. */
function scaleAndCenter(spec: NormalizationSpec, input: Shape): ParameterSpec[] {
  const shape = [input[input.length - 1]];
  const { trainable } = spec;
  return [
    ...(spec.scale ? [{ name: 'gamma', shape, trainable, rules: spec.gamma }] : []),
    ...(spec.center ? [{ name: 'beta', shape, trainable, rules: spec.beta }] : []),
  ];
}

/** Finds the parameters of a normalization layer by name; the offset of one that it has not is 0. */
function named({ parameters, offsetOf }: LayerContext) {
  const find = (name: string) => parameters.find((parameter) => parameter.name === name);
  const offset = (name: string): number => {
    const parameter = find(name);
    return parameter ? offsetOf(parameter) : 0;
  };
  return { find, offset };
}

/** Updates from the gradients of gamma and beta at two offsets. */
function given(
  updates: GradientSink,
  find: (name: string) => Parameter | undefined,
  [gammaGradient, betaGradient]: readonly number[],
): Call[] {
  const [gamma, beta] = [find('gamma'), find('beta')];
  return [
    ...(gamma ? updates.given(gamma, gammaGradient) : []),
    ...(beta ? updates.given(beta, betaGradient) : []),
  ];
}

/** Sums that every image adds to, two per channel: what the batch adds up in order. */
type Partials = Pick<Matrix, 'offset' | 'stride'>;
function partialsOf(layout: Layout, rows: number, channels: number): Partials {
  const stride = 8 * paddedUnits(channels);
  return { offset: layout.take(rows * stride), stride };
}

/** Pixels and channels of a row of rank 2 or more. */
function sizesOf({ input, inputShape }: LayerContext): [pixels: number, channels: number] {
  const channels = inputShape[inputShape.length - 1];
  return [input.columns / channels, channels];
}

/** Gradients of gamma and beta at the two offsets, from the sums of images. */
function totals(pair: readonly number[], partials: Partials, rows: number, channels: number): Call[] {
  return pair.map((to, i) => call('sumPartials', to, partials, rows, channels, (i * partials.stride) / 2, 1));
}

/** Batch normalization by channels: statistics over all pixels of all rows. */
function bindChannels(spec: NormalizationSpec, context: LayerContext): BoundLayer {
  const { layout, input } = context;
  const { find, offset } = named(context);
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
    backward({ rows, delta, inputGradient, updates }) {
      const from = [delta, input, mean, inverse] as const;
      const calls = [
        call('channelNormSums', sums, ...from, rows, pixels, channels),
        ...totals(pair, sums, rows, channels),
      ];
      if (inputGradient) {
        const args = [inputGradient, ...from, offset('gamma'), ...pair, rows, pixels, channels] as const;
        const share = spec.trainable ? 1 / (rows * pixels) : 0;
        calls.push(call('channelNormBackward', ...args, share));
      }
      return [...calls, ...given(updates, find, pair)];
    },
  };
}

/** Layer normalization by pixels, over their channels. */
function bindPixels(spec: NormalizationSpec, context: LayerContext): BoundLayer {
  const { layout, input } = context;
  const { find, offset } = named(context);
  const [pixels, channels] = sizesOf(context);
  const output = layout.matrix(context.rows, input.columns);
  const statistics = layout.floats(2 * pixels * context.rows);
  const pair = [layout.floats(paddedUnits(channels)), layout.floats(paddedUnits(channels))];
  const sums = partialsOf(layout, context.rows, channels);
  return {
    output,
    forward({ rows }) {
      const places = [output, input, statistics, offset('gamma'), offset('beta')] as const;
      return [call('pixelNormForward', ...places, rows, pixels, channels, spec.epsilon)];
    },
    backward({ rows, delta, inputGradient, updates }) {
      const from = [delta, input, statistics] as const;
      const calls = [
        call('pixelNormSums', sums, ...from, rows, pixels, channels),
        ...totals(pair, sums, rows, channels),
      ];
      if (inputGradient) {
        calls.push(
          call('pixelNormBackward', inputGradient, ...from, offset('gamma'), rows, pixels, channels),
        );
      }
      return [...calls, ...given(updates, find, pair)];
    },
  };
}
