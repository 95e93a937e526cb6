import type { ActivationName } from './activations.js';
import { activations } from './activations.js';
import { addOuterProducts, columnSums, product, transpose } from './matrix.js';

/** A layer that computes in float64 and remembers what it needs for the way back. */
export interface ReferenceLayer {
  /** Outputs per row. */
  readonly units: number;
  /** By name; changed in place by optimizers. */
  readonly parameters: Readonly<Record<string, Float64Array>>;
  /** Names of the parameters that the L2 penalty counts. */
  readonly penalized: readonly string[];
  /** (rows, units) from (rows, inputs). */
  forward(x: Float64Array, rows: number): Float64Array;
  /** From dLoss/dOutput of the last forward: dLoss/dInput, and dLoss/dParameter by name. */
  backward(gradient: Float64Array): { input: Float64Array; parameters: Record<string, Float64Array> };
}

/** y = x · weight + bias: weight (inputs, units), bias (units). */
export function dense(weight: ArrayLike<number>, bias: ArrayLike<number>): ReferenceLayer {
  const parameters = { weight: Float64Array.from(weight), bias: Float64Array.from(bias) };
  const units = bias.length;
  const inputs = weight.length / units;
  let x = new Float64Array(0);
  return {
    units,
    parameters,
    penalized: ['weight'],
    forward(given, rows) {
      x = Float64Array.from(given);
      return product(x, parameters.weight, [rows, inputs, units], parameters.bias);
    },
    backward(gradient) {
      const rows = gradient.length / units;
      const sum = new Float64Array(inputs * units);
      addOuterProducts(sum, x, gradient, units, [0, rows]);
      return {
        input: product(gradient, transpose(parameters.weight, inputs, units), [rows, units, inputs]),
        parameters: { weight: sum, bias: columnSums(gradient, rows, units) },
      };
    },
  };
}

/** An activation by rows of `units`. */
export function activation(name: ActivationName, units: number): ReferenceLayer {
  const rule = activations[name];
  let z = new Float64Array(0);
  let y = new Float64Array(0);
  const byRows = (length: number, row: (begin: number, end: number) => Float64Array): Float64Array => {
    const result = new Float64Array(length);
    for (let begin = 0; begin < length; begin += units) result.set(row(begin, begin + units), begin);
    return result;
  };
  return {
    units,
    parameters: {},
    penalized: [],
    forward(given) {
      z = Float64Array.from(given);
      y = Float64Array.from(byRows(z.length, (begin, end) => rule.forward(z.subarray(begin, end))));
      return y;
    },
    backward(gradient) {
      const input = byRows(gradient.length, (begin, end) =>
        rule.backward(gradient.subarray(begin, end), y.subarray(begin, end), z.subarray(begin, end)),
      );
      return { input, parameters: {} };
    },
  };
}
