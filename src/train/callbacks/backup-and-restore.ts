/**
 * backupAndRestore: saves the state of training after every epoch, and continues from it after an
 * interruption. Not for the format of the file (backup-file.ts, loaded with the first backup).
 */
import { boolean, checkOptions, func, oneOf, text } from '../../check.js';
import { lazyImport } from '../../lazy.js';
import { checkModel, readParams, givenBytes, required, requiredWrite, writeRules } from './arguments.js';
import type { Callback, CallbackModel, Logs, TrainParams } from './types.js';
import type { Read, Write } from './arguments.js';

export interface BackupPolicy {
  /** When to save: 'epoch' (default), at the end of every epoch. */
  readonly saveFreq?: 'epoch';
  /** Delete the backup when training ends. Default true. */
  readonly deleteCheckpoint?: boolean;
}

export interface BackupAndRestoreOptions extends BackupPolicy {
  readonly write: Write;
  readonly read: Read;
  /** Deletes the backup. Default: an empty file is written in its place. */
  readonly remove?: (name: string) => void | Promise<void>;
  /** Name of the file. Default 'backup.safetensors'. */
  readonly name?: string;
}

/** A place for one file. */
export interface BackupFile {
  write(bytes: Uint8Array): void | Promise<void>;
  read(): ReturnType<Read>;
  remove(): void | Promise<void>;
}

export const backupRules = { saveFreq: oneOf<'epoch'>(['epoch']), deleteCheckpoint: boolean };

/**
 * Saves the state of training after every epoch, and continues from it when `fit` is called again: the same
 * model, data and options then give, bit for bit, the result of uninterrupted training
 * (keras/src/callbacks/backup_and_restore.py). Other callbacks with `getState` and `setState` continue too.
 *
 * The backup is deleted when training ends; it stays after an error, an abort, and a `fit` that `maxTimeMs`
 * or `maxSteps` ended before its last epoch. Epochs cut short are not saved.
 */
export class BackupAndRestore implements Callback {
  readonly #file: BackupFile;
  readonly #deleteCheckpoint: boolean;
  #params: TrainParams | undefined;
  /** Steps that training had taken when the epoch began. */
  #stepsBefore = 0;
  #cutShort = false;

  constructor(file: BackupFile, { deleteCheckpoint = true }: BackupPolicy) {
    this.#file = file;
    this.#deleteCheckpoint = deleteCheckpoint;
  }

  setParams(params: TrainParams): void {
    this.#params = readParams('backupAndRestore', params);
    this.#cutShort = false;
  }

  async onTrainBegin(_logs: Logs, model: CallbackModel): Promise<void> {
    checkModel('backupAndRestore', model, 'getTrainingState', 'setTrainingState');
    const bytes = givenBytes(await this.#file.read());
    if (bytes && bytes.length > 0) {
      const { restore } = await lazyImport(() => import('./backup-file.js'));
      restore(bytes, model, this.#others());
    }
    this.#stepsBefore = model.getTrainingState().optimizer.step;
  }

  async onEpochSettled(_epoch: number, _logs: Logs, model: CallbackModel): Promise<void> {
    checkModel('backupAndRestore', model, 'getTrainingState');
    const training = model.getTrainingState();
    const { step } = training.optimizer;
    const expected = this.#params?.steps;
    this.#cutShort = expected !== undefined && step - this.#stepsBefore < expected;
    this.#stepsBefore = step;
    if (this.#cutShort) return;
    const callbacks = this.#others().map((callback) => callback.getState?.() ?? {});
    const { writeBackup } = await lazyImport(() => import('./backup-file.js'));
    await this.#file.write(writeBackup({ training, callbacks }));
  }

  async onTrainEnd(_logs: Logs, model: CallbackModel): Promise<void> {
    if (!this.#deleteCheckpoint) return;
    checkModel('backupAndRestore', model);
    const reached = model.epochsRun >= (this.#params?.epochs ?? 0) && !this.#cutShort;
    if (model.stopTraining || reached) await this.#file.remove();
  }

  /** The callbacks of this fit that have a state. */
  #others(): readonly Callback[] {
    const all: readonly Callback[] = this.#params?.callbacks ?? [];
    return all.filter(({ getState, setState }) => getState && setState);
  }
}

export function backupAndRestore(options: BackupAndRestoreOptions): BackupAndRestore {
  const owner = 'backupAndRestore';
  const remover = { remove: func<NonNullable<BackupAndRestoreOptions['remove']>>() };
  const given = checkOptions(owner, options, { ...writeRules, ...remover, name: text, ...backupRules });
  const { name = 'backup.safetensors', remove, ...policy } = given;
  const write = requiredWrite(owner, given.write);
  const read = required(owner, 'read', 'a function (name) => bytes', given.read);
  const file: BackupFile = {
    write: (bytes) => write(name, bytes),
    read: () => read(name),
    remove: () => (remove ? remove(name) : write(name, new Uint8Array(0))),
  };
  return new BackupAndRestore(file, policy);
}
