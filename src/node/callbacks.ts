/**
 * The callbacks of lamella/node: those of train/callbacks that take a path instead of functions. What they
 * do is in train/callbacks; here are only the files.
 */
import { hostname } from 'node:os';
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkOptions } from '../check.js';
import type { BackupFile, BackupPolicy } from '../train/callbacks/backup-and-restore.js';
import { BackupAndRestore, backupRules } from '../train/callbacks/backup-and-restore.js';
import type { CsvLayout } from '../train/callbacks/csv-logger.js';
import { CsvLogger, csvRules } from '../train/callbacks/csv-logger.js';
import { callbacks as portable } from '../train/callbacks/index.js';
import type { CheckpointPolicy } from '../train/callbacks/checkpoint-file.js';
import { checkpointRules, ModelCheckpoint } from '../train/callbacks/model-checkpoint.js';
import type { EventPolicy } from '../train/callbacks/tensor-board.js';
import { eventRules, TensorBoard } from '../train/callbacks/tensor-board.js';
import type { Appender } from '../train/callbacks/arguments.js';
import { required } from '../train/callbacks/arguments.js';
import { writeAtomically } from './atomic.js';
import { pathRule } from './files.js';

/** Path that a callback writes to. Missing directories are created. */
interface Path {
  readonly path: string | URL;
}

function requiredPath(owner: string, path: string | undefined): string {
  return required(owner, 'path', pathRule.expected, path);
}

/** The callbacks of `lamella`; those that write take `path`. */
export const callbacks = {
  ...portable,

  /**
   * Stores the model at the end of epochs, or after some steps. `path` may hold {epoch}, counted from 1,
   * {batch} and any value of the logs, formatted as in Python:
   * 'models/{epoch:02d}-{val_loss:.2f}.safetensors'. A file is replaced when its successor is whole.
   */
  modelCheckpoint(options: Path & CheckpointPolicy): ModelCheckpoint {
    const given = checkOptions('modelCheckpoint', options, { path: pathRule, ...checkpointRules });
    const { path, ...policy } = given;
    return new ModelCheckpoint(requiredPath('modelCheckpoint', path), writeAtomically, policy);
  },

  /** Adds a line of comma-separated values to the file `path` per epoch. */
  csvLogger(options: Path & CsvLayout): CsvLogger {
    const { path, ...layout } = checkOptions('csvLogger', options, { path: pathRule, ...csvRules });
    return new CsvLogger(requiredPath('csvLogger', path), growingFiles, layout);
  },

  /**
   * Writes event files for TensorBoard into train/ and validation/ of the directory `path`, 'logs' if it is
   * not given.
   */
  tensorBoard(options?: Partial<Path> & EventPolicy): TensorBoard {
    const given = checkOptions('tensorBoard', options, { path: pathRule, ...eventRules });
    const { path = 'logs', ...policy } = given;
    return new TensorBoard(path.replace(/\/$/, ''), machineName(), growingFiles, policy);
  },

  /** Saves training into the file `path` after every epoch, and goes on from there after an interruption. */
  backupAndRestore(options: Path & BackupPolicy): BackupAndRestore {
    const { path, ...policy } = checkOptions('backupAndRestore', options, { path: pathRule, ...backupRules });
    return new BackupAndRestore(backupFile(requiredPath('backupAndRestore', path)), policy);
  },
};

/** Deno tells it only to programs that may ask. */
function machineName(): string {
  try {
    return hostname();
  } catch {
    return 'localhost';
  }
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Appends to files in place, so that programs that follow them see them grow. */
const growingFiles: Appender = {
  read: (name) => unlessMissing(readFile(name)),
  async begin(name, length) {
    await mkdir(dirname(name), { recursive: true });
    await (length > 0 ? truncate(name, length) : writeFile(name, ''));
  },
  add: (name, bytes) => appendFile(name, bytes),
};

/** A backup in the file system, old or new but never torn. */
function backupFile(path: string): BackupFile {
  return {
    write: (bytes) => writeAtomically(path, bytes),
    read: () => unlessMissing(readFile(path)),
    remove: () => rm(path, { force: true }),
  };
}
