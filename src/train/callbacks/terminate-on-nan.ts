import { boolean, checkOptions } from '../../check.js';
import { ValueError } from '../../errors.js';
import { checkIndex, checkLogs, checkModel, loggedValue, setOnModel } from './arguments.js';
import type { Callback, CallbackModel, Logs } from './types.js';

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
