import { boolean, number } from '../../check.js';
import type { NormalizationSpec } from '../../network/spec.js';
import type { LayerKind, Options } from './kind.js';
import type { Constraint, Initializer, LayerOptions, Regularizer } from './parts.js';
import { parameterConfig, parameterOptions, parameterRules } from './parts.js';

export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance, > 0. Default 1e-3. */
  readonly epsilon?: number;
  /** Whether beta is added. Default true. */
  readonly center?: boolean;
  /** Whether gamma multiplies. Default true. */
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

/** keras/src/layers/normalization/batch_normalization.py */
export const batchNormalization: LayerKind<NormalizationSpec> = {
  className: 'BatchNormalization',
  schema: { momentum: number({ min: 0, max: 1 }), ...schema },
  required: [],
  spec: (options, owner) => normalizationSpec('batchNormalization', options, owner),
  config: (spec) => ({ momentum: spec.momentum, ...config(spec) }),
};

/** keras/src/layers/normalization/layer_normalization.py */
export const layerNormalization: LayerKind<NormalizationSpec> = {
  className: 'LayerNormalization',
  schema,
  required: [],
  spec: (options, owner) => normalizationSpec('layerNormalization', options, owner),
  config,
};
