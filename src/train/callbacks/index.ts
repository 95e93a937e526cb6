import { boolean, checkOptions, func, rule } from '../../check.js';
import type { ProgressOptions } from './progress.js';
import { ProgressCallback } from './progress-callback.js';
import { backupAndRestore } from './backup-and-restore.js';
import { csvLogger } from './csv-logger.js';
import type { EarlyStoppingOptions, TerminateOnNaNOptions } from './stopping.js';
import { EarlyStopping, TerminateOnNaN } from './stopping.js';
import type { LearningRateSchedulerOptions, ReduceLROnPlateauOptions } from './learning-rate.js';
import { LearningRateScheduler, ReduceLROnPlateau } from './learning-rate.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { tensorBoard } from './tensor-board.js';

const progressRules = {
  write: func<NonNullable<ProgressOptions['write']>>(),
  terminal: boolean,
  verbose: rule('0, 1 or 2', (value): value is 0 | 1 | 2 => value === 0 || value === 1 || value === 2),
  now: func<NonNullable<ProgressOptions['now']>>(),
};

/**
 * Callbacks for `fit`, with Keras's options, defaults and messages. Those that write files take a function
 * `write: (name, bytes)` here, and a `path` in `lamella/node`.
 */
export const callbacks = {
  /** Ends training when a value no longer improves, and can restore the best weights. */
  earlyStopping: (options?: EarlyStoppingOptions): EarlyStopping => new EarlyStopping(options),
  /** Stores the model at the end of epochs, or after some steps. */
  modelCheckpoint,
  /** Reduces the learning rate when a value no longer improves. */
  reduceLROnPlateau: (options?: ReduceLROnPlateauOptions): ReduceLROnPlateau =>
    new ReduceLROnPlateau(options),
  /** Sets the learning rate of every epoch. Takes its options, or the schedule alone. */
  learningRateScheduler: (
    options: LearningRateSchedulerOptions | LearningRateSchedulerOptions['schedule'],
  ): LearningRateScheduler => new LearningRateScheduler(options),
  /** Writes a line of comma-separated values per epoch. */
  csvLogger,
  /** Writes event files for TensorBoard. */
  tensorBoard,
  /** Ends training normally when a loss is NaN or infinite. */
  terminateOnNaN: (options?: TerminateOnNaNOptions): TerminateOnNaN => new TerminateOnNaN(options),
  /** Saves the state of training after every epoch, and continues from it after an interruption. */
  backupAndRestore,
  /**
   * Keras's progress bar, written to a destination of your choice. `fit` shows one of its own unless
   * `verbose` is 0.
   */
  progress: (options?: ProgressOptions): ProgressCallback =>
    new ProgressCallback(checkOptions('progress', options, progressRules)),
};
