/**
 * Callbacks that stop training: EarlyStopping and TerminateOnNaN. Not for deciding which of two values is
 * better (monitor.ts).
 */
import { boolean, checkOptions, integer, nullable, number, text } from '../../check.js';
import type { NdArray } from '../../ndarray.js';
import { LamellaWarning, warn } from '../../warnings.js';
import type { Mode } from './monitor.js';
import { Comparison, modeRule, verboseRule, warnIfNaN } from './monitor.js';
import {
  checkIndex,
  checkLogs,
  checkModel,
  loggedValue,
  readParams,
  readState,
  setOnModel,
} from './arguments.js';
import type { Callback, CallbackModel, CallbackState, Logs, TrainParams } from './types.js';
import { ValueError } from '../../errors.js';

export interface EarlyStoppingOptions {
  /** Name of the value to monitor, as in the logs. Default 'val_loss'. */
  readonly monitor?: string;
  /** Smallest change that counts as an improvement. Default 0. */
  readonly minDelta?: number;
  /**
   * Consecutive epochs without improvement that end training. Default 0. The first epoch whose value is a
   * number always improves.
   */
  readonly patience?: number;
  /** 1: print when training ends and which weights are restored. Default 0. */
  readonly verbose?: number | boolean;
  /**
   * Direction of improvement: 'min' (smaller is better), 'max', or 'auto' (default), by the name of
   * `monitor`.
   */
  readonly mode?: Mode;
  /** Value that an epoch must improve on to reset `patience`. Default null: none. */
  readonly baseline?: number | null;
  /** Restore the weights of the best epoch when training ends, whatever ended it. Default false. */
  readonly restoreBestWeights?: boolean;
  /** 0-based epoch from which to monitor. Default 0. */
  readonly startFromEpoch?: number;
}

const schema = {
  monitor: text,
  minDelta: number(),
  patience: integer({ min: 0 }),
  verbose: verboseRule,
  mode: modeRule,
  baseline: nullable(number()),
  restoreBestWeights: boolean,
  startFromEpoch: integer({ min: 0 }),
};

const defaults = {
  monitor: 'val_loss',
  minDelta: 0,
  patience: 0,
  verbose: 0,
  mode: 'auto' as Mode,
  baseline: null,
  restoreBestWeights: false,
  startFromEpoch: 0,
};

/**
 * Ends training when a value no longer improves (keras/src/callbacks/early_stopping.py). NaN is no
 * improvement: it counts towards `patience`, with one warning per fit. Every fit starts over.
 */
export class EarlyStopping implements Callback {
  readonly #options: Required<EarlyStoppingOptions>;
  readonly #comparison: Comparison;
  #params: TrainParams | undefined;
  #bestWeights: readonly NdArray[] | null = null;
  /** Best value of this fit so far; null before the first. */
  best: number | null = null;
  /** 0-based epoch of the best value. */
  bestEpoch = 0;
  /** 0-based epoch at whose end training was stopped; 0 if it was not. */
  stoppedEpoch = 0;
  /** Epochs since the last improvement. */
  wait = 0;

  constructor(options?: EarlyStoppingOptions) {
    this.#options = { ...defaults, ...checkOptions('earlyStopping', options, schema) };
    const { monitor, mode, minDelta } = this.#options;
    this.#comparison = new Comparison('earlyStopping', monitor, mode, minDelta);
  }

  /** Starts over with a new fit. */
  setParams(params: TrainParams): void {
    this.#params = readParams('earlyStopping', params);
    this.best = this.#bestWeights = null;
    this.bestEpoch = this.stoppedEpoch = this.wait = 0;
  }

  onEpochEnd(epoch: number, logs: Logs, model: CallbackModel): void {
    const { monitor, baseline, patience, startFromEpoch, restoreBestWeights } = this.#options;
    checkIndex('earlyStopping', epoch);
    checkModel('earlyStopping', model, ...(restoreBestWeights ? (['getWeights'] as const) : []));
    const current = this.#read(logs);
    if (current === undefined || epoch < startFromEpoch) return;
    warnIfNaN(this.#params, monitor, current, epoch);
    this.wait += 1;
    if (this.#comparison.improves(current, this.best)) {
      this.best = current;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.#bestWeights = model.getWeights();
      if (baseline === null || this.#comparison.improves(current, baseline)) this.wait = 0;
    } else if (this.wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      setOnModel('earlyStopping', model, 'stopTraining', true);
    }
  }

  onTrainEnd(_logs: Logs, model: CallbackModel): void {
    const { verbose } = this.#options;
    if (this.stoppedEpoch > 0 && verbose) console.log(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (!this.#bestWeights) return;
    checkModel('earlyStopping', model, 'setWeights');
    if (verbose) {
      console.log(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
    }
    model.setWeights(this.#bestWeights);
  }

  getState(): CallbackState {
    const { best, bestEpoch, stoppedEpoch, wait } = this;
    return { best, bestEpoch, stoppedEpoch, wait, bestWeights: this.#bestWeights };
  }

  setState(given: CallbackState): void {
    const state = readState('earlyStopping', given, this.getState());
    this.best = state.best as number | null;
    this.bestEpoch = state.bestEpoch as number;
    this.stoppedEpoch = state.stoppedEpoch as number;
    this.wait = state.wait as number;
    this.#bestWeights = state.bestWeights as readonly NdArray[] | null;
  }

  #read(logs: Logs): number | undefined {
    const { monitor } = this.#options;
    checkLogs('earlyStopping', logs);
    if (Object.hasOwn(logs, monitor)) return loggedValue('earlyStopping', logs, monitor);
    const message = `Early stopping conditioned on metric \`${monitor}\` which is not available. Available metrics are: ${Object.keys(logs).join(',')}`;
    warn(new LamellaWarning(message, 'MISSING_MONITOR'), this.#params?.onWarning);
    return undefined;
  }
}

export interface TerminateOnNaNOptions {
  /** Let `fit` reject instead of ending it normally. Default false. */
  readonly raiseError?: boolean;
}

/**
 * Ends training normally when a loss is NaN or infinite, where `fit` would reject with a DivergedError. The
 * weights are those of the last epoch whose loss was finite (keras/src/callbacks/terminate_on_nan.py keeps
 * what it has).
 */
export class TerminateOnNaN implements Callback {
  readonly #raiseError: boolean;

  constructor(options?: TerminateOnNaNOptions) {
    const { raiseError = false } = checkOptions('terminateOnNaN', options, { raiseError: boolean });
    this.#raiseError = raiseError;
  }

  onBatchEnd(batch: number, logs: Logs, model: CallbackModel): void {
    checkLogs('terminateOnNaN', logs);
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss)) return;
    loggedValue('terminateOnNaN', logs, 'loss');
    checkIndex('terminateOnNaN', batch);
    checkModel('terminateOnNaN', model);
    if (this.#raiseError) {
      throw new ValueError(
        `The loss must be finite, but it is ${loss} at batch ${batch}, and terminateOnNaN was asked to raise an error.`,
      );
    }
    console.log(`Batch ${batch}: Invalid loss, terminating training`);
    setOnModel('terminateOnNaN', model, 'stopTraining', true);
  }
}
