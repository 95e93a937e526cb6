import type { EarlyStoppingOptions } from './early-stopping.js';
import { EarlyStopping } from './early-stopping.js';
import type { LearningRateSchedulerOptions } from './learning-rate-scheduler.js';
import { LearningRateScheduler } from './learning-rate-scheduler.js';
import type { ReduceLROnPlateauOptions } from './reduce-learning-rate.js';
import { ReduceLROnPlateau } from './reduce-learning-rate.js';
import type { TerminateOnNaNOptions } from './terminate-on-nan.js';
import { TerminateOnNaN } from './terminate-on-nan.js';

/** Callbacks for `fit`, with Keras's options, defaults and messages. */
export const callbacks = {
  /** Ends training when a value no longer improves; can go back to the best weights. */
  earlyStopping: (options?: EarlyStoppingOptions) => new EarlyStopping(options),
  /** Reduces the learning rate when a value no longer improves. */
  reduceLROnPlateau: (options?: ReduceLROnPlateauOptions) => new ReduceLROnPlateau(options),
  /** Sets the learning rate of every epoch. Takes its options, or the schedule alone. */
  learningRateScheduler: (options: LearningRateSchedulerOptions | LearningRateSchedulerOptions['schedule']) =>
    new LearningRateScheduler(options),
  /** Ends training normally when a loss is NaN or infinite. */
  terminateOnNaN: (options?: TerminateOnNaNOptions) => new TerminateOnNaN(options),
};
