import { integer, checkValue, describe } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { ShapeError, ValueError } from '../errors.js';
import { Network } from '../model/network.js';
import type { Parameter } from '../model/parameters.js';
import { pack } from '../model/parameters.js';
import type { Shape } from '../model/spec.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { formatShape, ndarray, toRows } from '../ndarray.js';
import { freshSeed } from '../random.js';
import { Layer } from './layer.js';
import type { Structure } from './structure.js';
import { countValues, initialWeights, nameFor, snakeCase, structureOf } from './structure.js';

/** A stack of layers with its weights: what a model is before anybody trains it. */
export abstract class Layered {
  readonly name: string;
  readonly #layers: Layer[] = [];
  readonly #names = new Map<Layer, string>();
  #inputShape: Shape | undefined;
  #structure: Structure | undefined;
  #network: Network | undefined;
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
    return this.#structure !== undefined;
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
    const name = nameFor(this.name, layer, new Set(this.#names.values()));
    if (layer.spec) {
      this.#names.set(layer, name);
      const layers = [...this.#layers, layer];
      try {
        layer.enter(this.#owner);
        if (inputShape) this.#structure = structureOf(this.name, inputShape, layers);
      } catch (error) {
        layer.leave();
        this.#names.delete(layer);
        throw error;
      }
      this.#layers.push(layer);
    }
    this.#inputShape = inputShape;
  }

  #checkPlace(layer: Layer): void {
    if (!layer.givenShape) return;
    if (this.#layers.length > 0 || this.#inputShape) {
      throw new ValueError(
        `${this.name}: only the first layer may tell the shape of the input, but a ${layer.type} layer behind it does too.`,
      );
    }
  }

  /** The number of weights, all of them. @throws ValueError before the model is built */
  countParams(): number {
    return countValues(this.structure('countParams').parameters);
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws ValueError before the model is built */
  getWeights(): NdArray[] {
    this.structure('getWeights');
    return this.#read(() => true);
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
    this.structure('setWeights');
    this.#write('setWeights', weights, () => true);
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
  protected structureFor(call: string, x: unknown): Structure {
    return this.#structure ?? structureOf(call, toRows(x, { name: 'x' }).shape.slice(1), this.#layers);
  }

  /** Fix the shapes. */
  protected build(structure: Structure): void {
    this.#structure ??= structure;
    this.#inputShape = this.#structure.spec.inputShape;
  }

  /** The shapes and parameters. @throws ValueError before they are known */
  protected structure(wanted: string): Structure {
    if (this.#structure) return this.#structure;
    const missing =
      this.#layers.length === 0
        ? 'the model has no layers; add some first'
        : 'the shape of the input is not known; give the first layer an inputShape, or call fit first';
    throw new ValueError(`${this.name}: ${wanted} needs a built model, but ${missing}.`);
  }

  /** The network, if there is one yet. */
  protected get present(): Network | undefined {
    return this.#network;
  }

  /** The network with its weights, which are drawn when it is first asked for. */
  protected network(wanted: string): Network {
    if (this.#network) return this.#network;
    const structure = this.structure(wanted);
    const network = new Network(structure.spec, this.engine());
    network.setParameters(initialWeights(structure, this.drawnSeed()));
    this.#network = network;
    return network;
  }

  /** Give a built model weights, in the order of its parameters, before any are drawn. */
  protected adopt(values: readonly Float32Array[]): void {
    const network = new Network(this.structure('adopt').spec, this.engine());
    network.setParameters(values);
    network.warmUp();
    this.#network = network;
  }

  /** What the network is to run on. */
  protected abstract engine(): Engine;

  /** Throws if the weights may not be replaced now. */
  protected abstract checkWritable(call: string): void;

  /** Replace the block of all parameters, wherever it is at work. */
  protected abstract store(block: Float32Array): void;

  readonly #owner = {
    nameOf: (layer: Layer) => this.#names.get(layer) as string,
    shapesOf: (layer: Layer) => {
      const { shapes } = this.structure('the shape of a layer');
      const i = this.#layers.indexOf(layer);
      return { input: shapes[i], output: shapes[i + 1] };
    },
    weightsOf: (layer: Layer) => {
      this.structure('getWeights');
      return this.#read(this.#ownedBy(layer));
    },
    setWeightsOf: (layer: Layer, weights: readonly NdArray[]) => {
      this.structure('setWeights');
      this.#write(`setWeights of layer ${describe(layer.name)}`, weights, this.#ownedBy(layer));
    },
    countOf: (layer: Layer) =>
      countValues(this.structure('countParams').parameters.filter(this.#ownedBy(layer))),
  };

  #ownedBy(layer: Layer): (parameter: Parameter) => boolean {
    const i = this.#layers.indexOf(layer);
    return (parameter) => parameter.layer === i;
  }

  #read(wanted: (parameter: Parameter) => boolean): NdArray[] {
    const network = this.network('getWeights');
    return network
      .getParameters()
      .map((data, i) => ({ data, shape: network.parameters[i].shape }))
      .filter((_array, i) => wanted(network.parameters[i]));
  }

  #write(call: string, weights: readonly ArrayInput[], wanted: (parameter: Parameter) => boolean): void {
    this.checkWritable(call);
    const network = this.network(call);
    const parameters = network.parameters.filter(wanted);
    if (!Array.isArray(weights) || weights.length !== parameters.length) {
      const received = Array.isArray(weights) ? `${weights.length}` : describe(weights);
      throw new ShapeError(
        `${this.name}: ${call} expected a list of ${parameters.length} arrays, but received ${received}.`,
      );
    }
    const block = network.packed.slice();
    parameters.forEach((parameter, i) => {
      pack(block, weightValues(`${this.name}: ${call}`, weights[i] as ArrayInput, parameter, i), parameter);
    });
    this.store(block);
  }
}

/** The values of a weight that somebody gave. */
function weightValues(owner: string, given: ArrayInput, { name, shape }: Parameter, i: number): Float32Array {
  const array = ndarray(given);
  if (array.shape.length !== shape.length || array.shape.some((size, axis) => size !== shape[axis])) {
    throw new ShapeError(
      `${owner} expected the shape ${formatShape(shape)} for array ${i}, ${name}, but received ${formatShape(array.shape)}.`,
    );
  }
  const scale = array.scale ?? 1;
  const values = Float32Array.from(array.data as ArrayLike<number>, (value) => value * scale);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new ValueError(
    `${owner} expected finite numbers, but received ${array.data[bad]} at position ${bad} of array ${i}, ${name}.`,
  );
}
