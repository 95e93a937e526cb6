/**
 * Writes files as a whole or not at all: a temporary file in the same folder takes the place of the old one.
 * What is written is up to files.ts and callbacks.ts.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, basename, join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

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

/** The calls of the file system by which temporary files of dead writers are found and removed. */
interface Cleaning {
  readonly readdir: typeof readdir;
  readonly stat: typeof stat;
  readonly rm: typeof rm;
}

/** <name>.<machine>-<process id>-<random>.tmp */
const TEMPORARY = /\.([0-9a-f]{16})-(\d{1,10})-[0-9a-f]{16}\.tmp$/;

/** Names of files end at 255 bytes in most file systems; what comes behind the name takes 50. */
const MAX_NAME_BYTES = 200;

/**
 * A file that nothing has been written to for so long has no writer any more, on whichever machine that was.
 */
const MAX_AGE_MS = 3_600_000;

/** Milliseconds from one look at a folder to the next. */
const PAUSE_MS = 600_000;

const MAX_FOLDERS = 1000;

let machine: string | undefined;
const looked = new Map<string, number>();

/** A name beside `path` that no other call, thread, process or machine uses. */
export function temporaryName(path: string): string {
  const name = basename(path);
  const stem = Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : digest(name);
  return join(dirname(path), `${stem}.${thisMachine()}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Remove the temporary files in a folder whose writers are dead: processes of this machine that no longer
 * run, and writers on other machines or in containers that share the volume, if their file is an hour old.
 * Looks every ten minutes at most. What fails is left for the next time.
 *
 * @param now the time by the clock of the file system, which may be another machine's, in milliseconds
 */
async function removeStale(folder: string, now: number, fs: Cleaning): Promise<void> {
  const time = performance.now();
  if (time - (looked.get(folder) ?? -Infinity) < PAUSE_MS) return;
  if (looked.size >= MAX_FOLDERS) looked.clear();
  looked.set(folder, time);
  for (const name of await fs.readdir(folder).catch(() => [])) {
    const [, writersMachine, pid] = TEMPORARY.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const isStale =
      (writersMachine === thisMachine() && isDead(Number(pid))) ||
      (await fs.stat(path).then(
        ({ mtimeMs }) => now - mtimeMs > MAX_AGE_MS,
        () => false,
      ));
    if (isStale) await fs.rm(path, { force: true }).catch(() => undefined);
  }
}

/** Tells apart machines, and containers: process ids mean something within one only. */
function thisMachine(): string {
  machine ??= digest(described());
  return machine;
}

function described(): string {
  try {
    return `${hostname()} ${processNamespace()}`;
  } catch {
    // Not told, as by Deno to programs that may not ask: then no other process is known to be of this
    // machine.
    return randomBytes(16).toString('hex');
  }
}

/** On Linux the namespace of the process ids: a container's own, even where it has its host's name. */
function processNamespace(): string {
  return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
}

/** True only if there is certainly no such process. */
function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
