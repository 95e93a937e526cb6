// Unit normalization: divides every row of features, or the channels of every pixel, by its Euclidean norm.
// It has no parameters; normalizations by mean and variance are in normalization.ts.
import type { Rule } from '../check.js';
import { refused } from '../check.js';
import { call } from '../engine/kernels.js';
import { sizesOf } from './normalization.js';
import type { LayerOptions } from './options.js';
import type { LayerKind } from './rule.js';
import { none } from './rule.js';

export interface UnitNormalizationOptions extends LayerOptions {
  /**
   * The axis along which norms become 1: -1, the last one, which holds features or channels. Default -1; any
   * other, and a list of axes, is a ValueError.
   */
  readonly axis?: -1;
}

export interface UnitNormalizationSpec {
  readonly type: 'unitNormalization';
  readonly axis: -1;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    unitNormalization: UnitNormalizationSpec;
  }
}

const axis: Rule<-1> = {
  expected: '-1, the last axis',
  accept: (value) => (value === -1 ? value : refused),
};

/**
 * x / max(‖x‖₂, 1e-12) over the features of a row or the channels of a pixel, as Keras's
 * `ops.normalize(x, axis, order=2, epsilon=1e-12)` (keras/src/layers/normalization/unit_normalization.py, and
 * `_normalize` of keras/src/ops/nn.py). Releases of Keras 3 before they called `normalize` took the larger of
 * ‖x‖² and 1e-12, a norm of 1e-6. The gradient where ‖x‖₂ ≤ 1e-12 is 0.
 */
export const unitNormalization: LayerKind<UnitNormalizationSpec> = {
  className: 'UnitNormalization',
  schema: { axis },
  required: [],
  spec: ({ axis = -1 }) => ({ type: 'unitNormalization', axis }),
  config: ({ axis }) => ({ axis }),

  keepsShape: true,
  outputShape: (_spec, input) => input,
  parameters: none,
  bind(_spec, context) {
    const { input } = context;
    const sizes = sizesOf(context);
    const output = context.layout.matrix(context.rows, input.columns);
    return {
      output,
      forward: ({ rows }) => [call('unitNormForward', output, input, rows, ...sizes)],
      backward: ({ rows, delta, inputGradient }) =>
        inputGradient ? [call('unitNormBackward', inputGradient, delta, input, rows, ...sizes)] : [],
    };
  },
};
