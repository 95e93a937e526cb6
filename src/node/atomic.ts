import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cleaning } from './temporary-names.js';
import { removeStale, temporaryName } from './temporary-names.js';

/** The calls of the file system by which a file is replaced; tests let them fail. */
export interface FileSystem extends Cleaning {
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly rename: typeof rename;
}

/**
 * Write a file so that, whatever happens, it has either its old bytes or all of the new ones: into a file
 * beside it, onto the disk, then renamed. Any number of threads, processes and machines may write the same
 * path at once: one of them is the last. Directories that are missing are made. Errors of the file system are
 * passed on as they are.
 *
 * A process that is killed meanwhile leaves a file <name>.….tmp behind; later writes into the folder remove
 * it.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  fs: FileSystem = { mkdir, open, readdir, rename, rm, stat },
): Promise<void> {
  const folder = dirname(path);
  await fs.mkdir(folder, { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = await fs.open(temporary, 'wx');
    try {
      await removeStale(folder, (await file.stat()).mtimeMs, fs);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder, fs);
}

/** The new name is on the disk when the folder is. Windows cannot open folders, and needs no such call. */
async function syncFolder(folder: string, fs: FileSystem): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
