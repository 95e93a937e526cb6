import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupFile } from '../../train/callbacks/backup-and-restore.js';
import type { Appender } from '../../train/callbacks/writing.js';
import { writeAtomically } from '../atomic.js';

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Adds to files of the file system, so that whoever follows them sees them grow. */
export const growingFiles: Appender = {
  read: (name) => unlessMissing(readFile(name)),
  async begin(name, length) {
    await mkdir(dirname(name), { recursive: true });
    await (length > 0 ? truncate(name, length) : writeFile(name, ''));
  },
  add: (name, bytes) => appendFile(name, bytes),
};

/** A backup in the file system, old or new but never torn. */
export function backupFile(path: string): BackupFile {
  return {
    write: (bytes) => writeAtomically(path, bytes),
    read: () => unlessMissing(readFile(path)),
    remove: () => rm(path, { force: true }),
  };
}
