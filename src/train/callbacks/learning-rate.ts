/**
 * Callbacks that change the learning rate: LearningRateScheduler, before each epoch, and ReduceLROnPlateau,
 * when a value no longer improves. Not for an optimizer's own schedule (src/network/schedules.ts).
 */
import { checkOptions, checkValue, func, number, integer, text } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Mode } from './monitor.js';
import { floatText, verboseRule, Comparison, modeRule, warnIfNaN } from './monitor.js';
import { checkIndex, checkModel, log, setOnModel, loggedValue, readParams, readState } from './arguments.js';
import type { Callback, CallbackModel, CallbackState, Logs, TrainParams } from './types.js';
import { LamellaWarning, warn } from '../../warnings.js';

/** (0-based epoch, learning rate in force) → learning rate of the epoch. */
type EpochSchedule = (epoch: number, learningRate: number) => number;

export interface LearningRateSchedulerOptions {
  readonly schedule: EpochSchedule;
  /** 1: print the learning rate of every epoch. Default 0. */
  readonly verbose?: number | boolean;
}

const schedulerSchema = { schedule: func<EpochSchedule>(), verbose: verboseRule };

/**
 * Sets the learning rate at the beginning of every epoch, and adds it to the logs, as 'learning_rate'
 * (keras/src/callbacks/learning_rate_scheduler.py).
 */
export class LearningRateScheduler implements Callback {
  readonly #schedule: EpochSchedule;
  readonly #verbose: number | boolean;

  constructor(options: EpochSchedule | LearningRateSchedulerOptions) {
    const given = typeof options === 'function' ? { schedule: options } : options;
    const { schedule, verbose = 0 } = checkOptions('learningRateScheduler', given, schedulerSchema);
    if (!schedule) {
      throw new ValueError(
        'learningRateScheduler: schedule must be a function (epoch, learningRate) => learningRate, but received undefined.',
      );
    }
    this.#schedule = schedule;
    this.#verbose = verbose;
  }

  onEpochBegin(epoch: number, _logs: Logs, model: CallbackModel): void {
    checkIndex('learningRateScheduler', epoch);
    checkModel('learningRateScheduler', model);
    const rate = checkValue(
      'learningRateScheduler',
      `what schedule returns for epoch ${epoch}`,
      this.#schedule(epoch, model.learningRate),
      number({ min: 0 }),
    );
    setOnModel('learningRateScheduler', model, 'learningRate', rate);
    if (!this.#verbose) return;
    console.log(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${floatText(rate)}.`);
  }

  onEpochEnd(_epoch: number, logs: Logs, model: CallbackModel): void {
    checkModel('learningRateScheduler', model);
    log('learningRateScheduler', logs, 'learning_rate', model.learningRate);
  }
}

export interface ReduceLROnPlateauOptions {
  /** Name of the value to monitor, as in the logs. Default 'val_loss'. */
  readonly monitor?: string;
  /** Factor of a reduction: the learning rate is multiplied by it; > 0 and < 1. Default .1. */
  readonly factor?: number;
  /** Consecutive epochs without improvement before a reduction. Default 10. */
  readonly patience?: number;
  /** 1: print each reduction. Default 0. */
  readonly verbose?: number | boolean;
  /**
   * Direction of improvement: 'min' (smaller is better), 'max', or 'auto' (default), by the name of
   * `monitor`.
   */
  readonly mode?: Mode;
  /** Smallest change that counts as an improvement. Default 1e-4. */
  readonly minDelta?: number;
  /** Epochs after a reduction that do not count towards `patience`. Default 0. */
  readonly cooldown?: number;
  /** Lower bound of the learning rate. Default 0. */
  readonly minLr?: number;
}

const plateauSchema = {
  monitor: text,
  factor: number({ above: 0, below: 1 }),
  patience: integer({ min: 0 }),
  verbose: verboseRule,
  mode: modeRule,
  minDelta: number(),
  cooldown: integer({ min: 0 }),
  minLr: number({ min: 0 }),
};

const defaults = {
  monitor: 'val_loss',
  factor: 0.1,
  patience: 10,
  verbose: 0,
  mode: 'auto' as Mode,
  minDelta: 1e-4,
  cooldown: 0,
  minLr: 0,
};

/**
 * Reduces the learning rate when a value no longer improves, and adds the learning rate of the epoch to the
 * logs, as 'learning_rate' (keras/src/callbacks/reduce_lr_on_plateau.py). NaN is no improvement: it counts
 * towards `patience`, with one warning per fit. Every fit begins anew; the learning rate stays the model's.
 */
export class ReduceLROnPlateau implements Callback {
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #comparison: Comparison;
  #params: TrainParams | undefined;
  #cooldown = 0;
  /** Best value of this fit so far; null before the first. */
  best: number | null = null;
  /** Epochs since the last improvement or reduction. */
  wait = 0;

  constructor(options?: ReduceLROnPlateauOptions) {
    this.#options = { ...defaults, ...checkOptions('reduceLROnPlateau', options, plateauSchema) };
    const { monitor, mode, minDelta } = this.#options;
    this.#comparison = new Comparison('reduceLROnPlateau', monitor, mode, minDelta);
  }

  /** Begins anew. */
  setParams(params: TrainParams): void {
    this.#params = readParams('reduceLROnPlateau', params);
    this.best = null;
    this.#cooldown = this.wait = 0;
  }

  onEpochEnd(epoch: number, logs: Logs, model: CallbackModel): void {
    checkIndex('reduceLROnPlateau', epoch);
    checkModel('reduceLROnPlateau', model);
    log('reduceLROnPlateau', logs, 'learning_rate', model.learningRate);
    const { monitor, patience } = this.#options;
    if (!Object.hasOwn(logs, monitor)) {
      this.#warnMissing(logs);
      return;
    }
    const current = loggedValue('reduceLROnPlateau', logs, monitor);
    warnIfNaN(this.#params, monitor, current, epoch);
    if (this.#cooldown > 0) {
      this.#cooldown -= 1;
      this.wait = 0;
    }
    if (this.#comparison.improves(current, this.best)) {
      this.best = current;
      this.wait = 0;
    } else if (this.#cooldown === 0) {
      this.wait += 1;
      if (this.wait >= patience) this.#reduce(epoch, model);
    }
  }

  getState(): CallbackState {
    return { best: this.best, wait: this.wait, cooldown: this.#cooldown };
  }

  setState(given: CallbackState): void {
    const state = readState('reduceLROnPlateau', given, this.getState());
    this.best = state.best as number | null;
    this.wait = state.wait as number;
    this.#cooldown = state.cooldown as number;
  }

  #reduce(epoch: number, model: CallbackModel): void {
    const { factor, minLr, cooldown, verbose } = this.#options;
    const old = model.learningRate;
    if (old <= minLr) return;
    const rate = Math.max(old * factor, minLr);
    setOnModel('reduceLROnPlateau', model, 'learningRate', rate);
    if (verbose) {
      console.log(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${floatText(rate)}.`);
    }
    this.#cooldown = cooldown;
    this.wait = 0;
  }

  #warnMissing(logs: Logs): void {
    const message = `Learning rate reduction is conditioned on metric \`${this.#options.monitor}\` which is not available. Available metrics are: ${Object.keys(logs).join(',')}.`;
    warn(new LamellaWarning(message, 'MISSING_MONITOR'), this.#params?.onWarning);
  }
}
