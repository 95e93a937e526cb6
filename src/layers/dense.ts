import { Sweep } from '../engine/generated/abi.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { isInputGradientActive } from '../network/active.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../network/activations.js';
import { paddedUnits } from '../network/layout.js';
import { inputGradientCalls, listProductCalls, productCalls } from '../network/products.js';
import { singleListCalls } from '../network/single.js';
import type { DenseSpec, LayerSpec } from '../network/spec.js';
import type { LayerRule, Placed } from './rule.js';

/** Whether a layer multiplies the gradient that it hands down by the slope of the relu before it, at once. */
function takesSlope(layer: LayerSpec | undefined, next: LayerSpec | undefined, below: boolean): boolean {
  if (!below || layer?.type !== 'dense' || next?.type !== 'dense') return false;
  return layer.activation === 'relu' && !layer.activityRegularizer;
}

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
    const {
      layout,
      rows,
      input,
      parameters,
      at,
      scratch,
      lists,
      single,
      active,
      activeDelta,
      previous,
      next,
    } = place;
    const relu = takesSlope(previous, spec, place.below) ? input : undefined;
    const output = layout.matrix(rows, spec.units);
    const [kernel, bias] = parameters;
    const product = place.training && needsInput(spec.activation) ? layout.matrix(rows, spec.units) : output;
    const seeks = (active ? Sweep.activeInput : 0) | (activeDelta ? Sweep.activeDelta : 0);
    const zeros = bias ? 0 : layout.floats(paddedUnits(spec.units));
    return {
      output,
      forward({ rows, activate, sparse }) {
        const activation = activate ? spec.activation : 'linear';
        const weights = { kernel: at(kernel), bias: bias ? at(bias) : zeros, units: spec.units };
        const low = lowest(activation);
        const calls = [];
        if (single && rows === 1) {
          const list = { rowStarts: single.starts, inputs: input.columns };
          calls.push(
            ...singleListCalls(single, input),
            ...listProductCalls(product, list, weights, rows, low),
          );
        } else if (sparse && lists) calls.push(...listProductCalls(product, lists, weights, rows, low));
        else calls.push(...productCalls(product, input, weights, rows, low, active ? scratch : undefined));
        if (activation === 'relu') return calls;
        return [...calls, ...activationCalls(activation, output, product, rows, scratch)];
      },
      backward({ rows, delta, below, fused, updates }) {
        const done = fused || takesSlope(spec, next, place.training);
        const calls = done
          ? []
          : slopeCalls(spec.activation, delta, needsInput(spec.activation) ? product : output, rows);
        if (below) {
          const spare = {
            transposed: updates.transposed,
            scratch,
            active: activeDelta && isInputGradientActive(spec.units, rows),
          };
          const weights = { kernel: at(kernel), units: spec.units };
          calls.push(...inputGradientCalls(below, delta, weights, rows, spare, relu));
        }
        calls.push(...updates.product(kernel, lists ?? input, delta, rows, { scratch, seeks }));
        if (bias) calls.push(...updates.columnSums(bias, delta, rows));
        return calls;
      },
    };
  },
};
