/**
 * callbacks.progress: its hooks. Not for what it draws (progress.ts), which is loaded with the first epoch.
 */
import { lazyImport } from '../../lazy.js';
import { checkIndex, checkLogs, readParams } from './arguments.js';
import type { Progress, ProgressOptions } from './progress.js';
import type { Callback, CallbackModel, Logs, TrainParams } from './types.js';

/** Shows the progress of a fit. */
export class ProgressCallback implements Callback {
  readonly #options: ProgressOptions;
  #params: TrainParams | undefined;
  #shown: Progress | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /** Starts over with a new fit. */
  setParams(params: TrainParams): void {
    this.#params = readParams('progress', params);
    this.#shown = undefined;
  }

  async onEpochBegin(epoch: number): Promise<void> {
    checkIndex('progress', epoch);
    (await this.#show()).onEpochBegin(epoch);
  }

  onBatchEnd(batch: number, logs: Logs): void {
    checkIndex('progress', batch);
    this.#shown?.onBatchEnd(batch, logs);
  }

  async onEpochEnd(epoch: number, logs: Logs, _model: CallbackModel): Promise<void> {
    checkIndex('progress', epoch);
    checkLogs('progress', logs);
    (await this.#show()).onEpochEnd(epoch, logs);
  }

  async #show(): Promise<Progress> {
    const { Progress: Class } = await lazyImport(() => import('./progress.js'));
    if (!this.#shown) {
      this.#shown = new Class(this.#options);
      if (this.#params) this.#shown.setParams(this.#params);
    }
    return this.#shown;
  }
}
