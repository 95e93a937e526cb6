/**
 * Sequential: all that trains a stack of layers, on top of SequentialPredictor, which holds layers and
 * weights and predicts. The class decides what may be called when; the work is done elsewhere: fit-loop.ts
 * (loaded when `fit` is first called), batch-training.ts, evaluation.ts, saving.ts and loading.ts.
 */
import type { AsyncOptions } from '../check.js';
import { boolean, checkOptions, notJson, refuseMisplaced, runAsync } from '../check.js';
import { currentEngine, ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import { asFormatError, formatErrorsInPieces, copyBytes } from '../io/model-file.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput } from '../ndarray.js';
import { rowsInPieces, toNested } from '../ndarray.js';
import { Network } from '../network/network.js';
import type { OptimizerState } from '../network/optimizers.js';
import { updateRule } from '../network/optimizers.js';
import type { LayerSpec } from '../network/spec.js';
import { freshSeed } from '../random.js';
import type { CallbackModel, TrainingState } from '../train/callbacks/types.js';
import type { SlicedSession } from '../train/sliced-session.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce, runInSlices, Yielder } from '../yielding.js';
import type { TrainOnBatchOptions } from './batch-training.js';
import { BatchTraining, trainOnBatchSchema } from './batch-training.js';
import type { Stream } from './batches.js';
import type { Compiled, CompileOptions } from './compile.js';
import { checkThresholds, compile, currentRate, refuseOutput, setRate } from './compile.js';
import type { Sample } from './data.js';
import { prepare, readClassWeight } from './data.js';
import type { EvaluateOptions, TestOnBatchOptions } from './evaluation.js';
import { evaluateRows, evaluateSchema, testOnBatchSchema } from './evaluation.js';
import type { FitOptions } from './fit-options.js';
import type { History } from './fit-run.js';
import { FitRun } from './fit-run.js';
import type { ModelJson } from './json.js';
import { checkJsonWeights, modelJson, readDescribed } from './json.js';
import type { Layer } from '../layers/layer.js';
import type { SequentialOptions } from './predictor.js';
import { SequentialPredictor } from './predictor.js';
import type { OptimizerProgress } from './saving.js';
import { optimizerProgress, readTrainingState, restoredOptimizer, saveSequential } from './saving.js';
import type { Structure } from './structure.js';
import { checkMemory, countValues, initialWeights, structureOf } from './structure.js';
import { optimizerValues } from './summary.js';

export interface ToJsonOptions {
  /** True includes weights, as nested arrays of numbers in the order of `getWeights`. Default false. */
  readonly weights?: boolean;
}

/** A stack of layers, trained and used as Keras's Sequential. Made by `sequential`. */
export class Sequential extends SequentialPredictor implements CallbackModel {
  /** Survives minifiers. */
  static override readonly name: string = 'Sequential';
  /**
   * True ends training before the next step; while `fit` prepares its data, before the first. `fit` begins
   * with false.
   */
  stopTraining = false;
  #compiled: Compiled | undefined;
  readonly #run = new FitRun();
  #batches: BatchTraining | undefined;

  /** @internal Use `sequential`. */
  constructor(options?: SequentialOptions) {
    refuseMisplaced('sequential', options, { inputShape: 'the first layer' });
    super(options);
  }

  /**
   * The model that `toBytes` made these bytes of.
   *
   * @throws FormatError for anything else, for damaged files, and for those of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<Sequential> {
    const kept = copyBytes(bytes);
    const { readDescription, readSequential, readWeights } = await lazyImport(() => import('./loading.js'));
    const file = await readSequential(kept);
    const model = readDescribed(readDescription(file), (options) => new Sequential(options));
    const { compile: options, state } = await model.restoreWeights(
      (parameters) => readWeights(file, parameters),
      ready,
    );
    // A model that cannot be trained is refused by fit.
    if (options !== null) model.#compiled = asFormatError(() => compile(model.name, options));
    if (state !== null) {
      await runInSlices(formatErrorsInPieces(model.#resumed('fromBytes', state)), new Yielder());
    }
    return model;
  }

  /** The history of the last `fit`; that of a `fit` under way grows with every epoch. */
  get history(): History {
    return this.#run.history;
  }

  /** Epochs finished in the last call of fit, those before `initialEpoch` included. */
  get epochsRun(): number {
    return this.#run.epochs;
  }

  /** The learning rate of the next step. Setting it where a schedule gives it is a ValueError. */
  get learningRate(): number {
    return currentRate(this.#compiledFor('learningRate'));
  }

  set learningRate(rate: number) {
    setRate(this.name, this.#compiledFor('learningRate'), rate);
  }

  override add(layer: Layer): void {
    if (this.#compiled) {
      throw new ValueError(
        `${this.name}: layers can be added until the model is compiled, but it is compiled already.`,
      );
    }
    super.add(layer);
  }

  /**
   * Say how the model is to be trained. Compiling again begins with a new optimizer.
   *
   * @throws ValueError for unknown names and options, where a layer lets nothing be trained through it, and
   *   for a loss that cannot learn from the output, whatever the data: categoricalCrossentropy of one unit
   */
  compile(options: CompileOptions): void {
    this.#checkIdle('compile was called');
    const compiled = compile(this.name, options);
    const { layers } = this.stack;
    checkThresholds(this.name, layers);
    const specs = layers.map(({ spec }) => spec as LayerSpec);
    refuseOutput(`${this.name}.compile`, specs, this.built ? this.outputShape : undefined, compiled.loss);
    this.#closeBatches();
    this.#compiled = compiled;
  }

  /**
   * Train on arrays, or on the batches that a function returns, called once per epoch. Resolves to the
   * history.
   */
  fit(x: Stream, options?: FitOptions<this>): Promise<History>;
  fit(x: ArrayInput, y: ArrayInput, options?: FitOptions<this>): Promise<History>;
  async fit(x: ArrayInput | Stream, y?: unknown, options?: FitOptions<this>): Promise<History> {
    this.#checkIdle('fit was called');
    this.stopTraining = false;
    const streamed = typeof x === 'function' && options === undefined;
    await this.#run.exclusively(() => this.#fit(x, streamed ? undefined : y, streamed ? y : options));
    return this.history;
  }

  async #fit(x: ArrayInput | Stream, y: unknown, options: unknown): Promise<void> {
    const compiled = this.#compiledFor('fit');
    const [{ fitModel }] = await Promise.all([lazyImport(() => import('./fit-loop.js')), ready()]);
    const target = {
      ...{ name: this.name, model: this, compiled, run: this.#run },
      structureFor: (rows: unknown) => this.#structureFor(`${this.name}.fit`, rows),
      begin: (structure: Structure) => {
        this.#begin(structure, compiled);
        const network = this.network('fit');
        this.#closeBatches();
        return network;
      },
      seed: () => this.#drawnSeed(),
    };
    await fitModel<this>(target, x, y, options);
  }

  /**
   * One step on one batch; its loss and metrics before the update. Builds the model if need be.
   *
   * @throws DivergedError if loss or weights become non-finite: the weights before the step are kept, the
   *   optimizer begins anew
   */
  trainOnBatch(x: ArrayInput, y: ArrayInput, options?: TrainOnBatchOptions): Record<string, number> {
    const call = `${this.name}.trainOnBatch`;
    this.#checkIdle('trainOnBatch was called');
    const compiled = this.#compiledFor('trainOnBatch');
    const { sampleWeight, classWeight } = checkOptions(call, options, trainOnBatchSchema);
    const structure = runAtOnce(this.#structureFor(call, x));
    const reader = { structure, loss: compiled.loss };
    const weights = readClassWeight(call, classWeight, reader);
    const prepared = prepare(call, { ...reader, classWeight: weights }, [x, y, sampleWeight]);
    this.#begin(structure, compiled);
    this.#batches ??= new BatchTraining(
      this.name,
      this.network(call),
      structure,
      compiled,
      this.#drawnSeed(),
    );
    return this.#batches.step(prepared);
  }

  /**
   * Loss and metrics over rows: `{ loss, accuracy, … }`.
   *
   * @throws ValueError before `compile` and for bad data; ShapeError
   */
  evaluate(x: ArrayInput, y: ArrayInput, options?: EvaluateOptions): Record<string, number> {
    const compiled = this.#compiledFor('evaluate');
    const { batchSize, sampleWeight } = checkOptions(`${this.name}.evaluate`, options, evaluateSchema);
    return runAtOnce(this.#evaluated('evaluate', compiled, [x, y, sampleWeight], batchSize));
  }

  /**
   * `evaluate` in slices of about 25 ms, between which other work of the program runs. All rows are predicted
   * by the same weights, whatever is trained meanwhile.
   *
   * @param options those of evaluate, and `signal`
   */
  async evaluateAsync(
    x: ArrayInput,
    y: ArrayInput,
    options?: EvaluateOptions & AsyncOptions,
  ): Promise<Record<string, number>> {
    const compiled = this.#compiledFor('evaluateAsync');
    const { SlicedSession: sliced } = await lazyImport(() => import('../train/sliced-session.js'));
    const owner = `${this.name}.evaluateAsync`;
    return runAsync(owner, options, evaluateSchema, ({ batchSize, sampleWeight }) =>
      this.#evaluated('evaluateAsync', compiled, [x, y, sampleWeight], batchSize, sliced),
    );
  }

  /** Loss and metrics of one batch: as `evaluate`, in one step. */
  testOnBatch(x: ArrayInput, y: ArrayInput, options?: TestOnBatchOptions): Record<string, number> {
    const { sampleWeight } = checkOptions(`${this.name}.testOnBatch`, options, testOnBatchSchema);
    const compiled = this.#compiledFor('testOnBatch');
    return runAtOnce(this.#evaluated('testOnBatch', compiled, [x, y, sampleWeight], Infinity));
  }

  #evaluated(
    call: string,
    compiled: Compiled,
    sample: Sample,
    batchSize?: number,
    sliced?: typeof SlicedSession,
  ): Pieces<Record<string, number>> {
    const { name } = this;
    const model = { name, structure: this.structure(call), compiled, network: () => this.network(call) };
    return evaluateRows(model, call, sample, batchSize, sliced);
  }

  /** Everything that training goes on from: copies, the longer the more epochs the history has. */
  getTrainingState(): TrainingState {
    const progress = this.#optimizerProgress('getTrainingState');
    const { epochs: epoch, history } = this.#run;
    const values = history.values();
    return { ...progress, epoch, weights: this.getWeights(), seed: this.#drawnSeed(), history: values };
  }

  /**
   * Go on from a state: weights, optimizer, history; in a callback's `onTrainBegin`, with its epoch.
   *
   * @throws ShapeError for the state of another model; ValueError for what is no state, and once steps are
   *   being made
   */
  setTrainingState(given: TrainingState): void {
    this.#compiledFor('setTrainingState');
    if (this.#run.trainer) {
      throw new ValueError(
        `${this.name}: setTrainingState was called during training; expected before fit, or in onTrainBegin of a callback.`,
      );
    }
    const state = readTrainingState(this.name, given);
    const resume = this.#resumed('setTrainingState', state, () => this.setWeights(state.weights));
    runAtOnce(resume);
    this.reseed(state.seed);
    this.#run.epochs = state.epoch;
    this.#run.history.restore(state.epoch, state.history);
  }

  /** Goes on from the optimizer's part of a state, in pieces. `then` is called once it is checked. */
  *#resumed(call: string, { optimizer, learningRate }: OptimizerProgress, then?: () => void): Pieces<void> {
    const compiled = this.#compiledFor(call);
    const network = this.network('setTrainingState');
    const restored: OptimizerState = yield* restoredOptimizer(this.name, compiled, network, optimizer);
    then?.();
    this.#closeBatches();
    compiled.state = restored;
    if (learningRate !== undefined) compiled.learningRate = learningRate;
  }

  /** The state of the optimizer after the last whole step. */
  #optimizerProgress(wanted: string): OptimizerProgress {
    const compiled = this.#compiledFor(wanted);
    const network = this.network(wanted);
    this.#run.trainer?.saveSlots();
    this.#batches?.save();
    return optimizerProgress(compiled, network);
  }

  /**
   * The layers and their options as plain data, from which `modelFromJSON` makes the same model. Without
   * `weights: true` its weights are left out, which is why JSON.stringify(model) is refused: write
   * JSON.stringify(model.toJSON()).
   *
   * @throws ValueError if called by JSON.stringify; with `weights: true` before the model is built, and for
   *   more than 1,000,000 weights, which `toBytes` keeps in a seventh of the space
   */
  override toJSON(options?: ToJsonOptions): ModelJson {
    if (typeof options === 'string') {
      const choices = 'toJSON() for the layers alone or toJSON({ weights: true }) for both';
      throw notJson(this.name, `save toBytes(), or stringify ${choices}`);
    }
    const { weights = false } = checkOptions(`${this.name}.toJSON`, options, { weights: boolean });
    if (weights) checkJsonWeights(this.name, countValues(this.structure('toJSON with weights').parameters));
    const values = weights && { weights: this.getWeights().map(toNested) };
    return { ...modelJson(this, this.stack.inputShape), ...values };
  }

  /**
   * The model as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk: layers, weights, seed,
   * what it was compiled with and the state of the optimizer, so that `fit` goes on. Where functions are part
   * of what it was compiled with, the loaded model is to be compiled again. While `fit` runs: the last whole
   * step.
   *
   * @throws ValueError before the model is built
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { parameters } = this.structure('toBytes');
    const options = this.#compiled?.options;
    // Before the weights: it brings a step that is under way to its end.
    const compiled = options && { options, state: this.#optimizerProgress('toBytes') };
    return saveSequential({ weights: this.getWeights(), model: this.toJSON(), parameters, compiled });
  }

  /** Loss, optimizer and metrics. @throws ValueError before `compile` */
  #compiledFor(wanted: string): Compiled {
    if (this.#compiled) return this.#compiled;
    throw new ValueError(
      `${this.name}: ${wanted} needs a compiled model, but compile has not been called; call model.compile({ optimizer: 'adam', loss: … }) first.`,
    );
  }

  /** The seed that was given, or one that is drawn now. */
  #drawnSeed(): number {
    if (this.seed === undefined) this.reseed(freshSeed());
    return this.seed!;
  }

  /** The network with its weights, which are drawn when it is first needed. */
  protected override network(wanted: string): Network {
    const structure = this.structure(wanted);
    if (this.present) return this.present;
    const network = new Network(structure.spec, currentEngine());
    network.weights.setValues(initialWeights(structure, this.#drawnSeed()));
    this.present = network;
    return network;
  }

  /** The structure; before there is one, that for rows like these, which is not kept yet. */
  *#structureFor(call: string, x: unknown): Pieces<Structure> {
    const structure = this.built
      ? this.structure(call)
      : structureOf(call, (yield* rowsInPieces(x, { name: 'x' })).shape.slice(1), this.stack.layers);
    const { spec, shapes } = structure;
    if (this.#compiled) refuseOutput(call, spec.layers, shapes.at(-1), this.#compiled.loss);
    return structure;
  }

  /** Fixes the shapes, if the model can be trained. */
  #begin(structure: Structure, { optimizer }: Compiled): void {
    checkThresholds(this.name, this.stack.layers);
    checkMemory(this.name, structure, 1 + updateRule(optimizer.spec).slots);
    this.stack.build(structure.spec.inputShape);
  }

  protected override optimizerValues(trainable: number): number | undefined {
    if (!this.#compiled || this.#compiled.state.step === 0) return undefined;
    const { spec, learningRate } = this.#compiled.optimizer;
    return optimizerValues(spec, trainable, typeof learningRate !== 'number');
  }

  protected override checkWritable(call: string): void {
    if (this.#run.phase !== 'callback') this.#checkIdle(`${call} was called`);
  }

  protected override store(block: Float32Array): void {
    if (this.#run.trainer) this.#run.trainer.session.weights.set(block);
    else super.store(block);
  }

  protected override beforeFreezing(what: string): void {
    this.#checkIdle(`${what} was set`);
    this.#closeBatches();
  }

  #closeBatches(): void {
    this.#batches?.close();
    this.#batches = undefined;
  }

  #checkIdle(event: string): void {
    this.#run.checkIdle(this.name, event, 'await the promise of fit first');
  }
}
