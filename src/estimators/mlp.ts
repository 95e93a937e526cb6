/**
 * MLPFit: the options of a multi-layer perceptron, and the start of its training, one at a time.
 * The training itself is in training.ts, which is loaded when fit is called.
 */
import { throwIfAborted } from '../yielding.js';
import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import { freshSeed } from '../random.js';
import { FitGuard } from '../train/fit-guard.js';
import type { Model } from './model.js';
import type { MLPParams } from './options.js';
import { readOptions } from './read-options.js';
import type { Pieces } from '../yielding.js';
import { saveMLP } from './saving.js';
import type { TrainerCache } from './stochastic.js';
import type { Training } from './training.js';

/** The options of a multi-layer perceptron, and what trains it by them. */
export class MLPFit<P extends MLPParams> extends FitGuard {
  readonly name: string;
  params: P;
  /** The options of the present training: those that it began with. */
  begun: P;
  readonly #cache: TrainerCache = {};

  constructor(name: string, options: unknown) {
    super();
    this.name = name;
    this.begun = this.params = readOptions<P>(name, options);
  }

  /** A copy of the options. */
  getParams(): P {
    return { ...this.params, hiddenLayerSizes: [...this.params.hiddenLayerSizes] };
  }

  /**
   * Change options; they count from the next training. @throws ValueError for unknown names and bad values
   */
  setParams(options: unknown): void {
    this.params = readOptions<P>(this.name, options, this.params);
  }

  /** The options and a model of theirs as bytes of a file, without the optimizer while it is at work. */
  toBytes(model: Model): Uint8Array<ArrayBuffer> {
    return saveMLP(this.name, { params: this.params, model }, this.busy);
  }

  /** The options for a training that begins now: setParams does not change them. */
  begin(): P {
    this.begun = this.params;
    return this.begun;
  }

  /** Rows for the network that is there, or for any. */
  readRows(x: ArrayInput, present: Model | undefined): Pieces<Rows> {
    return rowsInPieces(x, { flatten: true, expectedFeatures: present?.network.spec.inputShape[0] });
  }

  /** ValueError if there is a reason why a single epoch cannot be asked for. */
  checkIncremental(): void {
    const { earlyStopping, solver } = this.begun;
    if (earlyStopping) {
      throw new ValueError(`${this.name}: partialFit does not support earlyStopping: true, use fit.`);
    }
    if (solver === 'lbfgs') {
      throw new ValueError(
        `${this.name}: partialFit needs a solver that goes step by step, but the solver is 'lbfgs'; use fit.`,
      );
    }
  }

  /**
   * Train on rows. Until the first step is about to begin, whatever fails leaves the present model as it is.
   *
   * @param present the model to go on from
   * @param onBegin called with the model that is trained when its first step is about to begin
   */
  async train(
    training: Training,
    present: Model | undefined,
    onBegin: (model: Model) => void,
  ): Promise<void> {
    throwIfAborted(training.options.signal);
    if (this.begun.randomState === null) {
      const seed = { randomState: freshSeed() };
      if (this.params === this.begun) this.params = Object.freeze({ ...this.params, ...seed });
      this.begun = { ...this.begun, ...seed };
    }
    const { begun: params, name } = this;
    const [{ trainMLP }, engine] = await Promise.all([lazyImport(() => import('./training.js')), ready()]);
    await trainMLP(training, { name, params, present, cache: this.#cache, engine, onBegin });
  }
}
