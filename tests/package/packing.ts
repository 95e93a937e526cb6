import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a program and returns what it printed. */
export function print(folder: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: folder, encoding: 'utf8' });
}

/** Runs npm quietly and returns what it printed. */
export function npm(folder: string, ...args: string[]): string {
  return print(folder, 'npm', ...args, '--silent', '--no-audit', '--no-fund', '--ignore-scripts');
}

/** A hash of all that `npm pack` packs. */
function version(): string {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).map(
    (file) => `dist/${file}`,
  );
  for (const file of ['package.json', 'README.md', 'LICENSE', ...files.sort()]) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(file).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A folder whose node_modules has the packed package, installed by npm: once for all tests of a build. */
function installedOnce(): string {
  const parent = join(root, 'build/packed');
  const name = version();
  const folder = join(parent, name);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, 'package.json'), '{ "private": true, "type": "module" }');
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', fresh));
  npm(fresh, 'install', '--prefer-offline', join(fresh, filename));
  try {
    renameSync(fresh, folder);
  } catch {
    // Another process was faster.
    rmSync(fresh, { recursive: true });
  }
  for (const other of readdirSync(parent))
    if (!other.startsWith(name)) rmSync(join(parent, other), { recursive: true, force: true });
  return folder;
}

/** The files of the package, as they are installed. */
export function packedFiles(): string[] {
  const folder = join(installedOnce(), 'node_modules/lamella');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** A folder of a user. */
export interface Installed {
  readonly folder: string;
  remove(): void;
}

/**
 * The packed package, installed into a folder that is otherwise empty but for these files, or contents of
 * folders, of this one.
 */
export function installed(...programs: string[]): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'lamella-'));
  for (const program of programs) {
    const from = fileURLToPath(new URL(program, import.meta.url));
    cpSync(from, statSync(from).isDirectory() ? folder : join(folder, program), { recursive: true });
  }
  const once = installedOnce();
  for (const part of ['package.json', 'node_modules'])
    cpSync(join(once, part), join(folder, part), { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
