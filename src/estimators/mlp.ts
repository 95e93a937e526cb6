/**
 * MLPFit: the options of a multi-layer perceptron, the start of its training, one at a time, and its file.
 * The training itself is in training.ts, which is loaded when fit is called; files are read by loading.ts.
 */
import { throwIfAborted } from '../yielding.js';
import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import { parameterName, slotName, writeModelFile } from '../io/model-file.js';
import type { Tensor } from '../io/safetensors.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import type { Parameter } from '../network/parameters.js';
import { unpack } from '../network/parameters.js';
import { freshSeed } from '../random.js';
import { FitGuard } from '../train/fit-guard.js';
import type { Model, Optimizer } from './model.js';
import type { MLPParams } from './options.js';
import { readOptions } from './read-options.js';
import type { Pieces } from '../yielding.js';
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
    return saveMLP(this.name, this.params, model, this.busy);
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

/**
 * A trained perceptron as bytes: options, network, progress, and the optimizer's state unless training is
 * under way, when it is incomplete.
 */
function saveMLP(kind: string, params: MLPParams, model: Model, training: boolean): Uint8Array<ArrayBuffer> {
  const { network, progress, outputs, outActivation, classes } = model;
  const { optimizer, ...rest } = progress;
  const arrays = new Map<string, Tensor>();
  const values = network.weights.values();
  network.parameters.forEach((parameter, i) => {
    arrays.set(parameterName(parameter), { dtype: 'F32', shape: parameter.shape, data: values[i] });
  });
  const config = {
    params: savedParams(params),
    network: { params: dryParams(model.params), inputs: network.spec.inputShape[0], outputs, outActivation },
    classes,
    progress: rest,
    optimizer: optimizer && !training ? saveOptimizer(optimizer, network.parameters, arrays) : null,
  };
  return writeModelFile({ kind, config, arrays });
}

/** Everything but functions, which no file can hold. */
function savedParams({ onWarning: _onWarning, ...params }: MLPParams): object {
  return params;
}

/** Options of the past, which draw nothing any more. */
function dryParams(params: MLPParams): object {
  return { ...savedParams(params), randomState: null };
}

function saveOptimizer(
  { params, rate, state }: Optimizer,
  parameters: readonly Parameter[],
  arrays: Map<string, Tensor>,
): object {
  const { slots, ...numbers } = state;
  slots?.forEach((block, slot) => {
    for (const parameter of parameters) {
      const data = unpack(block, parameter);
      arrays.set(slotName(slot, parameter), { dtype: 'F32', shape: parameter.shape, data });
    }
  });
  return { params: dryParams(params), rate, state: numbers, slots: slots?.length ?? null };
}
