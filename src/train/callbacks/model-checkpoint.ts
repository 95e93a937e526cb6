/**
 * modelCheckpoint: its options, and its hooks, which see when a save may be due. Not for saving
 * (checkpoint-file.ts, loaded when it is first needed).
 */
import { anyOf, boolean, checkOptions, nullable, number, oneOf, positiveInteger, text } from '../../check.js';
import { lazyImport } from '../../lazy.js';
import type { CheckpointPolicy } from './checkpoint-file.js';
import type { Mode } from './monitor.js';
import { Comparison, modeRule, verboseRule } from './monitor.js';
import {
  checkIndex,
  checkLogs,
  checkModel,
  readParams,
  readState,
  requiredWrite,
  writeRules,
} from './arguments.js';
import type { Callback, CallbackModel, CallbackState, Logs, TrainParams } from './types.js';
import type { Write } from './arguments.js';

export interface ModelCheckpointOptions extends CheckpointPolicy {
  /** Stores a model: the bytes are those of `model.toBytes()`, which `loadModel` reads. */
  readonly write: Write;
  /**
   * Name of the file. It may contain {epoch}, counted from 1, {batch} and any value of the logs, formatted as
   * in Python: '{epoch:02d}-{val_loss:.2f}'. Default 'model.safetensors'.
   */
  readonly name?: string;
}

export const checkpointRules = {
  monitor: text,
  verbose: verboseRule,
  saveBestOnly: boolean,
  mode: modeRule,
  saveFreq: anyOf(oneOf<'epoch'>(['epoch']), positiveInteger),
  initialValueThreshold: nullable(number()),
};

const defaults = {
  monitor: 'val_loss',
  verbose: 0,
  saveBestOnly: false,
  mode: 'auto' as Mode,
  saveFreq: 'epoch' as 'epoch' | number,
  initialValueThreshold: null,
};

/**
 * Stores the model at the end of epochs, or after some steps (keras/src/callbacks/model_checkpoint.py). With
 * `saveBestOnly`, NaN is never best, with one warning per fit. Every fit starts over, with
 * `initialValueThreshold` as the best value and no steps counted; in Keras it continues from the previous
 * fit.
 */
export class ModelCheckpoint implements Callback {
  readonly #name: string;
  readonly #write: Write;
  readonly #policy: Required<CheckpointPolicy>;
  readonly #comparison: Comparison;
  #params: TrainParams | undefined;
  #epoch = 0;
  #steps = 0;
  /** Best value of this fit so far; `initialValueThreshold` before the first. */
  best: number | null;
  /** Defined only if steps are counted, since fit then computes the logs at every step. */
  readonly onBatchEnd?: NonNullable<Callback['onBatchEnd']>;

  constructor(name: string, write: Write, policy: CheckpointPolicy) {
    this.#name = name;
    this.#write = write;
    this.#policy = { ...defaults, ...policy };
    this.#comparison = new Comparison('modelCheckpoint', this.#policy.monitor, this.#policy.mode);
    this.best = this.#policy.initialValueThreshold;
    if (this.#policy.saveFreq !== 'epoch') {
      this.onBatchEnd = (batch, logs, model) => this.#countStep(batch, logs, model);
    }
  }

  /** Begins anew. */
  setParams(params: TrainParams): void {
    this.#params = readParams('modelCheckpoint', params);
    this.best = this.#policy.initialValueThreshold;
    this.#epoch = this.#steps = 0;
  }

  onEpochBegin(epoch: number): void {
    checkIndex('modelCheckpoint', epoch);
    this.#epoch = epoch;
  }

  async onEpochEnd(epoch: number, logs: Logs, model: CallbackModel): Promise<void> {
    checkIndex('modelCheckpoint', epoch);
    if (this.#policy.saveFreq === 'epoch') await this.#save(logs, epoch, model);
  }

  getState(): CallbackState {
    return { best: this.best, steps: this.#steps };
  }

  setState(given: CallbackState): void {
    const state = readState('modelCheckpoint', given, this.getState());
    this.best = state.best as number | null;
    this.#steps = state.steps as number;
  }

  #countStep(batch: number, logs: Logs, model: CallbackModel): void | Promise<void> {
    checkIndex('modelCheckpoint', batch);
    this.#steps += 1;
    if (this.#steps < Number(this.#policy.saveFreq)) return;
    this.#steps = 0;
    return this.#save({ ...logs, batch: batch + 1 }, this.#epoch, model);
  }

  async #save(logs: Logs, epoch: number, model: CallbackModel): Promise<void> {
    checkLogs('modelCheckpoint', logs);
    checkModel('modelCheckpoint', model, 'toBytes');
    const { saveCheckpoint } = await lazyImport(() => import('./checkpoint-file.js'));
    const checkpoint = { policy: this.#policy, comparison: this.#comparison, params: this.#params };
    await saveCheckpoint(this.#name, this.#write, { ...checkpoint, bests: this }, { logs, epoch, model });
  }
}

export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  const rules = { write: writeRules.write, name: text, ...checkpointRules };
  const { write, name = 'model.safetensors', ...policy } = checkOptions('modelCheckpoint', options, rules);
  return new ModelCheckpoint(name, requiredWrite('modelCheckpoint', write), policy);
}
