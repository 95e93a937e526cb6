import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/** What `npm pack` says of the package as built last. */
export function pack(...args: string[]): { filename: string; files: { path: string; size: number }[] } {
  return JSON.parse(npm(root, 'pack', '--json', ...args))[0];
}

/** A folder of a user. */
export interface Installed {
  readonly folder: string;
  remove(): void;
}

/** The packed package, installed into a folder that is otherwise empty but for these files, or contents of folders, of this one. */
export function installed(...programs: string[]): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'lamella-'));
  for (const program of programs) {
    const from = fileURLToPath(new URL(program, import.meta.url));
    cpSync(from, statSync(from).isDirectory() ? folder : join(folder, program), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  npm(folder, 'install', '--prefer-offline', join(folder, pack('--pack-destination', folder).filename));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
