import { checkOptions, checkValue, func, number } from '../../check.js';
import { ValueError } from '../../errors.js';
import { floatText, verboseRule } from './monitor.js';
import { checkIndex, checkModel, log, setOnModel } from './arguments.js';
import type { Callback, CallbackModel, Logs } from './types.js';

/** (0-based epoch, learning rate in force) → learning rate of the epoch. */
type EpochSchedule = (epoch: number, learningRate: number) => number;

export interface LearningRateSchedulerOptions {
  readonly schedule: EpochSchedule;
  /** 1: say which learning rate every epoch has. Default 0. */
  readonly verbose?: number | boolean;
}

const schema = { schedule: func<EpochSchedule>(), verbose: verboseRule };

/**
 * Sets the learning rate at the beginning of every epoch, and adds it to the logs, as 'learning_rate'
 * (keras/src/callbacks/learning_rate_scheduler.py).
 */
export class LearningRateScheduler implements Callback {
  readonly #schedule: EpochSchedule;
  readonly #verbose: number | boolean;

  constructor(options: EpochSchedule | LearningRateSchedulerOptions) {
    const given = typeof options === 'function' ? { schedule: options } : options;
    const { schedule, verbose = 0 } = checkOptions('learningRateScheduler', given, schema);
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
