/**
 * SequentialPredictor: layers with their weights, as far as lamella/predict needs them. Sequential
 * (sequential.ts) adds all that trains; nothing of that may be imported here, for types neither. The order
 * and the shapes of the layers are kept by LayerStack, a prediction is computed by Network.
 */
import type { AsyncOptions, ThreadsOption } from '../check.js';
import {
  anything,
  boolean,
  checkOptions,
  checkValue,
  describe,
  displayName,
  float32Array,
  func,
  integer,
  notJson,
  positiveInteger,
  runAsync,
  threadsRule,
  verbosity,
} from '../check.js';
import type { Engine } from '../engine/engines.js';
import { ShapeError, ValueError } from '../errors.js';
import { asFormatError } from '../io/model-file.js';
import { Network } from '../network/network.js';
import type { Parameter } from '../network/parameters.js';
import { pack } from '../network/parameters.js';
import { isRepeated, memoize } from '../network/prediction-memo.js';
import type { Shape } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Layer } from '../layers/layer.js';
import { LayerStack } from './layer-stack.js';
import type { Structure } from './structure.js';
import {
  countValues,
  parametersOf,
  readRows,
  readRowsInPieces,
  shapeOfPredictions,
  snakeCase,
  weightValues,
} from './structure.js';
import { summaryLines } from './summary.js';

export interface SequentialOptions {
  /** Bottom first; more may follow by `add`. */
  readonly layers?: readonly Layer[];
  /**
   * 0 to 4294967295: of weights, shuffles, dropout and noise. Default: one that is drawn with the first
   * weights.
   */
  readonly seed?: number;
  /** Default 'sequential'. */
  readonly name?: string;
}

export interface PredictOptions extends ThreadsOption {
  /**
   * Receives the predictions, row-major. A row asked for again with the same objects makes no new ones: the
   * result is the last.
   */
  readonly out?: Float32Array;
  /** Accepted for Keras's sake: a row's prediction does not depend on it. */
  readonly batchSize?: number;
  /** Accepted for Keras's sake: nothing is printed. */
  readonly verbose?: 0 | 1 | 2;
}

const predictSchema = {
  threads: threadsRule,
  out: float32Array,
  batchSize: positiveInteger,
  verbose: verbosity,
};

export interface SummaryOptions {
  /** Receives the lines one by one. Default console.log. */
  readonly print?: (line: string) => void;
}

/**
 * A saved Sequential model: its layers, weights and predictions, as documented there. It cannot be trained.
 */
export class SequentialPredictor {
  /** Survives minifiers. */
  static readonly name: string = 'SequentialPredictor';
  readonly name: string;
  protected readonly stack: LayerStack;
  /** The network with the weights, if there are any yet. */
  protected present: Network | undefined;
  /** Name of `predict` in errors. */
  readonly #predict: string;
  #seed: number | undefined;
  /** True if layers have been frozen or unfrozen since the network was planned. */
  #stale = false;

  /** @internal Use `loadModel`, or `sequential` of lamella. */
  constructor(options?: SequentialOptions) {
    const schema = {
      layers: anything<readonly Layer[]>(),
      seed: integer({ min: 0, max: 0xffffffff }),
      name: displayName,
    };
    const { layers, seed, name } = checkOptions('sequential', options, schema, '{ layers: [...] }');
    this.name = name ?? 'sequential';
    this.#predict = `${this.name}.predict`;
    this.#seed = seed;
    this.stack = new LayerStack(this.name);
    if (layers !== undefined && !Array.isArray(layers)) {
      throw new ValueError(
        `sequential: layers must be an array of layers, but received ${describe(layers)}.`,
      );
    }
    for (const layer of layers ?? []) this.#add(layer);
  }

  /** The layers, without the input. */
  get layers(): readonly Layer[] {
    return [...this.stack.layers];
  }

  /**
   * Seed of weights, shuffles, dropout and noise; one that was not given is drawn with the first weights,
   * undefined before.
   */
  get seed(): number | undefined {
    return this.#seed;
  }

  /** True if the shapes are known: from `inputShape`, or from the first data. */
  get built(): boolean {
    return this.stack.built;
  }

  /** True if training may change any layer; setting it sets all layers. */
  get trainable(): boolean {
    const { layers } = this.stack;
    return layers.length === 0 || layers.some((layer) => layer.trainable);
  }

  set trainable(value: boolean) {
    const trainable = checkValue(this.name, 'trainable', value, boolean);
    for (const layer of this.stack.layers) layer.trainable = trainable;
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
   * @throws ShapeError if it cannot take the output of the layer below; ValueError for layers of other
   *   models, repeated names, a second `inputShape`, and once the model has weights
   */
  add(layer: Layer): void {
    this.#add(layer);
  }

  /** `add`, which the constructor may not call: Sequential's own is not ready then. */
  #add(layer: Layer): void {
    this.stack.add(layer, this.#owner, this.present !== undefined);
  }

  /** The number of weights, all of them. @throws ValueError before the model is built */
  countParams(): number {
    return countValues(this.structure('countParams').parameters);
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws ValueError before the model is built */
  getWeights(): NdArray[] {
    return this.#read();
  }

  /**
   * Names of the weights in the order of `getWeights`, as Keras's: 'dense/kernel',
   * 'batch_normalization/moving_mean'.
   */
  get weightNames(): string[] {
    const { parameters } = this.structure('weightNames');
    return parameters.map(({ layer, name }) => `${this.stack.layers[layer].name}/${snakeCase(name)}`);
  }

  /**
   * Replace all weights; order and shapes as in `getWeights`.
   *
   * @throws ShapeError for other numbers or shapes; ValueError for NaN or infinities, before the model is
   *   built, and while it is being trained
   */
  setWeights(weights: readonly ArrayInput[]): void {
    const { parameters } = this.structure('setWeights');
    this.#write('setWeights', weights, parameters);
  }

  /**
   * Predictions for rows: an NdArray (rows, outputs), or (rows, ...outputShape).
   *
   * @throws ShapeError for rows of another shape, and for `out` of another length; ValueError for NaN and
   *   infinities
   */
  predict(x: ArrayInput, options?: PredictOptions): NdArray {
    const { present } = this;
    if (present && isRepeated(present.memo, 'predict', x, options)) {
      const { rows: again, result } = present.memo;
      present.forward(again, options?.out);
      return result as NdArray;
    }
    return this.#predictAs('predict', this.#predict, x, options);
  }

  /** `predict`, by the name of the method that was called, without and with the model's. */
  #predictAs(call: string, owner: string, x: ArrayInput, options?: PredictOptions): NdArray {
    const { out } = checkOptions(owner, options, predictSchema);
    const structure = this.structure(call);
    const rows = readRows(owner, x, structure.spec.inputShape, 'x', true);
    const shape = shapeOfPredictions(owner, structure, rows.rows, out);
    const network = this.network(call);
    const result = { data: network.forward(rows, out), shape };
    network.memo = memoize('predict', x, options, rows, result);
    return result;
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs. All rows are predicted
   * by the same weights, whatever is trained meanwhile.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<NdArray>;
  predictAsync(x: ArrayInput, options?: PredictOptions & AsyncOptions): Promise<NdArray>;
  async predictAsync(x: ArrayInput, options?: PredictOptions & AsyncOptions): Promise<NdArray> {
    const owner = `${this.name}.predictAsync`;
    return runAsync(owner, options, predictSchema, ({ out }) => this.#predicted(owner, x, out));
  }

  *#predicted(owner: string, x: ArrayInput, out: Float32Array | undefined): Pieces<NdArray> {
    const structure = this.structure('predictAsync');
    const rows = yield* readRowsInPieces(owner, x, structure.spec.inputShape, 'x', true);
    const shape = shapeOfPredictions(owner, structure, rows.rows, out);
    return { data: yield* this.network('predictAsync').forwardInPieces(rows, out), shape };
  }

  /** Predictions for rows, as `predict` gives them without options. */
  predictOnBatch(x: ArrayInput): NdArray {
    return this.#predictAs('predictOnBatch', `${this.name}.predictOnBatch`, x);
  }

  /** The class of every row: the unit with the largest prediction; of one unit, whether it is above .5. */
  predictClasses(x: ArrayInput): Int32Array {
    const { data, shape } = this.#predictAs('predictClasses', `${this.name}.predictClasses`, x);
    const units = sizeOf(shape.slice(1));
    const classes = new Int32Array(shape[0]);
    for (let row = 0; row < classes.length; row++) {
      if (units === 1) {
        classes[row] = data[row] > 0.5 ? 1 : 0;
        continue;
      }
      let best = row * units;
      for (let i = best + 1; i < (row + 1) * units; i++) if (data[i] > data[best]) best = i;
      classes[row] = best - row * units;
    }
    return classes;
  }

  /** Print Keras's table of layers, shapes and parameters. @throws ValueError before the model is built */
  summary(options?: SummaryOptions): void {
    const { print = console.log } = checkOptions(`${this.name}.summary`, options, {
      print: func<(line: string) => void>(),
    });
    const structure = this.structure('summary');
    const trainable = countValues(structure.parameters.filter((parameter) => parameter.trainable));
    const optimizerValues = this.optimizerValues(trainable);
    const { name, stack } = this;
    for (const line of summaryLines({ name, layers: stack.layers, structure, optimizerValues })) print(line);
  }

  /** Refuses JSON.stringify, which calls it. @throws ValueError always */
  toJSON(): unknown {
    throw notJson(this.name, 'keep the bytes that it was loaded from');
  }

  /**
   * @internal Gives a model that is built the weights that `read` finds for its parameters, and an engine to
   *   run on.
   *
   * @returns all that `read` has found
   */
  async restoreWeights<T extends { readonly weights: readonly NdArray[] }>(
    read: (parameters: readonly Parameter[]) => Pieces<T>,
    engine: () => Promise<Engine>,
  ): Promise<T> {
    const { parameters, spec } = asFormatError(() => this.structure('fromBytes'));
    const yielder = new Yielder();
    const found = await runInSlices(read(parameters), yielder);
    const network = new Network(spec, await engine());
    await runInSlices(network.weights.setValuesInPieces(found.weights.map(({ data }) => data)), yielder);
    network.warmUp();
    this.present = network;
    return found;
  }

  /** Go on with another seed. */
  protected reseed(seed: number): void {
    this.#seed = seed;
  }

  /** The shapes and parameters. @throws ValueError before they are known */
  protected structure(wanted: string): Structure {
    if (this.#stale) {
      this.#stale = false;
      this.stack.rebuild();
      this.present = this.present?.replanned(this.stack.structure(wanted).spec);
    }
    return this.stack.structure(wanted);
  }

  /** The network with its weights. @throws ValueError before the model is built */
  protected network(wanted: string): Network {
    this.structure(wanted);
    return this.present as Network;
  }

  /** Called before layers are frozen or unfrozen. Throws if they may not be now. */
  protected beforeFreezing(_what: string): void {}

  /** Throws if the weights may not be replaced now. */
  protected checkWritable(_call: string): void {}

  /** Replaces the block of all parameters, wherever it is at work. */
  protected store(block: Float32Array): void {
    this.network('setWeights').weights.set(block);
  }

  /**
   * Number of values that the optimizer keeps for so many trainable ones; undefined before the first step.
   */
  protected optimizerValues(_trainable: number): number | undefined {
    return undefined;
  }

  /** The model as its layers see it. */
  readonly #owner = {
    nameOf: (layer: Layer) => this.stack.nameOf(layer),
    shapesOf: (layer: Layer) => {
      const { shapes } = this.structure('the shape of a layer');
      const i = this.stack.indexOf(layer);
      return { input: shapes[i], output: shapes[i + 1] };
    },
    weightsOf: (layer: Layer) => this.#read(layer),
    setWeightsOf: (layer: Layer, weights: readonly NdArray[]) => {
      const structure = this.structure('setWeights');
      const parameters = parametersOf(structure, this.stack.indexOf(layer));
      this.#write(`setWeights of layer ${describe(layer.name)}`, weights, parameters);
    },
    beforeFreezing: (layer: Layer) => {
      this.beforeFreezing(`trainable of layer ${describe(layer.name)}`);
      this.#stale = true;
    },
    countOf: (layer: Layer) =>
      countValues(parametersOf(this.structure('countParams'), this.stack.indexOf(layer))),
  };

  #read(layer?: Layer): NdArray[] {
    const { firsts } = this.structure('getWeights');
    const i = layer && this.stack.indexOf(layer);
    const [begin, end] = i === undefined ? [] : [firsts[i], firsts[i + 1]];
    const network = this.network('getWeights');
    const parameters = network.parameters.slice(begin, end);
    return network.weights.values(begin, end).map((data, j) => ({ data, shape: parameters[j].shape }));
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
    const block = this.network(call).weights.view().slice();
    parameters.forEach((parameter, i) => pack(block, values[i], parameter));
    this.store(block);
  }
}
