import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import { freshSeed, RandomState, toRandomState } from '../random.js';
import type { FitOptions } from './fit-options.js';
import { splitHeldOut } from './held-out.js';
import { KeptTrainer } from './kept-trainer.js';
import { dropoutRates } from './layer-options.js';
import { fitLbfgs } from './lbfgs.js';
import type { Model, Task } from './model.js';
import { continued, newModel } from './model.js';
import type { MLPParams, OptionsOf } from './options.js';
import { promised } from './promised.js';
import { readOptions } from './read-options.js';
import { saveMLP } from './saving.js';
import { fitStochastic } from './stochastic.js';
import { Trained } from './trained.js';
import type { TrainingRequest } from './training-request.js';
import { warnUnscaled } from './unscaled.js';
import { onData, onHeldOut } from './validation.js';

/** Rows and targets to validate with. */
export interface Validation {
  readonly rows: Rows;
  readonly task: Task;
}

/** Rows and targets, checked, with what to do with them. */
interface Training {
  readonly rows: Rows;
  readonly task: Task;
  /** Weight of every row; 1 if undefined. */
  readonly weights?: Float32Array;
  /** Rows to validate with. */
  readonly validation?: Validation;
  /** Go on from the present weights. */
  readonly goOn: boolean;
  /** One epoch, with the optimizer as the last call left it. */
  readonly incremental: boolean;
  readonly options: FitOptions;
}

/** What all multi-layer perceptrons share: options and training. */
export abstract class MLP<P extends MLPParams = MLPParams> extends Trained {
  protected params: P;
  readonly #kept = new KeptTrainer();
  #busy = false;

  protected constructor(owner: string, options: unknown) {
    super();
    this.params = readOptions<P>(owner, options);
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
    return saveMLP(this.name, { params: this.params, model: this.fitted('toBytes') }, this.#busy);
  }

  protected get training(): boolean {
    return this.#busy;
  }

  /** True if the next fit goes on from the present weights. */
  protected get continues(): boolean {
    return this.params.warmStart && this.model !== undefined;
  }

  /** A training, one at a time: the promise of a second one rejects. Resolves to this estimator. */
  protected exclusively(call: string, work: () => Promise<void>): Promise<this> {
    return promised(this, this.name, call, async () => {
      if (this.#busy) {
        throw new ValueError(
          `${this.name}: ${call} was called while the model is being trained; await the first call.`,
        );
      }
      this.#busy = true;
      try {
        await work();
      } finally {
        this.#busy = false;
      }
      return this;
    });
  }

  /** Rows for the network that is there, or for any. */
  protected readRows(x: ArrayInput, present: Model | undefined): Rows {
    return toRows(x, { flatten: true, expectedFeatures: present?.network.spec.inputShape[0] });
  }

  /** ValueError if there is a reason why a single epoch cannot be asked for. */
  protected checkIncremental(): void {
    const { earlyStopping, solver } = this.params;
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
  protected async train({ rows, task, weights, validation, ...training }: Training): Promise<void> {
    const { goOn, incremental, options } = training;
    options.signal?.throwIfAborted();
    if (this.params.randomState === null)
      this.params = Object.freeze({ ...this.params, randomState: freshSeed() });
    const { params, name } = this;
    const call = incremental ? 'partialFit' : 'warmStart';
    const present = goOn && this.model ? continued(name, call, this.model, params, task) : undefined;
    if (!present) warnUnscaled(rows, params.onWarning);
    await ready();
    const random = toRandomState(params.randomState as number | RandomState);
    // Of dropout: what the stream would give next, without taking it.
    const drops = dropoutRates(params).some((rate) => rate > 0);
    const seed = drops ? RandomState.fromState(random.getState()).u32() : 0;
    const model = present ?? newModel(name, params, rows.features, task, random);
    const { network, progress } = model;
    const stops = params.earlyStopping && params.solver !== 'lbfgs';
    const held =
      stops && !validation ? splitHeldOut(name, { rows, task, weights }, params, random) : undefined;
    if (!incremental) this.#kept.drop();
    const request: TrainingRequest = {
      ...options,
      params,
      network,
      rows,
      task,
      weights,
      train: held?.train,
      random,
      seed,
      progress,
      stops,
      validate: held ? onHeldOut(network, task, held) : validation && onData(network, validation),
      onBegin: () => {
        progress.validated = stops;
        progress.watched = validation !== undefined;
        this.model = model;
      },
    };
    if (params.solver === 'lbfgs') await fitLbfgs(request);
    else await fitStochastic({ ...request, incremental, kept: incremental ? this.#kept : undefined });
  }
}
