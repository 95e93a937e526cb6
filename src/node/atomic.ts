import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

let written = 0;

/** The calls of the file system by which a file is replaced; tests let them fail. */
export interface FileSystem {
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly rename: typeof rename;
  readonly rm: typeof rm;
}

/**
 * Write a file so that, whatever happens, it has either its old bytes or all of the new ones: into a file beside it, onto
 * the disk, then renamed. Directories that are missing are made. Errors of the file system are passed on as they are.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  fs: FileSystem = { mkdir, open, rename, rm },
): Promise<void> {
  const folder = dirname(path);
  await fs.mkdir(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.${++written}.tmp`;
  try {
    const file = await fs.open(temporary, 'wx');
    try {
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
