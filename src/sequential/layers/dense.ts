import { anything, boolean, positiveInteger } from '../../check.js';
import { resolveActivation } from '../../network/options/activations.js';
import { resolveRegularizer } from '../../network/options/regularizers.js';
import type { DenseSpec } from '../../network/spec.js';
import type { LayerKind } from './kind.js';
import type { Constraint, Initializer, LayerOptions, Regularizer } from './parts.js';
import { checkAxis, parameterConfig, parameterOptions, parameterRules, regularizerConfig } from './parts.js';

export interface DenseOptions extends LayerOptions {
  /** Outputs, >= 1. */
  readonly units: number;
  /** Default 'linear'. */
  readonly activation?: string | null;
  /** Default true. */
  readonly useBias?: boolean;
  /** Of the weight (inputs, units). Default 'glorotUniform'. */
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

/** keras/src/layers/core/dense.py */
export const dense: LayerKind<DenseSpec> = {
  className: 'Dense',
  schema: {
    units: positiveInteger,
    activation: anything(),
    useBias: boolean,
    ...parameterOptions('kernel', 'bias'),
    activityRegularizer: anything(),
  },
  required: ['units'],
  spec(options, owner) {
    const { units, activation, useBias = true, trainable = true } = options;
    const activity = resolveRegularizer(options.activityRegularizer, `${owner}: activityRegularizer`);
    const kernel = parameterRules(options, 'kernel', 'glorotUniform', owner);
    checkAxis(kernel, 2, owner);
    return {
      type: 'dense',
      units,
      activation: resolveActivation(activation, owner),
      useBias,
      kernel,
      bias: parameterRules(options, 'bias', 'zeros', owner),
      ...(activity && { activityRegularizer: activity }),
      trainable,
    };
  },
  config: ({ units, activation, useBias, kernel, bias, activityRegularizer, trainable }) => ({
    units,
    activation,
    useBias,
    ...parameterConfig('kernel', kernel),
    ...parameterConfig('bias', bias),
    activityRegularizer: regularizerConfig(activityRegularizer),
    trainable,
  }),
};
