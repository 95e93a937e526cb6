// The dense layer and its products as kernel calls: y = x · W + b and dx = delta · Wᵀ. The only place that
// turns the form of an operand (dense, CSR, adaptive) and the number of units into a kernel. dW = xᵀ · delta,
// which may be an update at once, is for network/updates.ts; which form an operand has, for
// network/sparse/choose.ts.
import { positiveInteger } from '../check.js';
import { call, type Call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import { NARROW_UNITS, PANEL, paddedUnits, UPDATE_SCRATCH_FLOATS } from '../network/layout.js';
import { weightedParameters } from '../network/parameters.js';
import { hasAdaptiveRows, inputGradientIsAdaptive } from '../network/sparse/choose.js';
import type { MatrixOperand, Operand } from '../network/sparse/format.js';
import { adaptiveScratch, csrRowCalls } from '../network/sparse/format.js';
import type { LayerSpec } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { WeightedOptions, WeightedSpec } from './options.js';
import { weightedConfig, weightedSchema, weightedSpec } from './options.js';
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

const NOWHERE: Matrix = { offset: 0, stride: 0, columns: 0 };

/** Where a layer's weights lie, as panels, and its bias. */
interface Weights {
  readonly kernel: number;
  readonly bias: number;
  readonly units: number;
}

/** y = max(low, x · W + b) on `rows` rows. */
export function productCalls(y: Matrix, x: Operand, weights: Weights, rows: number, low: number): Call[] {
  if (!('matrix' in x)) return [csrForward(y, x, weights, rows, low)];
  const { matrix, scratch, row } = x;
  const inputs = matrix.columns;
  if (row && rows === 1) {
    return [...csrRowCalls(row, matrix), csrForward(y, { ...row, inputs }, weights, rows, low)];
  }
  const { kernel, bias, units } = weights;
  if (units <= NARROW_UNITS)
    return [call('narrowForward', y, matrix, kernel, bias, rows, inputs, units, low)];
  const args = [y, matrix, kernel, bias, rows, inputs, 0, paddedUnits(units) / PANEL, low] as const;
  if (scratch !== undefined && hasAdaptiveRows(rows)) {
    return [call('adaptiveForward', ...args, scratch)];
  }
  return [call('denseForward', ...args)];
}

function csrForward(
  y: Matrix,
  { rowOffsets, inputs }: { rowOffsets: number; inputs: number },
  { kernel, bias, units }: Weights,
  rows: number,
  low: number,
): Call {
  const panels = paddedUnits(units) / PANEL;
  return call('sparseForward', y, rowOffsets, kernel, bias, rows, inputs, 0, panels, low, units);
}

/** dx = delta · Wᵀ on `rows` rows; with `relu`, the output of one, dx · its slope. */
export function inputGradientCalls(
  dx: Matrix,
  delta: MatrixOperand,
  { kernel, units }: Omit<Weights, 'bias'>,
  rows: number,
  { transposed, scratch }: { transposed: number; scratch: number },
  relu: Matrix = NOWHERE,
): Call[] {
  const inputs = dx.columns;
  const { matrix } = delta;
  if (units <= NARROW_UNITS) {
    return [call('narrowInputGradient', dx, kernel, matrix, scratch, rows, inputs, units, relu)];
  }
  const args = [dx, kernel, transposed, scratch, rows, inputs, units, 0, inputs, relu] as const;
  const adaptive = delta.scratch !== undefined && inputGradientIsAdaptive(units, rows);
  return [
    call('transposeDelta', transposed, matrix, rows, units),
    adaptive ? call('adaptiveInputGradient', ...args, matrix) : call('denseInputGradient', ...args),
  ];
}

/** Floats of scratch and of the transposed delta that the products of a layer need. */
export function productScratch(
  rows: number,
  inputs: number,
  units: number,
): { scratch: number; transposed: number } {
  const padded = paddedUnits(rows);
  const narrow = units <= NARROW_UNITS ? (units + 1) * paddedUnits(inputs) : 0;
  return {
    scratch: Math.max(24 * padded, UPDATE_SCRATCH_FLOATS, paddedUnits(units), narrow),
    transposed: padded * units,
  };
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
    const { scratch, transposed } = productScratch(rows, sizeOf(shapes[index]), sizeOf(shapes[index + 1]));
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
        const calls = productCalls(product, x, weights, rows, lowest(activation));
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
          calls.push(...inputGradientCalls(inputGradient, slope, weights, rows, spare, relu));
        }
        calls.push(...updates.product(kernel, operand, slope, rows));
        if (bias) calls.push(...updates.columnSums(bias, delta, rows));
        return calls;
      },
    };
  },
};
