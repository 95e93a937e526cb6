import { boolean, checkValue, describe, integer } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { ShapeError, ValueError } from '../errors.js';
import { Network } from '../network/network.js';
import type { Parameter } from '../network/parameters.js';
import { pack } from '../network/parameters.js';
import type { Shape } from '../network/spec.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { freshSeed } from '../random.js';
import { Layer } from './layer.js';
import type { Structure } from './structure.js';
import {
  countValues,
  LayerNames,
  parametersOf,
  snakeCase,
  StructureBuilder,
  structureOf,
  weightValues,
} from './structure.js';

/** A stack of layers with its weights: what a model is before anybody trains it. */
export abstract class Layered {
  readonly name: string;
  readonly #layers: Layer[] = [];
  /** The name of every layer, and its place. */
  readonly #places = new Map<Layer, { readonly name: string; readonly index: number }>();
  readonly #names = new LayerNames();
  #inputShape: Shape | undefined;
  /** What is known of the shapes; undefined while that of the input is not. */
  #builder: StructureBuilder | undefined;
  #network: Network | undefined;
  /** Whether layers have been frozen or unfrozen since the network was made. */
  #stale = false;
  #seed: number | undefined;

  protected constructor(name: string, seed: number | undefined) {
    this.name = name;
    if (seed !== undefined) this.#seed = checkValue(name, 'seed', seed, integer({ min: 0, max: 0xffffffff }));
  }

  /** The layers, without the input. */
  get layers(): readonly Layer[] {
    return [...this.#layers];
  }

  /** Seed of weights, shuffles, dropout and noise; one that was not given is drawn with the first weights, undefined before. */
  get seed(): number | undefined {
    return this.#seed;
  }

  /** Whether the shapes are known: from `inputShape`, or from the first data. */
  get built(): boolean {
    return this.#layers.length > 0 && this.#builder !== undefined;
  }

  /** Whether training may change any layer; setting it sets all layers, see there. */
  get trainable(): boolean {
    return this.#layers.length === 0 || this.#layers.some((layer) => layer.trainable);
  }

  set trainable(value: boolean) {
    const trainable = checkValue(this.name, 'trainable', value, boolean);
    for (const layer of this.#layers) layer.trainable = trainable;
  }

  /** The shape of one row of the input. @throws ValueError before the model is built */
  get inputShape(): Shape {
    return this.structure('inputShape').spec.inputShape;
  }

  /** The shape of one row of predictions. @throws ValueError before the model is built */
  get outputShape(): Shape {
    return this.structure('outputShape').shapes.at(-1) as Shape;
  }

  /**
   * Put a layer on top.
   *
   * @throws ShapeError if it cannot take the output of the layer below; ValueError for layers of other models, repeated
   * names, a second `inputShape`, and once the model has weights
   */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) {
      throw new ValueError(
        `${this.name}: a layer must be made by a factory of layers, such as layers.dense({ units: 10 }), but received ${describe(layer)}.`,
      );
    }
    if (this.#network) {
      throw new ValueError(
        `${this.name}: layers can be added until the model has weights, but it has them already.`,
      );
    }
    if (layer.owned) {
      throw new ValueError(
        `${this.name}: a layer belongs to one model and one place, but layer ${describe(layer.name)} is in use already; make another.`,
      );
    }
    this.#checkPlace(layer);
    const inputShape = this.#inputShape ?? layer.givenShape;
    const builder = this.#builder ?? (inputShape && this.#newBuilder(inputShape));
    const name = this.#names.nameFor(this.name, layer);
    if (layer.spec) {
      this.#places.set(layer, { name, index: this.#layers.length });
      try {
        layer.enter(this.#owner);
        builder?.add(this.name, layer);
      } catch (error) {
        layer.leave();
        this.#places.delete(layer);
        throw error;
      }
      this.#names.take(name);
      this.#layers.push(layer);
    }
    this.#inputShape = inputShape;
    this.#builder = builder;
  }

  #newBuilder(inputShape: Shape): StructureBuilder {
    const builder = new StructureBuilder(this.name, inputShape);
    for (const layer of this.#layers) builder.add(this.name, layer);
    return builder;
  }

  #checkPlace(layer: Layer): void {
    if (!layer.givenShape || (this.#layers.length === 0 && !this.#inputShape)) return;
    throw new ValueError(
      `${this.name}: only the first layer may tell the shape of the input, but ${layer.type === 'input' ? 'an' : 'a'} ${layer.type} layer behind it does too.`,
    );
  }

  /** The number of weights, all of them. @throws ValueError before the model is built */
  countParams(): number {
    return countValues(this.structure('countParams').parameters);
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws ValueError before the model is built */
  getWeights(): NdArray[] {
    this.structure('getWeights');
    return this.#read();
  }

  /** Names of the weights in the order of `getWeights`, as Keras's: 'dense/kernel', 'batch_normalization/moving_mean'. */
  get weightNames(): string[] {
    const { parameters } = this.structure('weightNames');
    return parameters.map(({ layer, name }) => `${this.#layers[layer].name}/${snakeCase(name)}`);
  }

  /**
   * Replace all weights; order and shapes as in `getWeights`.
   *
   * @throws ShapeError for other numbers or shapes; ValueError for NaN or infinities, before the model is built, and while
   * it is being trained
   */
  setWeights(weights: readonly ArrayInput[]): void {
    const { parameters } = this.structure('setWeights');
    this.#write('setWeights', weights, parameters);
  }

  /** The seed that is given, or one that is drawn now. */
  protected drawnSeed(): number {
    this.#seed ??= freshSeed();
    return this.#seed;
  }

  /** The shape of the input, if it is known. */
  protected get givenInputShape(): Shape | undefined {
    return this.#inputShape;
  }

  /** Go on with another seed, that of a state. */
  protected reseed(seed: number): void {
    this.#seed = seed;
  }

  /** The structure; before there is one, that for rows like these. */
  protected *structureFor(call: string, x: unknown): Pieces<Structure> {
    if (this.built) return this.structure(call);
    return structureOf(call, (yield* rowsInPieces(x, { name: 'x' })).shape.slice(1), this.#layers);
  }

  /** Fix the shapes. */
  protected build(structure: Structure): void {
    this.#inputShape ??= structure.spec.inputShape;
    this.#builder ??= this.#newBuilder(this.#inputShape);
  }

  /** The shapes and parameters. @throws ValueError before they are known */
  protected structure(wanted: string): Structure {
    if (this.#stale) this.#refresh();
    if (this.#builder && this.#layers.length > 0) return this.#builder.structure;
    const missing =
      this.#layers.length === 0
        ? 'the model has no layers; add some first'
        : 'the shape of the input is not known; give the first layer an inputShape, or call fit first';
    throw new ValueError(`${this.name}: ${wanted} needs a built model, but ${missing}.`);
  }

  /** Plan the network anew, with its weights, once layers have been frozen or unfrozen. */
  #refresh(): void {
    this.#stale = false;
    this.#builder &&= this.#newBuilder(this.#inputShape as Shape);
    if (this.#builder) this.#network = this.#network?.replanned(this.#builder.structure.spec);
  }

  /** The network, if there is one yet. */
  protected get present(): Network | undefined {
    return this.#network;
  }

  /** The network with its weights, which are drawn when it is first asked for. */
  protected network(wanted: string): Network {
    const structure = this.structure(wanted);
    if (this.#network) return this.#network;
    const network = new Network(structure.spec, this.engine());
    network.setParameters(this.initialWeights(structure, this.drawnSeed()));
    this.#network = network;
    return network;
  }

  /** Give a built model weights, in the order of its parameters, before any are drawn. */
  protected *adopt(values: readonly Float32Array[]): Pieces<void> {
    const network = new Network(this.structure('adopt').spec, this.engine());
    yield* network.setParametersInPieces(values);
    network.warmUp();
    this.#network = network;
  }

  /** Weights of a model that has been given none. */
  protected abstract initialWeights(structure: Structure, seed: number): Float32Array[];

  /** What the network is to run on. */
  protected abstract engine(): Engine;

  /** Told before layers are frozen or unfrozen. Throws if they may not be now. */
  protected beforeFreezing(_what: string): void {}

  /** Throws if the weights may not be replaced now. */
  protected abstract checkWritable(call: string): void;

  /** Replace the block of all parameters, wherever it is at work. */
  protected abstract store(block: Float32Array): void;

  readonly #owner = {
    nameOf: (layer: Layer) => this.#places.get(layer)!.name,
    shapesOf: (layer: Layer) => {
      const { shapes } = this.structure('the shape of a layer');
      const i = this.#indexOf(layer);
      return { input: shapes[i], output: shapes[i + 1] };
    },
    weightsOf: (layer: Layer) => {
      const { firsts } = this.structure('getWeights');
      const i = this.#indexOf(layer);
      return this.#read(firsts[i], firsts[i + 1]);
    },
    setWeightsOf: (layer: Layer, weights: readonly NdArray[]) => {
      const structure = this.structure('setWeights');
      const parameters = parametersOf(structure, this.#indexOf(layer));
      this.#write(`setWeights of layer ${describe(layer.name)}`, weights, parameters);
    },
    beforeFreezing: (layer: Layer) => {
      this.beforeFreezing(`trainable of layer ${describe(layer.name)}`);
      this.#stale = true;
    },
    countOf: (layer: Layer) => countValues(parametersOf(this.structure('countParams'), this.#indexOf(layer))),
  };

  #indexOf(layer: Layer): number {
    return this.#places.get(layer)!.index;
  }

  #read(begin?: number, end?: number): NdArray[] {
    const network = this.network('getWeights');
    const parameters = network.parameters.slice(begin, end);
    return network.getParameters(begin, end).map((data, i) => ({ data, shape: parameters[i].shape }));
  }

  #write(call: string, weights: readonly ArrayInput[], parameters: readonly Parameter[]): void {
    this.checkWritable(call);
    if (!Array.isArray(weights) || weights.length !== parameters.length) {
      const received = Array.isArray(weights) ? `${weights.length}` : describe(weights);
      throw new ShapeError(
        `${this.name}: ${call} expected a list of ${parameters.length} arrays, but received ${received}.`,
      );
    }
    // All of them before any memory is taken for the network: they may come from a file.
    const values = parameters.map((parameter, i) =>
      weightValues(`${this.name}: ${call}`, weights[i] as ArrayInput, parameter, i),
    );
    const block = this.network(call).packed.slice();
    parameters.forEach((parameter, i) => pack(block, values[i], parameter));
    this.store(block);
  }
}
