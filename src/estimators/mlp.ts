import { currentEngine, ready } from '../engine/engine.js';
import { NotFittedError, ValueError } from '../errors.js';
import { Network } from '../model/network.js';
import type { OutputActivation } from '../model/activations.js';
import type { LossSpec, NetworkSpec } from '../model/spec.js';
import type { ArrayInput, NdArray, Rows } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { freshSeed, toRandomState } from '../random.js';
import type { Targets } from '../train/data.js';
import { newOptimizerState } from '../train/optimizer.js';
import type { MLPOptions, MLPParams } from './options.js';
import { readOptions } from './options.js';
import type { EpochInfo, Progress } from './stochastic.js';
import { fitStochastic, newProgress } from './stochastic.js';
import { initialParameters } from './weights.js';
import { splitHeldOut } from './held-out.js';

/** Options of a call of fit. */
export interface FitOptions {
  /** Aborts training: the promise rejects with the signal's reason, the weights are those of the last whole step. */
  readonly signal?: AbortSignal;
  /** Called after every epoch and awaited. */
  readonly onEpoch?: (info: EpochInfo) => void | Promise<void>;
}

/** What a kind of estimator makes of its targets. */
export interface Task {
  readonly targets: Targets;
  readonly outputs: number;
  readonly outActivation: OutputActivation;
  readonly loss: LossSpec;
  /** Class of every row if the validation split is to be stratified. */
  readonly strata?: Int32Array;
  /** Score of these outputs of the network against the targets of some rows. */
  readonly score: (outputs: Float32Array, rows: Int32Array) => number;
}

interface Fitted {
  readonly network: Network;
  readonly progress: Progress;
  readonly task: { readonly outputs: number; readonly outActivation: OutputActivation };
}

/** What all multi-layer perceptrons share: options, weights, training, attributes. */
export abstract class MLP {
  protected params: MLPParams;
  protected abstract readonly name: string;
  #fitted: Fitted | undefined;
  #busy = false;

  protected constructor(owner: string, options: MLPOptions) {
    this.params = readOptions(owner, options);
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): MLPParams {
    return { ...this.params };
  }

  /** Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values */
  setParams(options: MLPOptions): this {
    this.params = readOptions(this.name, options, this.params);
    return this;
  }

  /** Weight matrices, (inputs, units) each. Copies. */
  get coefs(): NdArray[] {
    const { network } = this.fitted('coefs');
    return network.getParameters().map(({ weight, bias }) => ({
      data: weight,
      shape: [weight.length / bias.length, bias.length],
    }));
  }

  /** Bias vectors, (units) each. Copies. */
  get intercepts(): Float32Array[] {
    return this.fitted('intercepts')
      .network.getParameters()
      .map(({ bias }) => bias);
  }

  /** Loss of the last epoch, L2 penalty included. */
  get loss(): number {
    return this.fitted('loss').progress.lossCurve.at(-1) ?? NaN;
  }

  /** Lowest loss of an epoch; null with early stopping. */
  get bestLoss(): number | null {
    const { progress } = this.fitted('bestLoss');
    return this.params.earlyStopping ? null : progress.stopping.bestLoss;
  }

  /** Loss of every epoch: the mean of the batches' losses before their updates, L2 penalty included. */
  get lossCurve(): number[] {
    return [...this.fitted('lossCurve').progress.lossCurve];
  }

  /** Score of the rows held out, after every epoch; null without early stopping. */
  get validationScores(): number[] | null {
    const { progress } = this.fitted('validationScores');
    return this.params.earlyStopping ? [...progress.validationScores] : null;
  }

  /** Best of validationScores; null without early stopping. */
  get bestValidationScore(): number | null {
    const { progress } = this.fitted('bestValidationScore');
    return this.params.earlyStopping ? progress.stopping.bestScore : null;
  }

  /** Epochs run. */
  get nIter(): number {
    return this.fitted('nIter').progress.nIter;
  }

  /** Layers, input and output included. */
  get nLayers(): number {
    return this.fitted('nLayers').network.spec.layers.length + 1;
  }

  /** Units of the output layer. */
  get nOutputs(): number {
    return this.fitted('nOutputs').task.outputs;
  }

  get nFeaturesIn(): number {
    return this.fitted('nFeaturesIn').network.spec.inputs;
  }

  /** Activation of the output layer: 'softmax', 'logistic' or 'identity'. */
  get outActivation(): string {
    const { outActivation } = this.fitted('outActivation').task;
    return { sigmoid: 'logistic', linear: 'identity' }[outActivation as string] ?? outActivation;
  }

  /** Rows seen in training, counted over all epochs. */
  get t(): number {
    return this.fitted('t').progress.t;
  }

  protected fitted(wanted: string): Fitted {
    if (this.#fitted) return this.#fitted;
    throw new NotFittedError(
      `${this.name}: ${wanted} needs a trained model, but fit has not been called; call await fit(X, y) first.`,
    );
  }

  /** True if the next fit goes on from the present weights. */
  protected get continues(): boolean {
    return this.params.warmStart && this.#fitted !== undefined;
  }

  protected get isFitted(): boolean {
    return this.#fitted !== undefined;
  }

  /** Outputs of the network for rows: (rows, outputs). */
  protected outputs(
    x: ArrayInput,
    wanted: string,
    out?: Float32Array,
  ): { values: Float32Array; rows: number } {
    const { network } = this.fitted(wanted);
    const rows = toRows(x, { flatten: true, expectedFeatures: network.spec.inputs });
    return { values: network.forward(rows, out), rows: rows.rows };
  }

  /** Only one training at a time; the promise of a second one rejects. */
  protected async exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw new ValueError(
        `${this.name}: ${what} was called while the model is being trained; await the first call.`,
      );
    }
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  /** Train on rows, from new weights or, if `goOn`, from the present ones. */
  protected async train(
    rows: Rows,
    task: Task,
    goOn: boolean,
    incremental: boolean,
    options: FitOptions,
  ): Promise<void> {
    await ready();
    const { params } = this;
    if (params.randomState === null) this.params = { ...params, randomState: freshSeed() };
    const random = toRandomState(this.params.randomState as number | RandomState);
    const { network, progress } = this.#prepare(rows, task, goOn, incremental, random);
    const held =
      params.earlyStopping && !incremental ? splitHeldOut(this.name, rows, task, params, random) : undefined;
    this.#fitted = { network, progress, task: { outputs: task.outputs, outActivation: task.outActivation } };
    await fitStochastic({
      params: this.params,
      network,
      rows,
      targets: task.targets,
      loss: task.loss,
      train: held?.train,
      random,
      progress,
      epochs: incremental ? 1 : params.maxIter,
      validate: held && (() => task.score(network.forward(held.rows), held.test)),
      ...options,
    });
  }

  #prepare(
    rows: Rows,
    task: Task,
    goOn: boolean,
    incremental: boolean,
    random: RandomState,
  ): Omit<Fitted, 'task'> {
    const { params } = this;
    if (goOn && this.#fitted) {
      const { network, progress } = this.#fitted;
      if (!incremental) {
        progress.optimizer = newOptimizerState();
        progress.rate = params.learningRateInit;
      }
      return { network, progress };
    }
    const spec: NetworkSpec = {
      inputs: rows.features,
      layers: [
        ...params.hiddenLayerSizes.map((units) => ({ units, activation: params.activation })),
        { units: task.outputs, activation: task.outActivation },
      ],
    };
    const network = new Network(spec, currentEngine());
    network.setParameters(initialParameters(spec, params.activation === 'sigmoid' ? 2 : 6, random));
    return { network, progress: newProgress(params.learningRateInit) };
  }
}
