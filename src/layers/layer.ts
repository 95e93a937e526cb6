// A layer as people hold it: what the factories of `layers` return, before and after it is in a model. What
// it computes is its kind's (rule.ts); weights and shapes are its model's, which it asks by LayerOwner.
import { boolean, checkOptions, checkValue } from '../check.js';
import { ValueError } from '../errors.js';
import type { LayerSpec, Shape } from '../network/spec.js';
import type { NdArray } from '../ndarray.js';
import { common } from './options.js';
import type { LayerKind, Options } from './rule.js';

/** What a model lets its layers see. */
export interface LayerOwner {
  nameOf(layer: Layer): string;
  /** Shapes of one row. @throws ValueError before the model is built */
  shapesOf(layer: Layer): { readonly input: Shape; readonly output: Shape };
  weightsOf(layer: Layer): NdArray[];
  setWeightsOf(layer: Layer, weights: readonly NdArray[]): void;
  countOf(layer: Layer): number;
  /** Told before `trainable` of a layer changes. @throws ValueError while the model is being trained */
  beforeFreezing(layer: Layer): void;
}

/** A kind without what plans need; `input` has no more. */
type Kind = Pick<LayerKind, 'className' | 'schema' | 'required' | 'config'> & {
  readonly spec: (options: Options, owner: string) => LayerSpec | undefined;
};

/** A layer of a model: its options, and, once the model is built, its shapes and weights. */
export class Layer {
  /** Survives minifiers. */
  static readonly name: string = 'Layer';
  /** The name of its factory: 'dense'. */
  readonly type: string;
  #spec: LayerSpec | undefined;
  #trainable: boolean;
  readonly #kind: Kind;
  readonly #options: Options;
  #owner: LayerOwner | undefined;

  /** @internal Use the factories of `layers`. */
  constructor(type: string, kind: Kind, given: unknown) {
    const owner = `layers.${type}`;
    const [first] = kind.required;
    const example = first && `{ ${first}: ... }`;
    const options = checkOptions(owner, given, { ...common, ...kind.schema }, example) as Options;
    const missing = kind.required.find((name) => options[name] === undefined);
    if (missing !== undefined) throw new ValueError(`${owner}: ${missing} must be given.`);
    if (options.inputShape && options.shape) {
      throw new ValueError(`${owner}: expected shape, but received inputShape too; give one of them.`);
    }
    this.type = type;
    this.#spec = kind.spec(options, owner);
    this.#trainable = options.trainable ?? true;
    this.#kind = kind;
    this.#options = options;
  }

  /** What the network is planned from; undefined for `input`, which only tells a shape. */
  get spec(): LayerSpec | undefined {
    return this.#spec;
  }

  /** Keras's class: 'Dense'. */
  get className(): string {
    return this.#kind.className;
  }

  /**
   * The name that was given, or the one that the model gave: 'dense_1'. '' outside a model, if none was
   * given.
   */
  get name(): string {
    return this.#owner?.nameOf(this) ?? this.#options.name ?? '';
  }

  /** The shape of one row that the options ask for: `inputShape`, or the `shape` of an input. */
  get givenShape(): Shape | undefined {
    return this.#options.inputShape ?? this.#options.shape;
  }

  /**
   * True if training may change the parameters. It may be set at any time but during `fit`, which is a
   * ValueError, and counts from the next `fit` or `trainOnBatch` on; no `compile` is needed. The optimizer
   * keeps what it has gathered of a frozen layer for when it is trained again. A frozen batchNormalization
   * normalizes by its moving averages, and keeps them.
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    const trainable = checkValue(`layers.${this.type}`, 'trainable', value, boolean);
    this.#owner?.beforeFreezing(this);
    this.#trainable = trainable;
    if (this.#spec && 'trainable' in this.#spec) this.#spec = { ...this.#spec, trainable };
  }

  /** Shape of one row of the input. @throws ValueError before the model is built */
  get inputShape(): Shape {
    return this.#owned('inputShape').shapesOf(this).input;
  }

  /** Shape of one row of the output. @throws ValueError before the model is built */
  get outputShape(): Shape {
    return this.#owned('outputShape').shapesOf(this).output;
  }

  /** Copies of the weights, in Keras's order: kernel, bias; gamma, beta, moving mean, moving variance. */
  getWeights(): NdArray[] {
    return this.#owned('getWeights').weightsOf(this);
  }

  /** Replace the weights; order and shapes as in `getWeights`. @throws ShapeError for others */
  setWeights(weights: readonly NdArray[]): void {
    this.#owned('setWeights').setWeightsOf(this, weights);
  }

  /** The number of weights, all of them. */
  countParams(): number {
    return this.#owned('countParams').countOf(this);
  }

  /** Options that make the same layer again: plain data. */
  get config(): Record<string, unknown> {
    const { name, trainable } = this;
    const own = Object.entries(this.#kind.config(this.spec)).filter(([, value]) => value !== undefined);
    return { type: this.type, name, ...Object.fromEntries(own), ...(trainable ? {} : { trainable }) };
  }

  /** @internal */
  get givenName(): string | undefined {
    return this.#options.name;
  }

  /** @internal */
  get owned(): boolean {
    return this.#owner !== undefined;
  }

  /** @internal */
  enter(owner: LayerOwner): void {
    this.#owner = owner;
  }

  /** @internal */
  leave(): void {
    this.#owner = undefined;
  }

  #owned(wanted: string): LayerOwner {
    if (this.#owner) return this.#owner;
    throw new ValueError(
      `layers.${this.type}: ${wanted} needs a layer of a model, but this one is in none; pass it to sequential({ layers: [...] }) or model.add.`,
    );
  }
}
