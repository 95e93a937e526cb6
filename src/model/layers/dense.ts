import type { Call } from '../../engine/kernels.js';
import { ShapeError } from '../../errors.js';
import { formatShape } from '../../ndarray.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../activations.js';
import { PANEL, paddedUnits } from '../layout.js';
import type { DenseSpec } from '../spec.js';
import { SWEEP_FLOATS } from '../updates.js';
import type { LayerRule, Place, Placed } from './rule.js';

/** y = activation(x · kernel + bias), kernel (inputs, units), bias (units). */
export const dense: LayerRule<DenseSpec> = {
  outputShape(spec, input) {
    if (input.length !== 1) {
      throw new ShapeError(
        `A dense layer takes rows of features, shape (features), but received the shape ${formatShape(input)}; put a flatten layer before it.`,
      );
    }
    return [spec.units];
  },

  parameters({ units, useBias, kernel, bias, trainable }, [inputs]) {
    const weight = { name: 'kernel', shape: [inputs, units], trainable, rules: kernel };
    return useBias ? [weight, { name: 'bias', shape: [units], trainable, rules: bias }] : [weight];
  },

  place(spec, place): Placed {
    const { layout, rows, input, parameters, at, scratch, lists } = place;
    const output = layout.matrix(rows, spec.units);
    const [kernel, bias] = parameters;
    const product = place.training && needsInput(spec.activation) ? layout.matrix(rows, spec.units) : output;
    const zeros = bias ? 0 : layout.floats(paddedUnits(spec.units));
    const panels = paddedUnits(spec.units) / PANEL;
    const inputs = input.columns;
    return {
      output,
      forward({ rows, activate, sparse }) {
        const activation = activate ? spec.activation : 'linear';
        const rest = [at(kernel), bias ? at(bias) : zeros, rows, inputs, 0, panels, lowest(activation)];
        const calls: Call[] = [
          sparse && lists
            ? {
                kernel: 'sparseForward',
                args: [product.offset, product.stride, lists.rowStarts, ...rest, spec.units],
              }
            : {
                kernel: 'denseForward',
                args: [product.offset, product.stride, input.offset, input.stride, ...rest],
              },
        ];
        if (activation === 'relu') return calls;
        return [...calls, ...activationCalls(activation, output, product, rows, scratch)];
      },
      backward({ rows, delta, below, fused, updates }) {
        const calls = fused
          ? []
          : slopeCalls(spec.activation, delta, needsInput(spec.activation) ? product : output, rows);
        if (below) {
          const deltaT = updates.transposed;
          const { offset, stride } = delta;
          calls.push({ kernel: 'transposeDelta', args: [deltaT, offset, stride, rows, spec.units] });
          const args = [
            below.offset,
            below.stride,
            at(kernel),
            deltaT,
            scratch,
            rows,
            inputs,
            spec.units,
            0,
            inputs,
          ];
          calls.push({ kernel: 'denseInputGradient', args });
        }
        calls.push(...updates.product(kernel, lists ?? input, delta, rows));
        if (bias) calls.push(...updates.columnSums(bias, delta, rows));
        return calls;
      },
    };
  },
};

/** Floats of scratch and of the transposed delta that a dense layer's gradients need. */
export function denseScratch(place: Pick<Place, 'rows' | 'inputShape' | 'outputShape'>): {
  scratch: number;
  transposed: number;
} {
  const rows = paddedUnits(place.rows);
  const units = place.outputShape[0];
  return {
    scratch: Math.max(24 * rows, SWEEP_FLOATS, paddedUnits(units)),
    transposed: rows * units,
  };
}
