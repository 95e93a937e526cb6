/**
 * The layers of a Sequential model in order, with their names and, once the shape of the input is known,
 * their shapes and parameters. Not for weights: those belong to the model (predictor.ts).
 */
import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import type { Shape } from '../network/spec.js';
import type { LayerOwner } from '../layers/layer.js';
import { Layer } from '../layers/layer.js';
import type { Structure } from './structure.js';
import { snakeCase, StructureBuilder } from './structure.js';

/** Layers in order, bottom first, each with a name of its own. */
export class LayerStack {
  readonly layers: Layer[] = [];
  /** Name of the model in errors. */
  readonly #owner: string;
  readonly #places = new Map<Layer, { readonly name: string; readonly index: number }>();
  readonly #names = new LayerNames();
  #inputShape: Shape | undefined;
  /** Undefined while the shape of the input is unknown. */
  #builder: StructureBuilder | undefined;

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** The shape of one row of the input, if it is known. */
  get inputShape(): Shape | undefined {
    return this.#inputShape;
  }

  /** True if there are layers and their shapes are known. */
  get built(): boolean {
    return this.layers.length > 0 && this.#builder !== undefined;
  }

  nameOf(layer: Layer): string {
    return this.#places.get(layer)!.name;
  }

  indexOf(layer: Layer): number {
    return this.#places.get(layer)!.index;
  }

  /**
   * Puts a layer on top; where that is refused, nothing has changed.
   *
   * @param owner the model, as the layer sees it
   * @param hasWeights true if it is too late
   * @throws ShapeError if the layer cannot take the output of the layer below; ValueError for layers of other
   *   models, repeated names, a second `inputShape`, and for anything but a layer
   */
  add(layer: Layer, owner: LayerOwner, hasWeights: boolean): void {
    this.#check(layer, hasWeights);
    const inputShape = this.#inputShape ?? layer.givenShape;
    const builder = this.#builder ?? (inputShape && this.#newBuilder(inputShape));
    const name = this.#names.nameFor(this.#owner, layer);
    if (layer.spec) {
      this.#places.set(layer, { name, index: this.layers.length });
      try {
        layer.enter(owner);
        builder?.add(this.#owner, layer);
      } catch (error) {
        layer.leave();
        this.#places.delete(layer);
        throw error;
      }
      this.#names.take(name);
      this.layers.push(layer);
    }
    this.#inputShape = inputShape;
    this.#builder = builder;
  }

  #check(layer: Layer, hasWeights: boolean): void {
    const refuse = (message: string): never => {
      throw new ValueError(`${this.#owner}: ${message}`);
    };
    if (!(layer instanceof Layer)) {
      refuse(
        `a layer must be made by a factory of layers, such as layers.dense({ units: 10 }), but received ${describe(layer)}.`,
      );
    }
    if (hasWeights) {
      refuse('layers can be added until the model has weights, but it has them already.');
    }
    if (layer.owned) {
      refuse(
        `a layer belongs to one model and one place, but layer ${describe(layer.name)} is in use already; make another.`,
      );
    }
    if (layer.givenShape && (this.layers.length > 0 || this.#inputShape)) {
      refuse(
        `only the first layer may tell the shape of the input, but ${layer.type === 'input' ? 'an' : 'a'} ${layer.type} layer behind it does too.`,
      );
    }
  }

  /** Fixes the shapes. */
  build(inputShape: Shape): void {
    this.#inputShape ??= inputShape;
    this.#builder ??= this.#newBuilder(this.#inputShape);
  }

  /** Works out the shapes and parameters anew, once layers have been frozen or unfrozen. */
  rebuild(): void {
    this.#builder &&= this.#newBuilder(this.#inputShape as Shape);
  }

  /** The shapes and parameters. @throws ValueError before they are known, naming what `wanted` them */
  structure(wanted: string): Structure {
    if (this.#builder && this.layers.length > 0) return this.#builder.structure;
    const missing =
      this.layers.length === 0
        ? 'the model has no layers; add some first'
        : 'the shape of the input is not known; give the first layer an inputShape, or call fit first';
    throw new ValueError(`${this.#owner}: ${wanted} needs a built model, but ${missing}.`);
  }

  #newBuilder(inputShape: Shape): StructureBuilder {
    const builder = new StructureBuilder(this.#owner, inputShape);
    for (const layer of this.layers) builder.add(this.#owner, layer);
    return builder;
  }
}

/** Names of layers: their own, or numbered ones. */
class LayerNames {
  readonly #taken = new Set<string>();
  /** The number up to which the names of a class are taken. */
  readonly #numbers = new Map<string, number>();

  /**
   * The name of a new layer: its own, or its class with the number of those before it: 'dense', 'dense_1', …
   *
   * @throws ValueError for a name that another layer has
   */
  nameFor(owner: string, layer: Layer): string {
    const { givenName } = layer;
    if (givenName !== undefined) {
      if (!this.#taken.has(givenName)) return givenName;
      throw new ValueError(
        `${owner}: layer names must differ, but two layers are called ${describe(givenName)}.`,
      );
    }
    const stem = snakeCase(layer.className);
    const numbered = (number: number): string => (number === 0 ? stem : `${stem}_${number}`);
    let number = this.#numbers.get(stem) ?? 0;
    while (this.#taken.has(numbered(number))) number++;
    this.#numbers.set(stem, number);
    return numbered(number);
  }

  take(name: string): void {
    this.#taken.add(name);
  }
}
