// What a layer is to the rest of the library. Every layer is one `LayerKind`, in the file of its family;
// index.ts lists them. A plan knows layers by `LayerRule` alone: it asks for shapes and parameters, binds
// every layer to an arena, and takes the kernel calls of a step. Nothing here knows a layer by name.
import type { Schema } from '../check.js';
import type { Call } from '../engine/kernels.js';
import type { Layout, Matrix } from '../network/layout.js';
import type { Parameter, ParameterSpec } from '../network/parameters.js';
import type { MatrixOperand, Operand } from '../network/sparse/format.js';
import type { LayerSpec, LayerTraits, NetworkSpec, Shape } from '../network/spec.js';

/** What a layer is bound to: its place in a network and in an arena. */
export interface LayerContext {
  readonly layout: Layout;
  /** Most rows of a batch. */
  readonly rows: number;
  readonly input: Matrix;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly Parameter[];
  /** Byte offset of a parameter. */
  readonly offsetOf: (parameter: Parameter) => number;
  /** A byte range that any call may overwrite. */
  readonly scratch: number;
  /** Byte offset of the layer's random key and first row (uint32 each); layers with random numbers only. */
  readonly key: number;
  readonly training: boolean;
  /** True if training needs the gradient of the input. */
  readonly needsInputGradient: boolean;
  /** The layers before and behind this one. */
  readonly previous?: LayerSpec;
  readonly next?: LayerSpec;
  /** True if the layer before has computed this one's output already, which is the input then. */
  readonly fusedIntoPrevious: boolean;
  /** The input as products take it. */
  readonly operand: Operand;
  /** Room for the CSR of an adaptive gradient at the products; undefined where that is dense. */
  readonly deltaScratch?: number;
}

/** A step's forward pass. */
export interface ForwardStep {
  readonly rows: number;
  /** Training: random layers are on, batch normalization uses the batch. */
  readonly training: boolean;
  /** False leaves the layer's activation to the loss that is fused with it. */
  readonly activate: boolean;
  /**
   * The input of the first layer in predictions that go by CSR. Default: the operand that the layer was
   * placed with.
   */
  readonly operand?: Operand;
}

/** Takes the gradients of parameters, and gives the calls that update by them. */
export interface GradientSink {
  /** Byte offset of room for a transposed delta. */
  readonly transposed: number;
  /** The gradient of a matrix is xᵀ · delta. */
  product(parameter: Parameter, x: Operand, delta: MatrixOperand, rows: number): Call[];
  /** The gradient of a vector is the column sums of delta. */
  columnSums(parameter: Parameter, delta: Matrix, rows: number): Call[];
  /** Updates from the gradient at a byte offset, laid out like the parameter. */
  fromGradient(parameter: Parameter, gradient: number): Call[];
}

/** A step's backward pass. */
export interface BackwardStep {
  readonly rows: number;
  /**
   * Gradient with respect to the output; with respect to the activation's input where `fused`. May be
   * overwritten.
   */
  readonly delta: Matrix;
  /** Gradient with respect to the input, to be written; undefined where it is not needed. */
  readonly inputGradient?: Matrix;
  readonly fused: boolean;
  readonly updates: GradientSink;
}

/** A layer in an arena. */
export interface BoundLayer {
  /** May be the input itself: then its gradient is the same matrix too. */
  readonly output: Matrix;
  readonly forward: (step: ForwardStep) => Call[];
  /** The gradient of the input is computed with the weights from before their update. */
  readonly backward: (step: BackwardStep) => Call[];
}

/** A layer whose output is its input: it makes no call. */
export function unchanged(input: Matrix): BoundLayer {
  return { output: input, forward: () => [], backward: () => [] };
}

/** Where a layer stands, before anything has a place in an arena. */
export interface LayerPosition {
  readonly network: NetworkSpec;
  readonly shapes: readonly Shape[];
  readonly index: number;
  readonly rows: number;
  readonly training: boolean;
}

/** What a plan asks of a kind of layer. */
export interface LayerRule<S = any> extends LayerTraits<S> {
  parameters(spec: S, input: Shape): ParameterSpec[];
  /**
   * Floats of scratch that the calls need, and floats of a transposed delta; more than a row of values only.
   */
  scratch?(spec: S, position: LayerPosition): { readonly scratch: number; readonly transposed?: number };
  bind(spec: S, context: LayerContext): BoundLayer;
}

/** The parameters of a layer that has none. */
export function none(): [] {
  return [];
}

/** A layer's options, canonical; those that were not given are missing. */
export type Options = Readonly<Record<string, any>>;

/** A kind of layer: how people write it, how a summary and a file show it, and how it is planned. */
export interface LayerKind<S = any> extends LayerRule<S> {
  /** Keras's class: 'Dense'. In summaries; automatic names are its snake_case. */
  readonly className: string;
  /** The options besides `name`, `inputShape` and `trainable`. */
  readonly schema: Schema;
  /** Options that have no default. */
  readonly required: readonly string[];
  /** What a network is planned from. @throws ValueError */
  readonly spec: (options: Options, owner: string) => S;
  /** Options from which `spec` makes the same again: plain data, fit for JSON. */
  readonly config: (spec: S) => Record<string, unknown>;
}
