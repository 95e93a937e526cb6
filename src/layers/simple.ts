import { call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls, needsInput, slopeCalls } from '../network/activations.js';
import { paddedUnits } from '../network/layout.js';
import type { Matrix } from '../network/layout.js';
import type {
  ActivationSpec,
  DropoutSpec,
  GaussianNoiseSpec,
  RescalingSpec,
  ReshapeSpec,
} from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { LayerRule } from './rule.js';

/** An activation of its own. */
export const activation: LayerRule<ActivationSpec> = {
  outputShape(spec, input) {
    const byRows = spec.activation === 'softmax' || spec.activation === 'logSoftmax';
    if (byRows && input[input.length - 1] !== sizeOf(input)) {
      throw new ShapeError(
        `${spec.activation} is over the features of a row, shape (features), but received the shape ${formatShape(input)}; put a flatten layer before it.`,
      );
    }
    return input;
  },
  parameters: () => [],
  place(spec, { layout, rows, input, scratch }) {
    const output = layout.matrix(rows, input.columns);
    const known = needsInput(spec.activation) ? input : output;
    return {
      output,
      forward: ({ rows, activate }) =>
        activationCalls(activate ? spec.activation : 'linear', output, input, rows, scratch),
      backward: ({ rows, delta, below, fused }) => {
        const calls = fused ? [] : slopeCalls(spec.activation, delta, known, rows);
        return below ? [...calls, ...activationCalls('linear', below, delta, rows, scratch)] : calls;
      },
    };
  },
};

/** Inverted dropout (Srivastava et al., 2014); the identity in prediction. */
export const dropout: LayerRule<DropoutSpec> = {
  outputShape: (_spec, input) => input,
  parameters: () => [],
  place(spec, { layout, rows, input, key, scratch }) {
    const output = layout.matrix(rows, input.columns);
    const threshold = Math.floor(spec.rate * 65536 + 0.5);
    const scale = Math.fround(1 / (1 - spec.rate));
    const mask = (to: Matrix, from: Matrix, rows: number) =>
      call('dropout', to, from, 0, rows, paddedUnits(to.columns), key, threshold, scale);
    return {
      output,
      forward: ({ rows, training }) =>
        training ? [mask(output, input, rows)] : activationCalls('linear', output, input, rows, scratch),
      backward: ({ rows, delta, below }) => (below ? [mask(below, delta, rows)] : []),
    };
  },
};

/** x + normal noise in training, the identity in prediction. */
export const gaussianNoise: LayerRule<GaussianNoiseSpec> = {
  outputShape: (_spec, input) => input,
  parameters: () => [],
  place(spec, { layout, rows, input, key, scratch }) {
    const output = layout.matrix(rows, input.columns);
    return {
      output,
      forward({ rows, training }) {
        if (!training) return activationCalls('linear', output, input, rows, scratch);
        return [call('gaussianNoise', output, input, 0, rows, paddedUnits(output.columns), key, spec.stddev)];
      },
      backward: ({ rows, delta, below }) =>
        below ? activationCalls('linear', below, delta, rows, scratch) : [],
    };
  },
};

/** x · scale + offset. */
export const rescaling: LayerRule<RescalingSpec> = {
  outputShape: (_spec, input) => input,
  parameters: () => [],
  place(spec, { layout, rows, input }) {
    const output = layout.matrix(rows, input.columns);
    const rescale = (to: Matrix, from: Matrix, rows: number, offset: number) =>
      call('rescale', to, from, rows, paddedUnits(to.columns), spec.scale, offset);
    return {
      output,
      forward: ({ rows }) => [rescale(output, input, rows, spec.offset)],
      backward: ({ rows, delta, below }) => (below ? [rescale(below, delta, rows, 0)] : []),
    };
  },
};

/** The same values as another shape: no call at all. */
export const reshape: LayerRule<ReshapeSpec> = {
  outputShape(spec, input) {
    if (spec.type === 'flatten') return [sizeOf(input)];
    const target = spec.targetShape ?? [];
    const known = target.filter((size) => size !== -1);
    const rest = sizeOf(input) / sizeOf(known);
    const shape = target.map((size) => (size === -1 ? rest : size));
    if (target.length - known.length > 1 || !Number.isInteger(rest) || sizeOf(shape) !== sizeOf(input)) {
      throw new ShapeError(
        `A reshape layer must keep the ${sizeOf(input)} values of its input, shape ${formatShape(input)}, but received the target shape ${formatShape(target)}.`,
      );
    }
    return shape;
  },
  parameters: () => [],
  place: (_spec, { input }) => ({ output: input, forward: () => [], backward: () => [] }),
};
