import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { freshSeed, toRandomState } from '../random.js';
import type { FitOptions } from './fit-options.js';
import { splitHeldOut } from './held-out.js';
import type { Task } from './model.js';
import { continued, newModel } from './model.js';
import type { MLPOptions, MLPParams } from './options.js';
import { readOptions } from './options.js';
import { newOptimizer } from './progress.js';
import { promised } from './promised.js';
import { saveMLP } from './saving.js';
import { fitStochastic } from './stochastic.js';
import { Trained } from './trained.js';
import { warnUnscaled } from './unscaled.js';

/** Rows and targets, checked, with what to do with them. */
interface Training {
  readonly rows: Rows;
  readonly task: Task;
  /** Go on from the present weights. */
  readonly goOn: boolean;
  /** One epoch, with the optimizer as the last call left it. */
  readonly incremental: boolean;
  readonly options: FitOptions;
}

/** What all multi-layer perceptrons share: options and training. */
export abstract class MLP extends Trained {
  protected params: MLPParams;
  #busy = false;

  protected constructor(owner: string, options: MLPOptions) {
    super();
    this.params = readOptions(owner, options);
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): MLPParams {
    return { ...this.params, hiddenLayerSizes: [...this.params.hiddenLayerSizes] };
  }

  /** Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values */
  setParams(options: MLPOptions): this {
    this.params = readOptions(this.name, options, this.params);
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

  /** Outputs of the network for rows: (rows, outputs). */
  protected outputs(
    x: ArrayInput,
    wanted: string,
    out?: Float32Array,
  ): { values: Float32Array; rows: number } {
    const { network } = this.fitted(wanted);
    const rows = toRows(x, { flatten: true, expectedFeatures: network.spec.inputShape[0] });
    return { values: network.forward(rows, out), rows: rows.rows };
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

  /** Train on rows. Until the first step is about to begin, whatever fails leaves the present model as it is. */
  protected async train({ rows, task, goOn, incremental, options }: Training): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.params.randomState === null) this.setParams({ randomState: freshSeed() });
    const { params, name } = this;
    const call = incremental ? 'partialFit' : 'warmStart';
    const present = goOn && this.model ? continued(name, call, this.model, params) : undefined;
    if (!present) warnUnscaled(rows, params.onWarning);
    await ready();
    const random = toRandomState(params.randomState as number | RandomState);
    const model = present ?? newModel(name, params, rows.features, task, random);
    const held =
      params.earlyStopping && !incremental ? splitHeldOut(name, rows, task, params, random) : undefined;
    const { network, progress } = model;
    const optimizer = (incremental && progress.optimizer) || newOptimizer(params);
    await fitStochastic({
      ...options,
      params,
      network,
      rows,
      targets: task.targets,
      loss: task.loss,
      train: held?.train,
      random,
      progress,
      optimizer,
      incremental,
      validate: held && (() => task.score(network.forward(held.rows), held.test)),
      onBegin: () => {
        progress.optimizer = optimizer;
        progress.validated = held !== undefined;
        this.model = model;
      },
    });
  }
}
