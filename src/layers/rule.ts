import type { Call } from '../engine/kernels.js';
import type { Layout, Matrix } from '../network/layout.js';
import type { ListsPlan } from '../network/lists.js';
import type { Parameter, ParameterSpec } from '../network/parameters.js';
import type { SingleList } from '../network/single.js';
import type { LayerSpec, Shape } from '../network/spec.js';
import type { Updates } from '../network/updates.js';

/** Where a layer is to be placed. */
export interface Place {
  readonly layout: Layout;
  /** Most rows of a batch. */
  readonly rows: number;
  readonly input: Matrix;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly Parameter[];
  /** Byte offset of a parameter. */
  readonly at: (parameter: Parameter) => number;
  /** A byte range that any call may overwrite. */
  readonly scratch: number;
  /** Byte offset of the layer's random key and first row (uint32 each); layers with random numbers only. */
  readonly key: number;
  readonly training: boolean;
  /** Whether training needs the gradient of the input. */
  readonly below: boolean;
  /** The layers before and behind this one. */
  readonly previous?: LayerSpec;
  readonly next?: LayerSpec;
  /** Whether the layer before has computed this one's output already, which is the input then. */
  readonly taken: boolean;
  /** The non-zero inputs as lists, where they take the place of the input matrix. */
  readonly lists?: ListsPlan;
  /** Where a single row of inputs becomes a list. */
  readonly single?: SingleList;
  /** The input may be mostly zeros: products look for them (active.ts). */
  readonly active: boolean;
  /** The gradient at its products may be: relu follows them. */
  readonly activeDelta: boolean;
}

/** A step's forward pass. */
export interface ForwardStep {
  readonly rows: number;
  /** Training: random layers are on, batch normalization uses the batch. */
  readonly training: boolean;
  /** False leaves the layer's activation to the loss that is fused with it. */
  readonly activate: boolean;
  /** The first layer reads its input from lists. */
  readonly sparse: boolean;
}

/** A step's backward pass. */
export interface BackwardStep {
  readonly rows: number;
  /** Gradient with respect to the output; with respect to the activation's input where `fused`. May be overwritten. */
  readonly delta: Matrix;
  /** Gradient with respect to the input, to be written; undefined where nobody needs it. */
  readonly below?: Matrix;
  readonly fused: boolean;
  readonly updates: Updates;
}

/** A layer in an arena. */
export interface Placed {
  /** May be the input itself: then its gradient is the same matrix too. */
  readonly output: Matrix;
  readonly forward: (step: ForwardStep) => Call[];
  /** The gradient of the input is computed with the weights from before their update. */
  readonly backward: (step: BackwardStep) => Call[];
}

/** What a plan asks of a kind of layer. */
export interface LayerRule<S extends LayerSpec = LayerSpec> {
  /** @throws ShapeError if the layer cannot take this input */
  outputShape(spec: S, input: Shape): Shape;
  parameters(spec: S, input: Shape): ParameterSpec[];
  place(spec: S, place: Place): Placed;
}
