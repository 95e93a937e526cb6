import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

let written = 0;

/**
 * Write a file so that, whatever happens, it has either its old bytes or all of the new ones: into a file beside it, onto
 * the disk, then renamed. Directories that are missing are made. Errors of the file system are passed on as they are.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${++written}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
