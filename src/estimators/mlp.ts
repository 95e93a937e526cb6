import type { Pieces } from '../yielding.js';
import { throwIfAborted } from '../yielding.js';
import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import { later } from '../later.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import { freshSeed } from '../random.js';
import { FitGuard } from './fit-guard.js';
import { KeptTrainer } from './kept-trainer.js';
import type { Model } from './model.js';
import type { MLPParams, OptionsOf } from './options.js';
import { readOptions } from './read-options.js';
import { saveMLP } from './saving.js';
import { Trained } from './trained.js';
import type { Training } from './training.js';

/** What all multi-layer perceptrons share: options and training. */
export abstract class MLP<P extends MLPParams = MLPParams> extends Trained {
  protected params: P;
  /** The options of the present training: those that it began with. */
  protected begun: P;
  readonly #kept = new KeptTrainer();
  readonly #guard = new FitGuard();

  protected constructor(owner: string, options: unknown) {
    super();
    this.begun = this.params = readOptions<P>(owner, options);
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): P {
    return { ...this.params, hiddenLayerSizes: [...this.params.hiddenLayerSizes] };
  }

  /** Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values */
  setParams(options: Partial<OptionsOf<P>>): this {
    this.params = readOptions<P>(this.name, options, this.params);
    return this;
  }

  /**
   * The trained estimator as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk: options but functions,
   * weights, attributes, and the optimizer, so that partialFit can go on. While fit runs: the weights of the last whole
   * step, without the optimizer.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return saveMLP(this.name, { params: this.params, model: this.fitted('toBytes') }, this.training);
  }

  protected get training(): boolean {
    return this.#guard.busy;
  }

  /** True if the next fit goes on from the present weights. */
  protected get continues(): boolean {
    return this.begun.warmStart && this.model !== undefined;
  }

  /** A training, one at a time: the promise of a second one rejects. Resolves to this estimator. */
  protected exclusively(call: string, work: () => Promise<void>): Promise<this> {
    return this.#guard.run(this, this.name, call, () => {
      this.begun = this.params;
      return work();
    });
  }

  /** Rows for the network that is there, or for any. */
  protected readRows(x: ArrayInput, present: Model | undefined): Pieces<Rows> {
    return rowsInPieces(x, { flatten: true, expectedFeatures: present?.network.spec.inputShape[0] });
  }

  /** ValueError if there is a reason why a single epoch cannot be asked for. */
  protected checkIncremental(): void {
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

  /** Train on rows. Until the first step is about to begin, whatever fails leaves the present model as it is. */
  protected async train(training: Training): Promise<void> {
    throwIfAborted(training.options.signal);
    if (this.begun.randomState === null) {
      const seed = { randomState: freshSeed() };
      if (this.params === this.begun) this.params = Object.freeze({ ...this.params, ...seed });
      this.begun = { ...this.begun, ...seed };
    }
    const { begun: params, name } = this;
    const present = training.goOn ? this.model : undefined;
    const [{ trainMLP }, engine] = await Promise.all([later(() => import('./training.js')), ready()]);
    await trainMLP(training, {
      ...{ name, params, present, kept: this.#kept, engine },
      onBegin: (model) => (this.model = model),
    });
  }
}
