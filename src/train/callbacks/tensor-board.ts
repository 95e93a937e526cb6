/**
 * tensorBoard: its options and hooks. Not for the event files (event-files.ts, loaded when they are first
 * needed).
 */
import { anyOf, boolean, checkOptions, func, integer, oneOf, positiveInteger, text } from '../../check.js';
import { lazyImport } from '../../lazy.js';
import {
  checkIndex,
  checkModel,
  loggedValues,
  readClock,
  readState,
  requiredWrite,
  wholeFiles,
  writeRules,
} from './arguments.js';
import type { EventFiles, EventPlace } from './event-files.js';
import type { Callback, CallbackModel, CallbackState, Logs } from './types.js';
import type { Appender, Write } from './arguments.js';

export interface EventPolicy {
  /**
   * When to write values: 'epoch' (default), at the end of epochs; 'batch' or a number n also writes them
   * after every step or every n steps, as batch_loss and so on.
   */
  readonly updateFreq?: 'epoch' | 'batch' | number;
  /** Number of epochs between histograms of the weights; 0 (default): none. */
  readonly histogramFreq?: number;
  /** Write epoch_steps_per_second too. Default false. */
  readonly writeStepsPerSecond?: boolean;
  /** Clock for the times of events, in milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
}

export interface TensorBoardOptions extends EventPolicy {
  /**
   * Stores the whole event file each time it has grown. Option `path` of `lamella/node`, which appends, is
   * faster.
   */
  readonly write: Write;
  /** Directory at the beginning of the names. Default 'logs'. */
  readonly logDir?: string;
}

export const eventRules = {
  updateFreq: anyOf(oneOf<'epoch' | 'batch'>(['epoch', 'batch']), positiveInteger),
  histogramFreq: integer({ min: 0 }),
  writeStepsPerSecond: boolean,
  now: func<() => number>(),
};

/**
 * Writes event files for TensorBoard: epoch_<name> at step <epoch>, training in train/, validation in
 * validation/; distributions of weights as <layer>/<weight>/histogram (keras/src/callbacks/tensorboard.py).
 * Every fit writes new files, under names that are never reused.
 */
export class TensorBoard implements Callback {
  readonly #place: EventPlace;
  readonly #policy: EventPolicy;
  #files: EventFiles | undefined;
  #isNewFit = false;
  #steps = 0;
  #epochSteps = 0;
  #epochBegan = 0;
  /** Defined only if steps are counted, since fit then computes the logs at every step. */
  readonly onBatchEnd?: NonNullable<Callback['onBatchEnd']>;

  constructor(logDir: string, host: string, files: Appender, policy: EventPolicy) {
    this.#place = { logDir, host, files };
    this.#policy = policy;
    if ((policy.updateFreq ?? 'epoch') === 'epoch' && !policy.writeStepsPerSecond) return;
    this.onBatchEnd = (_batch, logs) => this.#countStep(logs);
  }

  /** Starts over with a new fit. */
  setParams(): void {
    this.#isNewFit = true;
    this.#steps = 0;
  }

  getState(): CallbackState {
    return { steps: this.#steps };
  }

  setState(given: CallbackState): void {
    const { steps } = readState('tensorBoard', given, this.getState());
    this.#steps = steps as number;
  }

  onEpochBegin(): void {
    this.#epochSteps = 0;
    this.#epochBegan = this.#now();
  }

  async onEpochEnd(epoch: number, logs: Logs, model: CallbackModel): Promise<void> {
    const { histogramFreq = 0 } = this.#policy;
    checkIndex('tensorBoard', epoch);
    checkModel('tensorBoard', model, ...(histogramFreq > 0 ? (['getWeights'] as const) : []));
    const entries = loggedValues('tensorBoard', logs).filter(([name]) => name !== 'learning_rate');
    const files = await this.#opened();
    const rate: unknown = model.learningRate;
    if (typeof rate === 'number') entries.push(['learning_rate', rate]);
    await files.addEpoch(epoch, entries, this.#speed());
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await files.addWeights(epoch, model);
  }

  #countStep(logs: Logs): void | Promise<void> {
    const { updateFreq = 'epoch' } = this.#policy;
    this.#steps += 1;
    this.#epochSteps += 1;
    if (updateFreq === 'epoch') return;
    if (updateFreq !== 'batch' && this.#steps % updateFreq !== 0) return;
    return this.#addBatch(this.#steps, loggedValues('tensorBoard', logs));
  }

  #speed(): [string, number][] {
    if (!this.#policy.writeStepsPerSecond) return [];
    const seconds = (this.#now() - this.#epochBegan) / 1000;
    return [['steps_per_second', seconds > 0 ? this.#epochSteps / seconds : 0]];
  }

  async #addBatch(step: number, entries: [string, number][]): Promise<void> {
    await (await this.#opened()).add('train', step, 'batch_', entries);
  }

  /** The files of this fit. */
  async #opened(): Promise<EventFiles> {
    const { EventFiles: Files } = await lazyImport(() => import('./event-files.js'));
    this.#files ??= new Files(this.#place, () => this.#now());
    if (this.#isNewFit) this.#files.beginFit();
    this.#isNewFit = false;
    return this.#files;
  }

  #now(): number {
    return readClock('tensorBoard', this.#policy.now ?? Date.now);
  }
}

export function tensorBoard(options: TensorBoardOptions): TensorBoard {
  const rules = { write: writeRules.write, logDir: text, ...eventRules };
  const { write, logDir = 'logs', ...policy } = checkOptions('tensorBoard', options, rules);
  return new TensorBoard(logDir, 'lamella', wholeFiles(requiredWrite('tensorBoard', write)), policy);
}
