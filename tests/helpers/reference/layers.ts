import type { ActivationName } from './activations.js';
import { activations } from './activations.js';
import { addOuterProducts, columnSums, product, transpose } from './matrix.js';

/** Penalty l1 · Σ |x| + l2 · Σ x². */
export interface ReferencePenalty {
  readonly l1: number;
  readonly l2: number;
}

/** A layer that computes in float64 and remembers what it needs for the way back. */
export interface ReferenceLayer {
  /** By name; changed in place by optimizers. */
  readonly parameters: Readonly<Record<string, Float64Array>>;
  /** What forward passes leave behind beside outputs: moving averages, by name. */
  readonly averages?: Readonly<Record<string, Float64Array>>;
  /** Penalties of parameters, by name. */
  readonly penalties?: Readonly<Record<string, ReferencePenalty>>;
  /** (rows, outputs) from (rows, inputs). */
  forward(x: Float64Array, rows: number): Float64Array;
  /** What the layer itself adds to the loss of the batch that it has just seen. */
  loss?(): number;
  /** From dLoss/dOutput of the last forward: dLoss/dInput, and dLoss/dParameter by name. */
  backward(gradient: Float64Array): { input: Float64Array; parameters: Record<string, Float64Array> };
}

/** y = x · kernel + bias: kernel (inputs, units), bias (units). */
export function dense(
  kernel: ArrayLike<number>,
  bias: ArrayLike<number>,
  penalties: Record<string, ReferencePenalty> = {},
): ReferenceLayer {
  const parameters = { kernel: Float64Array.from(kernel), bias: Float64Array.from(bias) };
  const units = bias.length;
  const inputs = kernel.length / units;
  let x = new Float64Array(0);
  return {
    parameters,
    penalties,
    forward(given, rows) {
      x = Float64Array.from(given);
      return product(x, parameters.kernel, [rows, inputs, units], parameters.bias);
    },
    backward(gradient) {
      const rows = gradient.length / units;
      const sum = new Float64Array(inputs * units);
      addOuterProducts(sum, x, gradient, units, [0, rows]);
      return {
        input: product(gradient, transpose(parameters.kernel, inputs, units), [rows, units, inputs]),
        parameters: { kernel: sum, bias: columnSums(gradient, rows, units) },
      };
    },
  };
}

/** A layer without parameters that keeps the shape: what it makes of the input, and of the gradient. */
function plain(
  forward: (x: Float64Array) => Float64Array,
  backward: (gradient: Float64Array, y: Float64Array, x: Float64Array) => Float64Array,
): ReferenceLayer {
  let x = new Float64Array(0);
  let y = new Float64Array(0);
  return {
    parameters: {},
    forward(given) {
      x = Float64Array.from(given);
      y = Float64Array.from(forward(x));
      return y;
    },
    backward: (gradient) => ({ input: backward(gradient, y, x), parameters: {} }),
  };
}

/** An activation by rows of `units`. */
export function activation(name: ActivationName, units: number): ReferenceLayer {
  const rule = activations[name];
  const byRows = (length: number, row: (begin: number, end: number) => Float64Array): Float64Array => {
    const result = new Float64Array(length);
    for (let begin = 0; begin < length; begin += units) result.set(row(begin, begin + units), begin);
    return result;
  };
  return plain(
    (x) => byRows(x.length, (begin, end) => rule.forward(x.subarray(begin, end))),
    (gradient, y, x) =>
      byRows(gradient.length, (begin, end) =>
        rule.backward(gradient.subarray(begin, end), y.subarray(begin, end), x.subarray(begin, end)),
      ),
  );
}

/** y = x · scale + offset. */
export function rescaling(scale: number, offset: number): ReferenceLayer {
  return plain(
    (x) => x.map((value) => value * scale + offset),
    (gradient) => gradient.map((g) => g * scale),
  );
}

/** Inverted dropout with a mask of 0 and 1 per value; `fresh` asks for another one than last time. */
export function dropout(
  rate: number,
  mask: (length: number, fresh: boolean) => ArrayLike<number>,
): ReferenceLayer {
  const masked = (values: Float64Array, fresh: boolean): Float64Array => {
    const kept = mask(values.length, fresh);
    return values.map((value, i) => (value * kept[i]) / (1 - rate));
  };
  return plain(
    (x) => masked(x, true),
    (gradient) => masked(gradient, false),
  );
}

/** A penalty of the outputs, divided by the rows: adds to the gradient, and reports itself. */
export function activityPenalty({ l1, l2 }: ReferencePenalty): ReferenceLayer {
  let rows = 0;
  let y = new Float64Array(0);
  return {
    parameters: {},
    forward(x, count) {
      rows = count;
      y = Float64Array.from(x);
      return y;
    },
    backward: (gradient) => ({
      input: gradient.map((g, i) => g + (l1 * Math.sign(y[i]) + 2 * l2 * y[i]) / rows),
      parameters: {},
    }),
    loss: () => y.reduce((sum, value) => sum + l1 * Math.abs(value) + l2 * value ** 2, 0) / rows,
  };
}

/** A layer some of whose parameters are fixed: they are used, but not trained. */
export function withFixed<L extends ReferenceLayer>(layer: L, fixed: readonly string[]): L {
  const trained = (all: Readonly<Record<string, Float64Array>>): Record<string, Float64Array> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !fixed.includes(name)));
  return {
    ...layer,
    parameters: trained(layer.parameters),
    backward(gradient: Float64Array) {
      const { input, parameters } = layer.backward(gradient);
      return { input, parameters: trained(parameters) };
    },
  };
}
