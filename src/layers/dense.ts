// The dense layer. Its products, dense or by CSR, are those of network/products.ts; this file says which of
// them a step takes, and in which order.
import { positiveInteger } from '../check.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../network/activations.js';
import { paddedUnits } from '../network/layout.js';
import * as products from '../network/products.js';
import { adaptiveScratch } from '../network/sparse/format.js';
import type { LayerSpec } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { WeightedOptions, WeightedSpec } from './options.js';
import { weightedConfig, weightedParameters, weightedSchema, weightedSpec } from './options.js';
import type { LayerKind } from './rule.js';

export interface DenseOptions extends WeightedOptions {
  /** Outputs, >= 1. */
  readonly units: number;
}

export interface DenseSpec extends WeightedSpec {
  readonly type: 'dense';
  readonly units: number;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    dense: DenseSpec;
  }
}

/** True if a layer multiplies the gradient that it hands down by the slope of the relu before it, at once. */
function fusesReluSlope(
  layer: LayerSpec | undefined,
  next: LayerSpec | undefined,
  needsInputGradient: boolean,
): boolean {
  if (!needsInputGradient || layer?.type !== 'dense' || next?.type !== 'dense') return false;
  return layer.activation === 'relu' && !layer.activityRegularizer;
}

/**
 * y = activation(x · kernel + bias), kernel (inputs, units), bias (units) (keras/src/layers/core/dense.py).
 */
export const dense: LayerKind<DenseSpec> = {
  className: 'Dense',
  schema: { units: positiveInteger, ...weightedSchema },
  required: ['units'],
  spec: (options, owner) => ({ type: 'dense', units: options.units, ...weightedSpec(options, owner, 2) }),
  config: (spec) => ({ units: spec.units, ...weightedConfig(spec) }),

  outputShape(spec, input) {
    if (input.length !== 1) {
      throw new ShapeError(
        `A dense layer takes rows of features, shape (features), but received the shape ${formatShape(input)}; put a flatten layer before it.`,
      );
    }
    return [spec.units];
  },

  parameters: (spec, [inputs]) => weightedParameters(spec, [inputs, spec.units]),

  scratch(_spec, { network, shapes, index, rows, training }) {
    const { scratch, transposed } = products.productScratch(
      rows,
      sizeOf(shapes[index]),
      sizeOf(shapes[index + 1]),
    );
    return {
      scratch: Math.max(scratch, adaptiveScratch(network, shapes, index, rows, training)),
      transposed,
    };
  },

  bind(spec, context) {
    const { layout, rows, input, operand, deltaScratch, parameters, offsetOf, scratch, training } = context;
    const relu = fusesReluSlope(context.previous, spec, context.needsInputGradient) ? input : undefined;
    const output = layout.matrix(rows, spec.units);
    const [kernel, bias] = parameters;
    const product = training && needsInput(spec.activation) ? layout.matrix(rows, spec.units) : output;
    const zeros = bias ? 0 : layout.floats(paddedUnits(spec.units));
    return {
      output,
      forward({ rows, activate, operand: x = operand }) {
        const activation = activate ? spec.activation : 'linear';
        const weights = { kernel: offsetOf(kernel), bias: bias ? offsetOf(bias) : zeros, units: spec.units };
        const calls = products.forward(product, x, weights, rows, lowest(activation));
        if (activation === 'relu') return calls;
        return [...calls, ...activationCalls(activation, output, product, rows, scratch)];
      },
      backward({ rows, delta, inputGradient, fused, updates }) {
        const slope = { matrix: delta, scratch: deltaScratch };
        const done = fused || fusesReluSlope(spec, context.next, training);
        const known = needsInput(spec.activation) ? product : output;
        const calls = done ? [] : slopeCalls(spec.activation, delta, known, rows);
        if (inputGradient) {
          const spare = { transposed: updates.transposed, scratch };
          const weights = { kernel: offsetOf(kernel), units: spec.units };
          calls.push(...products.inputGradient(inputGradient, slope, weights, rows, spare, relu));
        }
        calls.push(...updates.product(kernel, operand, slope, rows));
        if (bias) calls.push(...updates.columnSums(bias, delta, rows));
        return calls;
      },
    };
  },
};
