// Options that several layers share: rules that check them, and how they become parts of a spec and options
// again. Not for options of one family, which stand in its file.
import type { Rule, Schema } from '../check.js';
import { anything, boolean, describe, displayName, listOf, oneOf, positiveInteger } from '../check.js';
import { ValueError } from '../errors.js';
import type { Activation } from '../network/activations.js';
import { resolveActivation } from '../network/activations.js';
import type { ConstraintConfig } from '../network/constraints.js';
import { resolveConstraint } from '../network/constraints.js';
import type { InitializerConfig } from '../network/initializers.js';
import { resolveInitializer } from '../network/initializers.js';
import type { RegularizerConfig } from '../network/regularizers.js';
import { resolveRegularizer } from '../network/regularizers.js';
import type { ConstraintSpec, ParameterRules, RegularizerSpec, Shape } from '../network/spec.js';
import { MAX_RANK } from '../ndarray.js';
import type { Options } from './rule.js';

/** Options that every layer takes. */
export interface LayerOptions {
  /** Unique in its model. Default: 'dense', 'dense_1', … */
  readonly name?: string;
  /** The shape of one row: (features) or (height, width, channels). Of the first layer only. */
  readonly inputShape?: Shape;
  /** False keeps the parameters as they are while training. Default true. */
  readonly trainable?: boolean;
}

/** Options that layers of images take besides. */
export interface ImageLayerOptions extends LayerOptions {
  /** Images are (height, width, channels), channels last: there is no other format, and no need to say so. */
  readonly dataFormat?: 'channelsLast';
}

/** The name of an initializer, or what a factory of `initializers` returns. */
export type Initializer = string | InitializerConfig;
/** The name of a regularizer, or what a factory of `regularizers` returns. */
export type Regularizer = string | RegularizerConfig | null;
/** The name of a constraint, or what a factory of `constraints` returns. */
export type Constraint = string | ConstraintConfig | null;

/** Options of layers that multiply by a kernel. */
export interface WeightedOptions extends LayerOptions {
  /** Default 'linear'. */
  readonly activation?: string | null;
  /** True if a bias is added, one value per output. Default true. */
  readonly useBias?: boolean;
  /**
   * Initializer of the weight: (inputs, units) of dense, (height, width, channels / groups, filters) of
   * conv2d. Default 'glorotUniform'.
   */
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

/** A shape of at least one dimension. */
export const shape: Rule<number[]> = {
  ...listOf(positiveInteger, 1, MAX_RANK),
  expected: `an array of 1 to ${MAX_RANK} values, each of them an integer >= 1`,
};

export const common = { name: displayName, inputShape: shape, trainable: boolean };

/** Keras's name for the order of dimensions. */
export const imageOptions = {
  dataFormat: {
    ...oneOf(['channelsLast']),
    expected: "'channelsLast', as images are (height, width, channels), channels last only",
  },
} satisfies Schema;

/** The rules of the options of a parameter, `kernelInitializer` and so on: their resolvers check them. */
export function parameterOptions(...names: readonly string[]): Schema {
  const options = names.flatMap((name) => [`${name}Initializer`, `${name}Regularizer`, `${name}Constraint`]);
  return Object.fromEntries(options.map((option) => [option, anything()]));
}

/** How a parameter starts, is penalised and constrained, from the options of its layer. */
export function parameterRules(
  options: Readonly<Record<string, unknown>>,
  name: string,
  initializer: string,
  owner: string,
): ParameterRules {
  const given = (kind: string): [unknown, string] => [options[name + kind], `${owner}: ${name}${kind}`];
  const [start, startOwner] = given('Initializer');
  const regularizer = resolveRegularizer(...given('Regularizer'));
  const constraint = resolveConstraint(...given('Constraint'));
  return { initializer: resolveInitializer(start ?? initializer, startOwner), regularizer, constraint };
}

/** The reverse of `parameterRules`: options from which they come out again. */
export function parameterConfig(name: string, rules: ParameterRules): Record<string, unknown> {
  const { initializer, regularizer, constraint } = rules;
  return {
    [`${name}Initializer`]: initializer,
    [`${name}Regularizer`]: regularizerConfig(regularizer),
    [`${name}Constraint`]: constraintConfig(constraint),
  };
}

function regularizerConfig(spec: RegularizerSpec | undefined): object | undefined {
  return spec && { name: 'l1l2', l1: spec.l1, l2: spec.l2 };
}

function constraintConfig(spec: ConstraintSpec | undefined): object | undefined {
  if (!spec) return undefined;
  if (spec.kind === 'nonNeg') return { name: 'nonNeg' };
  const { rate, axis } = spec;
  return { name: 'minMaxNorm', minValue: spec.min, maxValue: spec.max, rate, axis };
}

/** What layers that multiply by a kernel have in common. */
export interface WeightedSpec {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernel: ParameterRules;
  readonly bias: ParameterRules;
  readonly activityRegularizer?: RegularizerSpec;
  readonly trainable: boolean;
}

/** The rules of WeightedOptions. */
export const weightedSchema: Schema = {
  activation: anything(),
  useBias: boolean,
  ...parameterOptions('kernel', 'bias'),
  activityRegularizer: anything(),
};

/** The spec of WeightedOptions, for a kernel of `rank` dimensions. @throws ValueError */
export function weightedSpec(options: Options, owner: string, rank: 2 | 4): WeightedSpec {
  const { useBias = true, trainable = true } = options;
  const activity = resolveRegularizer(options.activityRegularizer, `${owner}: activityRegularizer`);
  const kernel = parameterRules(options, 'kernel', 'glorotUniform', owner);
  checkAxis(kernel, rank, owner);
  return {
    activation: resolveActivation(options.activation, owner),
    useBias,
    kernel,
    bias: parameterRules(options, 'bias', 'zeros', owner),
    ...(activity && { activityRegularizer: activity }),
    trainable,
  };
}

/**
 * @throws ValueError unless the norms of a constraint are along axes that a kernel of this rank has kernels
 * for
 */
function checkAxis({ constraint }: ParameterRules, rank: 2 | 4, owner: string): void {
  if (constraint?.kind !== 'norm') return;
  const { axis } = constraint;
  if (axis === 0 || (rank === 2 ? axis === 1 : axis !== 1)) return;
  throw new ValueError(
    `${owner}: kernelConstraint must have an axis of ${rank === 2 ? '0 or 1' : '0, [0, 1] or [0, 1, 2]'}, but received ${describe(axis)}.`,
  );
}

/** WeightedOptions from which `weightedSpec` makes the same spec again. */
export function weightedConfig(spec: WeightedSpec): Record<string, unknown> {
  return {
    activation: spec.activation,
    useBias: spec.useBias,
    ...parameterConfig('kernel', spec.kernel),
    ...parameterConfig('bias', spec.bias),
    activityRegularizer: regularizerConfig(spec.activityRegularizer),
    trainable: spec.trainable,
  };
}
