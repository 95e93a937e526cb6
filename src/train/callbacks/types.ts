/**
 * The interface of callbacks, and the types that their hooks receive: logs, model, state of training. Types
 * only; checks of them are in arguments.ts.
 */
import type { NdArray } from '../../ndarray.js';
import type { RandomStateData } from '../../random.js';
import type { OnWarning } from '../../warnings.js';

/**
 * Values by name: 'loss', 'accuracy', 'val_loss', … as the user wrote the metrics. All callbacks see the same
 * object; what one of them adds at an epoch's end ('learning_rate') goes into the history.
 */
export type Logs = Record<string, number>;

/** The state that training continues from. Plain data, fit for a file. */
export interface TrainingState {
  /** Epochs finished; the 0-based index of the next one. */
  readonly epoch: number;
  /** Weights in the order of `getWeights`. */
  readonly weights: readonly NdArray[];
  readonly optimizer: {
    /** Steps taken. */
    readonly step: number;
    /** Running products of the bias corrections. */
    readonly beta1Power: number;
    readonly beta2Power: number;
    readonly decayPower: number;
    readonly momentumProduct: number;
    /** Every slot holds one array per weight, in the order of `getWeights`; none before the first step. */
    readonly slots: readonly (readonly NdArray[])[];
  };
  /** Learning rate of the next step; undefined where a schedule gives it. */
  readonly learningRate?: number;
  /** Seed of shuffles, dropout and noise. */
  readonly seed: number;
  /**
   * The generator that shuffles, where the order of an epoch does not follow from its number and the seed.
   */
  readonly random?: RandomStateData;
  /** Values of the finished epochs, by the name of the loss or metric. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/**
 * The part of a model in training that callbacks rely on. Models handed to callbacks have all of it, and
 * predict too.
 */
export interface CallbackModel {
  readonly name: string;
  /** 'dense/kernel', 'dense/bias', …: layer and weight, in the order of `getWeights`. */
  readonly weightNames: readonly string[];
  /** Copies of all weights, layer by layer. */
  getWeights(): NdArray[];
  /** Replaces all weights; allowed while a callback runs, between two steps. */
  setWeights(weights: readonly NdArray[]): void;
  /** Set it to true to end training before the next step. */
  stopTraining: boolean;
  /** Learning rate of the next step. Setting it throws ValueError where a schedule gives it. */
  learningRate: number;
  /** Epochs finished in this call of fit, those before `initialEpoch` included. */
  readonly epochsRun: number;
  /** A copy of the state of training; copying takes longer the more epochs the history has. */
  getTrainingState(): TrainingState;
  /** Continue from a state; called in `onTrainBegin`, also from its epoch. */
  setTrainingState(state: TrainingState): void;
  /** The model as a file: weights, configuration, and the optimizer's state. */
  toBytes(): Uint8Array;
}

/** The arguments of `fit` that callbacks may need to print or count. */
export interface TrainParams {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Steps per epoch; undefined for a stream of unknown length. */
  readonly steps: number | undefined;
  readonly verbose: 0 | 1 | 2;
  /** Names of the values that an epoch's logs hold, `val_` values last; some epochs may do without these. */
  readonly metrics?: readonly string[];
  /** All callbacks of this fit, in the order in which they are called. */
  readonly callbacks: readonly Callback<any>[];
  /** Called with each warning. */
  readonly onWarning?: OnWarning;
  /** Says why the value of this name is NaN, to follow 'because'; undefined where that is not known. */
  readonly explainNaN?: (name: string) => string | undefined;
}

type Awaitable = void | Promise<void>;

/**
 * Hooks that `fit` calls and awaits. `index` is the 0-based number of the epoch, or of the batch within its
 * epoch; `logs` holds the running means at a batch's end, the epoch's means and the `val_` values at an
 * epoch's end, and the last epoch's logs at the end of training. An error from a callback ends training, and
 * `fit` rejects with it.
 */
export interface Callback<M extends CallbackModel = CallbackModel> {
  /** Called when a fit begins, for all callbacks before any `onTrainBegin`. */
  setParams?(params: TrainParams): void;
  onTrainBegin?(logs: Logs, model: M): Awaitable;
  onEpochBegin?(index: number, logs: Logs, model: M): Awaitable;
  onBatchEnd?(index: number, logs: Logs, model: M): Awaitable;
  onEpochEnd?(index: number, logs: Logs, model: M): Awaitable;
  /**
   * Called after the `onEpochEnd` of all callbacks, when the history includes the epoch and the state of
   * training is complete.
   */
  onEpochSettled?(index: number, logs: Logs, model: M): Awaitable;
  onTrainEnd?(logs: Logs, model: M): Awaitable;
  /**
   * Counters and best values, as JSON, for `backupAndRestore` to go on with. Weights may be among them, as
   * typed arrays.
   */
  getState?(): CallbackState;
  /**
   * Take up a state that `getState` of a callback made with the same options gave; called between `setParams`
   * and the first epoch.
   */
  setState?(state: CallbackState): void;
}

/**
 * The state of a callback. Numbers, booleans and null survive as they are (also NaN and ±Infinity), arrays to
 * the bit.
 */
export type CallbackState = Readonly<Record<string, number | boolean | null | readonly NdArray[]>>;
