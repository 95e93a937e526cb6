// Parameters and the block that holds them all: panels of 8 units for kernels, padded vectors for the rest.
// Layers declare parameters, this file places them, and converts values between the block and row-major
// arrays. Not for initial values (initializers.ts), nor for slots and gradients (updates.ts).
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import { PANEL, paddedUnits } from './layout.js';
import type { LayerSpec, NetworkSpec, ParameterRules, Shape } from './spec.js';
import { sizeOf } from './spec.js';

/** A parameter as its layer declares it. */
export interface ParameterSpec {
  /** 'kernel', 'bias', 'gamma', 'beta', 'movingMean', 'movingVariance'. */
  readonly name: string;
  /** (inputs, units), (height, width, inputs, filters) or (units). */
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly rules: ParameterRules;
}

/** A layer that multiplies by a kernel, as far as its parameters are concerned. */
interface Weighted {
  readonly useBias: boolean;
  readonly kernel: ParameterRules;
  readonly bias: ParameterRules;
  readonly trainable: boolean;
}

/** The parameters of a layer with a kernel of a shape whose last dimension counts the outputs. */
export function weightedParameters(
  { useBias, kernel, bias, trainable }: Weighted,
  shape: Shape,
): ParameterSpec[] {
  const weight = { name: 'kernel', shape, trainable, rules: kernel };
  return useBias ? [weight, { name: 'bias', shape: shape.slice(-1), trainable, rules: bias }] : [weight];
}

/**
 * A parameter and where it lies in the block of all parameters. Slots of optimizers and gradients repeat that
 * block.
 */
export interface Parameter extends ParameterSpec {
  readonly layer: number;
  /** Its number among all parameters. */
  readonly index: number;
  /** First float of the block. */
  readonly position: number;
  /** Floats taken, padding included: panels [units/8][depth][8], or a vector padded to 8. */
  readonly length: number;
}

/** Rows of the matrix that a kernel is: inputs, or height · width · inputs of a filter. 1 for a vector. */
export function depthOf({ shape }: Pick<Parameter, 'shape'>): number {
  return sizeOf(shape.slice(0, -1));
}

/**
 * Floating-point operations of predicting a row: two for every weight, at every pixel that a filter meets,
 * and what layers without weights take.
 *
 * @param shapes of the inputs of all layers, and of the outputs of the last
 */
export function flopsPerRow(
  { layers, rules }: NetworkSpec,
  parameters: readonly Parameter[],
  shapes: readonly Shape[],
): number {
  const weighted = parameters.reduce((sum, { shape, layer }) => {
    const pixels = shape.length > 2 ? sizeOf(shapes[layer + 1].slice(0, -1)) : 1;
    return sum + 2 * sizeOf(shape) * pixels;
  }, 0);
  return layers.reduce(
    (sum, layer, i) => sum + (rules[layer.type].flops?.(layer, shapes[i + 1]) ?? 0),
    weighted,
  );
}

/** The block of all parameters, which grows layer by layer. */
export interface Block {
  readonly parameters: Parameter[];
  /** Floats. */
  length: number;
}

/** Puts the parameters of the next layer behind those that are there. */
export function append(block: Block, layer: number, declared: readonly ParameterSpec[]): void {
  for (const each of declared) {
    const { name, shape, trainable, rules } = each;
    const length = depthOf(each) * paddedUnits(shape[shape.length - 1]);
    const index = block.parameters.length;
    // Spread properties would give every object a hidden class of its own, and every fit deoptimized steps.
    block.parameters.push({ name, shape, trainable, rules, layer, index, position: block.length, length });
    block.length += Math.ceil(length / 16) * 16;
  }
}

/** What tells the parameters of a layer: its rule (src/layers/rule.ts). */
interface Declares {
  parameters(spec: LayerSpec, input: Shape): ParameterSpec[];
}

/** All parameters of a network, layer by layer, and the floats that they take. */
export function layOut({ layers }: NetworkSpec, rules: readonly Declares[], shapes: readonly Shape[]): Block {
  const block: Block = { parameters: [], length: 0 };
  layers.forEach((layer, i) => append(block, i, rules[i].parameters(layer, shapes[i])));
  return block;
}

/** The parameters of every layer. */
export function byLayer(parameters: readonly Parameter[], layers: number): Parameter[][] {
  const layered = Array.from({ length: layers }, (): Parameter[] => []);
  for (const parameter of parameters) layered[parameter.layer].push(parameter);
  return layered;
}

/** Row-major values into the block. */
export function pack(block: Float32Array, values: ArrayLike<number>, parameter: Parameter): void {
  runAtOnce(packInPieces(block, values, parameter));
}

/** `pack` in pieces. */
export function* packInPieces(
  block: Float32Array,
  values: ArrayLike<number>,
  { shape, position }: Parameter,
): Pieces<void> {
  const [inputs, units] = [depthOf({ shape }), shape[shape.length - 1]];
  const packRow = (first: number, k: number): void => {
    const width = Math.min(PANEL, units - first);
    const to = position + first * inputs + k * PANEL;
    const from = k * units + first;
    for (let n = 0; n < width; n++) block[to + n] = values[from + n];
  };
  yield* ranges(Math.ceil(units / PANEL), 2 * PANEL * inputs, (begin, end) => {
    for (let panel = begin; panel < end; panel++) {
      for (let k = 0; k < inputs; k++) packRow(panel * PANEL, k);
    }
  });
}

/** Row-major values out of the block. */
export function unpack(block: Float32Array, { shape, position }: Parameter): Float32Array<ArrayBuffer> {
  const [inputs, units] = [depthOf({ shape }), shape[shape.length - 1]];
  const values = new Float32Array(inputs * units);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < units; n++) values[k * units + n] = block[position + panelIndex(inputs, k, n)];
  }
  return values;
}

/** Where the weight from input k to unit n lies in its parameter. */
export function panelIndex(inputs: number, k: number, n: number): number {
  return (n - (n % PANEL)) * inputs + k * PANEL + (n % PANEL);
}
