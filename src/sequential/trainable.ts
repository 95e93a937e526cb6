import type { Pieces } from '../yielding.js';
import { throwIfAborted, runAtOnce } from '../yielding.js';
import { currentEngine, ready } from '../engine/engine.js';
import type { Engine } from '../engine/engines.js';
import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import type { OptimizerState } from '../network/optimizers.js';
import { updateRule } from '../network/optimizers.js';
import type { LayerSpec } from '../network/spec.js';
import type { TrainingState } from '../train/callbacks/types.js';
import type { Trainer } from '../train/trainer.js';
import { lazyImport } from '../lazy.js';
import { BatchTraining } from './batch-training.js';
import type { Compiled, CompileOptions } from './compile.js';
import { checkThresholds, compile, currentRate, setRate } from './compile.js';
import { Evaluating } from './evaluating.js';
import type { FitOptions, TrainOnBatchOptions } from './fit-options.js';
import { readBatchOptions } from './fit-options.js';
import { History } from './history.js';
import type { Layer } from './layer.js';
import { refuseOutput } from './output.js';
import { prepare } from './prepare.js';
import { readClassWeight } from './row-weights.js';
import type { OptimizerProgress } from './saving.js';
import { checkMemory, initialWeights } from './structure.js';
import type { Structure } from './structure.js';
import { optimizerState, readTrainingState, restoredOptimizer } from './state.js';
import type { Stream } from './stream.js';
import { optimizerValues } from './summary.js';

/** Layers that can be trained and evaluated. */
export abstract class Trainable extends Evaluating {
  #compiled: Compiled | undefined;
  #history = new History();
  #busy = false;
  #calling = false;
  #trainer: Trainer | undefined;
  #batches: BatchTraining | undefined;
  #epochsRun = 0;
  /** True ends training before the next step; while `fit` prepares its data, before the first. `fit` begins with false. */
  stopTraining = false;

  /** What the last `fit` has come to; that of a `fit` under way grows with every epoch. */
  get history(): History {
    return this.#history;
  }

  /** Epochs finished in the last call of fit, those before `initialEpoch` included. */
  get epochsRun(): number {
    return this.#epochsRun;
  }

  /** The learning rate of the next step. Setting it where a schedule gives it is a ValueError. */
  get learningRate(): number {
    return currentRate(this.compiled('learningRate'));
  }

  set learningRate(rate: number) {
    setRate(this.name, this.compiled('learningRate'), rate);
  }

  /**
   * Say how the model is to be trained. Compiling again begins with a new optimizer.
   *
   * @throws ValueError for unknown names and options, where a layer lets nothing be trained through it, and
   *   for a loss that cannot learn from the output, whatever the data: categoricalCrossentropy of one unit
   */
  compile(options: CompileOptions): void {
    this.#checkIdle('compile');
    const compiled = compile(this.name, options);
    checkThresholds(this.name, this.layers);
    const specs = this.layers.map(({ spec }) => spec as LayerSpec);
    refuseOutput(`${this.name}.compile`, specs, this.built ? this.outputShape : undefined, compiled.loss);
    this.#closeBatches();
    this.#compiled = compiled;
  }

  /** Compile as a file says: what cannot be trained is refused by fit. */
  protected recompile(options: CompileOptions): void {
    this.#compiled = compile(this.name, options);
  }

  /** Train on arrays, or on the batches that a function returns, called once per epoch. Resolves to the history. */
  fit(x: Stream, options?: FitOptions<this>): Promise<History>;
  fit(x: ArrayInput, y: ArrayInput, options?: FitOptions<this>): Promise<History>;
  async fit(x: ArrayInput | Stream, y?: unknown, options?: FitOptions<this>): Promise<History> {
    this.#checkIdle('fit');
    this.#busy = true;
    this.stopTraining = false;
    try {
      const streamed = typeof x === 'function' && options === undefined;
      await this.#fit(x, streamed ? undefined : y, streamed ? y : options);
      return this.#history;
    } finally {
      this.#busy = false;
    }
  }

  /**
   * One step on one batch; its loss and metrics before the update. Builds the model if need be.
   *
   * @throws DivergedError if loss or weights become non-finite: the weights before the step are kept, the optimizer begins anew
   */
  trainOnBatch(x: ArrayInput, y: ArrayInput, options?: TrainOnBatchOptions): Record<string, number> {
    const call = `${this.name}.trainOnBatch`;
    this.#checkIdle('trainOnBatch');
    const compiled = this.compiled('trainOnBatch');
    const { sampleWeight, classWeight } = readBatchOptions(this.name, 'trainOnBatch', options);
    const structure = runAtOnce(this.structureFor(call, x));
    const { loss } = compiled;
    const reader = { structure, loss, classWeight: readClassWeight(call, classWeight, structure, loss) };
    const prepared = prepare(call, reader, [x, y, sampleWeight]);
    this.#begin(structure, compiled);
    this.#batches ??= new BatchTraining(this.name, this.network(call), structure, compiled, this.drawnSeed());
    return this.#batches.step(prepared);
  }

  /** Everything that training goes on from: copies, the longer the more epochs the history has. */
  getTrainingState(): TrainingState {
    const progress = this.optimizerProgress('getTrainingState');
    const history = this.#history.values();
    return {
      ...progress,
      ...{ epoch: this.#epochsRun, weights: this.getWeights(), seed: this.drawnSeed(), history },
    };
  }

  /** State of the optimizer, and the learning rate unless a schedule gives it. */
  protected optimizerProgress(wanted: string): OptimizerProgress {
    const compiled = this.compiled(wanted);
    const network = this.network(wanted);
    this.#trainer?.saveSlots();
    this.#batches?.save();
    return {
      optimizer: optimizerState(compiled, network),
      ...(typeof compiled.optimizer.learningRate === 'number' && { learningRate: compiled.learningRate }),
    };
  }

  /**
   * Go on from a state: weights, optimizer, history; in a callback's `onTrainBegin`, with its epoch.
   *
   * @throws ShapeError for the state of another model; ValueError for what is no state, and once steps are being made
   */
  setTrainingState(given: TrainingState): void {
    const compiled = this.compiled('setTrainingState');
    if (this.#trainer) {
      throw new ValueError(
        `${this.name}: setTrainingState was called during training; expected before fit, or in onTrainBegin of a callback.`,
      );
    }
    const state = readTrainingState(this.name, given);
    const restored = runAtOnce(this.#restored(compiled, state));
    this.setWeights(state.weights);
    this.#resume(compiled, restored, state);
    this.reseed(state.seed);
    this.#epochsRun = state.epoch;
    this.#history.restore(state.epoch, state.history);
  }

  /** Go on from the optimizer's part of a state, in pieces. */
  protected *resumeOptimizer(progress: OptimizerProgress): Pieces<void> {
    const compiled = this.compiled('fromBytes');
    this.#resume(compiled, yield* this.#restored(compiled, progress), progress);
  }

  #restored(compiled: Compiled, { optimizer }: OptimizerProgress): Pieces<OptimizerState> {
    return restoredOptimizer(this.name, compiled, this.network('setTrainingState'), optimizer);
  }

  #resume(compiled: Compiled, restored: OptimizerState, { learningRate }: OptimizerProgress): void {
    this.#closeBatches();
    compiled.state = restored;
    if (learningRate !== undefined) compiled.learningRate = learningRate;
  }

  override add(layer: Layer): void {
    if (this.#compiled) {
      throw new ValueError(
        `${this.name}: layers can be added until the model is compiled, but it is compiled already.`,
      );
    }
    super.add(layer);
  }

  /** How the model is trained. @throws ValueError before `compile` */
  protected override compiled(wanted: string): Compiled {
    if (this.#compiled) return this.#compiled;
    throw new ValueError(
      `${this.name}: ${wanted} needs a compiled model, but compile has not been called; call model.compile({ optimizer: 'adam', loss: … }) first.`,
    );
  }

  protected override optimizerValues(trainable: number): number | undefined {
    if (!this.#compiled || this.#compiled.state.step === 0) return undefined;
    const { spec, learningRate } = this.#compiled.optimizer;
    return optimizerValues(spec, trainable, typeof learningRate !== 'number');
  }

  protected get compiledOrNot(): Compiled | undefined {
    return this.#compiled;
  }

  protected override engine(): Engine {
    return currentEngine();
  }

  protected override initialWeights(structure: Structure, seed: number): Float32Array[] {
    return initialWeights(structure, seed);
  }

  protected override checkWritable(call: string): void {
    if (!this.#calling) this.#checkIdle(call);
  }

  protected override store(block: Float32Array): void {
    if (this.#trainer) this.#trainer.setParameters(block);
    else this.network('setWeights').setPacked(block);
  }

  protected override *structureFor(call: string, x: unknown): Pieces<Structure> {
    const structure = yield* super.structureFor(call, x);
    const { spec, shapes } = structure;
    if (this.#compiled) refuseOutput(call, spec.layers, shapes.at(-1), this.#compiled.loss);
    return structure;
  }

  #begin(structure: Structure, { optimizer }: Compiled): void {
    checkThresholds(this.name, this.layers);
    checkMemory(this.name, structure, 1 + updateRule(optimizer.spec).slots);
    this.build(structure);
  }

  protected override beforeFreezing(what: string): void {
    this.#checkIdle(what, 'set');
    this.#closeBatches();
  }

  #closeBatches(): void {
    this.#batches?.close();
    this.#batches = undefined;
  }

  #checkIdle(call: string, verb = 'called'): void {
    if (!this.#busy) return;
    throw new ValueError(
      `${this.name}: ${call} was ${verb} while the model is being trained; await the promise of fit first.`,
    );
  }

  async #fit(x: ArrayInput | Stream, y: unknown, given: unknown): Promise<void> {
    const compiled = this.compiled('fit');
    const [{ readFitOptions }, { gather }, { Training }] = await Promise.all([
      lazyImport(() => import('./fit-settings.js')),
      lazyImport(() => import('./fitting.js')),
      lazyImport(() => import('./training.js')),
      ready(),
    ]);
    const settings = readFitOptions(this.name, given);
    throwIfAborted(settings.signal);
    const gathered = await gather({ owner: `${this.name}.fit`, name: this.name, settings, compiled }, x, y, {
      structureFor: (rows) => this.structureFor(`${this.name}.fit`, rows),
      begin: (structure) => {
        this.#begin(structure, compiled);
        return { network: this.network('fit'), seed: () => this.drawnSeed() };
      },
    });
    this.#closeBatches();
    this.#history = new History();
    this.#epochsRun = settings.initialEpoch;
    try {
      const training = new Training<this & { toBytes(): Uint8Array }>({
        ...gathered,
        ...{ owner: this.name, model: this as this & { toBytes(): Uint8Array }, compiled, settings },
        history: this.#history,
        firstEpoch: () => this.#epochsRun,
        onTrainer: (trainer) => (this.#trainer = trainer),
        onCalling: (begins) => (this.#calling = begins),
        onFinished: (next) => (this.#epochsRun = next),
      });
      await training.run();
    } finally {
      this.#calling = false;
      await gathered.close();
    }
  }
}
