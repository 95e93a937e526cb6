/** The shape of one row: (features) or (height, width, channels). */
export type Shape = readonly number[];

/** Penalty l1 · Σ |x| + l2 · Σ x². */
export interface RegularizerSpec {
  readonly l1: number;
  readonly l2: number;
}

/**
 * A rule that a weight is brought back to after every update. Norms are taken along `axis` (0: per unit), of
 * filters (height, width, channels, filters) along the first axis or the first ones.
 */
export type ConstraintSpec =
  | { readonly kind: 'nonNeg' }
  | {
      readonly kind: 'norm';
      readonly min: number;
      readonly max: number;
      readonly rate: number;
      readonly axis: 0 | 1 | readonly number[];
    };

/** How initial values are drawn; the names and their options are those of `initializers`. */
export interface InitializerSpec {
  readonly name: string;
  readonly [option: string]: number | string | null;
}

/**
 * How a parameter starts, is penalised and is constrained. Steps read it: give all three keys in this order,
 * so that all have one hidden class.
 */
export interface ParameterRules {
  readonly initializer: InitializerSpec;
  readonly regularizer?: RegularizerSpec;
  readonly constraint?: ConstraintSpec;
}

/** What a network asks of a kind of layer without planning it. */
export interface LayerTraits<S = any> {
  /** Draws random numbers while training: a plan gives it a key. */
  readonly random?: boolean;
  /** Zeros of the input stay zeros in the output. */
  readonly keepsZeros?: boolean;
  /** The output has the shape of the input, which may be of any rank. */
  readonly keepsShape?: boolean;
  /** Predictions stay within the range of the input. */
  readonly keepsRange?: boolean;
  /** Training needs all rows of a batch at once. */
  readonly needsWholeBatch?: boolean;
  /** @throws ShapeError if the layer cannot take this input */
  outputShape(spec: S, input: Shape): Shape;
  /** Floating-point operations per row besides two for every weight. */
  flops?(spec: S, output: Shape): number;
  /** True if the kernels of the layer compute the next one too, so that its own output is never in memory. */
  fusesNext?(spec: S, next: LayerSpec | undefined, needsInputGradient: boolean): boolean;
}

/** Specs by type. Every file of src/layers/ adds its own: adding a layer changes nothing here. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface LayerSpecs {}

/** A layer of a network as plain data. */
export type LayerSpec = LayerSpecs[keyof LayerSpecs];

/** A feed-forward network: what a plan is made from. */
export interface NetworkSpec {
  readonly inputShape: Shape;
  readonly layers: readonly LayerSpec[];
  /** What the layers are, by type; a plan needs LayerRules (src/layers/rule.ts). */
  readonly rules: Readonly<Record<string, LayerTraits>>;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
