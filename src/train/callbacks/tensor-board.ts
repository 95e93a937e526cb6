import { anyOf, boolean, checkOptions, func, integer, oneOf, positiveInteger, text } from '../../check.js';
import type { EventValue } from '../../io/tfevents.js';
import { later } from '../../later.js';
import { freshSeed } from '../../random.js';
import { checkIndex, checkModel, loggedValues, readClock, readState } from './arguments.js';
import type { Callback, CallbackModel, CallbackState, Logs } from './types.js';
import type { Appender, Write } from './writing.js';
import { requiredWrite, wholeFiles, writeRules } from './writing.js';

export interface EventPolicy {
  /** 'epoch' (default); 'batch' or a number: also every so many steps, as batch_loss and so on. */
  readonly updateFreq?: 'epoch' | 'batch' | number;
  /** Epochs between distributions of the weights; 0 (default): none. */
  readonly histogramFreq?: number;
  /** Also write epoch_steps_per_second. Default false. */
  readonly writeStepsPerSecond?: boolean;
  /** Milliseconds since 1970, for the times of the events. Default Date.now. */
  readonly now?: () => number;
}

export interface TensorBoardOptions extends EventPolicy {
  /**
   * Stores an event file, whole, each time that it has grown: `path` of `lamella/node`, which appends, is
   * faster.
   */
  readonly write: Write;
  /** Directory that the names begin with. Default 'logs'. */
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
 * Every fit writes files of its own, with names that are never used again.
 */
export class TensorBoard implements Callback {
  readonly #logDir: string;
  readonly #host: string;
  readonly #files: Appender;
  readonly #policy: EventPolicy;
  readonly #names = new Map<string, string>();
  /** Tells files of other callbacks and processes apart; drawn with the first file. */
  #id: number | undefined;
  #runs = 0;
  #steps = 0;
  #epochSteps = 0;
  #epochBegan = 0;
  /** Only there if steps are counted: values are measured at every step for those who watch them. */
  readonly onBatchEnd?: NonNullable<Callback['onBatchEnd']>;

  constructor(logDir: string, host: string, files: Appender, policy: EventPolicy) {
    this.#logDir = logDir;
    this.#host = host;
    this.#files = files;
    this.#policy = policy;
    if ((policy.updateFreq ?? 'epoch') === 'epoch' && !policy.writeStepsPerSecond) return;
    this.onBatchEnd = (_batch, logs) => this.#countStep(logs);
  }

  /** Begins anew. */
  setParams(): void {
    this.#names.clear();
    this.#runs += 1;
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
    const entries = loggedValues('tensorBoard', logs);
    const training = entries.filter(([name]) => !name.startsWith('val_') && name !== 'learning_rate');
    const validation = entries.filter(([name]) => name.startsWith('val_'));
    const rate: unknown = model.learningRate;
    if (typeof rate === 'number') training.push(['learning_rate', rate]);
    training.push(...this.#speed());
    await this.#add('train', epoch, scalars('epoch_', training));
    if (validation.length > 0) {
      const named = validation.map(([name, value]): [string, number] => [name.slice(4), value]);
      await this.#add('validation', epoch, scalars('epoch_', named));
    }
    if (histogramFreq > 0 && epoch % histogramFreq === 0) {
      const { histogram } = await later(() => import('./histogram.js'));
      const names = model.weightNames;
      const values = model
        .getWeights()
        .map(({ data }, i) => ({ tag: `${names?.[i] ?? i}/histogram`, value: histogram(data) }));
      await this.#add('train', epoch, values);
    }
  }

  #countStep(logs: Logs): void | Promise<void> {
    const { updateFreq = 'epoch' } = this.#policy;
    this.#steps += 1;
    this.#epochSteps += 1;
    if (updateFreq === 'epoch') return;
    if (updateFreq !== 'batch' && this.#steps % updateFreq !== 0) return;
    return this.#add('train', this.#steps, scalars('batch_', loggedValues('tensorBoard', logs)));
  }

  #speed(): [string, number][] {
    if (!this.#policy.writeStepsPerSecond) return [];
    const seconds = (this.#now() - this.#epochBegan) / 1000;
    return [['steps_per_second', seconds > 0 ? this.#epochSteps / seconds : 0]];
  }

  /** Add a record to the file of `part`; the file begins with the first. */
  async #add(part: string, step: number, values: readonly EventValue[]): Promise<void> {
    const seconds = this.#now() / 1000;
    const { encodeEvent, encodeFileVersion } = await later(() => import('../../io/tfevents.js'));
    let name = this.#names.get(part);
    if (name === undefined) {
      this.#id ??= freshSeed();
      const run = `${Math.floor(seconds)}.${this.#host}.${this.#id}.${this.#runs}`;
      const file = `events.out.tfevents.${run}.v2`;
      name = `${this.#logDir === '' ? '' : `${this.#logDir}/`}${part}/${file}`;
      this.#names.set(part, name);
      await this.#files.begin(name, 0);
      await this.#files.add(name, encodeFileVersion(seconds));
    }
    await this.#files.add(name, encodeEvent(seconds, step, values));
  }

  #now(): number {
    return readClock('tensorBoard', this.#policy.now ?? Date.now);
  }
}

function scalars(prefix: string, entries: readonly (readonly [string, number])[]): EventValue[] {
  return entries.map(([name, value]) => ({ tag: prefix + name, value }));
}

export function tensorBoard(options: TensorBoardOptions): TensorBoard {
  const rules = { write: writeRules.write, logDir: text, ...eventRules };
  const { write, logDir = 'logs', ...policy } = checkOptions('tensorBoard', options, rules);
  return new TensorBoard(logDir, 'lamella', wholeFiles(requiredWrite('tensorBoard', write)), policy);
}
