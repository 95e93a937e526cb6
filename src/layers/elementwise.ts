// Layers that compute a value from the same value of their input: activations and rescaling. What activations
// compute is in network/activations.ts.
import { anything, number } from '../check.js';
import { call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import type { Activation } from '../network/activations.js';
import { activationCalls, needsInput, resolveActivation, slopeCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import { paddedUnits } from '../network/layout.js';
import { sizeOf } from '../network/spec.js';
import type { LayerOptions } from './options.js';
import type { LayerKind } from './rule.js';
import { none } from './rule.js';

export interface ActivationOptions extends LayerOptions {
  readonly activation: string;
}

export interface RescalingOptions extends LayerOptions {
  readonly scale: number;
  /** Default 0. */
  readonly offset?: number;
}

export interface ActivationSpec {
  readonly type: 'activation';
  readonly activation: Activation;
}

export interface RescalingSpec {
  readonly type: 'rescaling';
  readonly scale: number;
  readonly offset: number;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    activation: ActivationSpec;
    rescaling: RescalingSpec;
  }
}

/** An activation of its own (keras/src/layers/activations/activation.py). */
export const activation: LayerKind<ActivationSpec> = {
  className: 'Activation',
  schema: { activation: anything() },
  required: ['activation'],
  spec: (options, owner) => ({
    type: 'activation',
    activation: resolveActivation(options.activation, owner),
  }),
  config: (spec) => ({ activation: spec.activation }),

  keepsShape: true,
  outputShape(spec, input) {
    const byRows = spec.activation === 'softmax' || spec.activation === 'logSoftmax';
    if (byRows && input[input.length - 1] !== sizeOf(input)) {
      throw new ShapeError(
        `${spec.activation} is over the features of a row, shape (features), but received the shape ${formatShape(input)}; put a flatten layer before it.`,
      );
    }
    return input;
  },
  parameters: none,
  bind(spec, { layout, rows, input, scratch }) {
    const output = layout.matrix(rows, input.columns);
    const known = needsInput(spec.activation) ? input : output;
    return {
      output,
      forward: ({ rows, activate }) =>
        activationCalls(activate ? spec.activation : 'linear', output, input, rows, scratch),
      backward: ({ rows, delta, inputGradient, fused }) => {
        const calls = fused ? [] : slopeCalls(spec.activation, delta, known, rows);
        return inputGradient
          ? [...calls, ...activationCalls('linear', inputGradient, delta, rows, scratch)]
          : calls;
      },
    };
  },
};

/** x · scale + offset (keras/src/layers/preprocessing/rescaling.py). */
export const rescaling: LayerKind<RescalingSpec> = {
  className: 'Rescaling',
  schema: { scale: number(), offset: number() },
  required: ['scale'],
  spec: ({ scale, offset = 0 }) => ({ type: 'rescaling', scale, offset }),
  config: ({ scale, offset }) => ({ scale, offset }),

  keepsShape: true,
  outputShape: (_spec, input) => input,
  parameters: none,
  bind(spec, { layout, rows, input }) {
    const output = layout.matrix(rows, input.columns);
    const rescale = (to: Matrix, from: Matrix, rows: number, offset: number) =>
      call('rescale', to, from, rows, paddedUnits(to.columns), spec.scale, offset);
    return {
      output,
      forward: ({ rows }) => [rescale(output, input, rows, spec.offset)],
      backward: ({ rows, delta, inputGradient }) =>
        inputGradient ? [rescale(inputGradient, delta, rows, 0)] : [],
    };
  },
};
