import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs npm quietly and returns what it printed. */
export function npm(folder: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    encoding: 'utf8',
  });
}

/** What `npm pack` says of the package as built last. */
export function pack(...args: string[]): { filename: string; files: { path: string; size: number }[] } {
  return JSON.parse(npm(root, 'pack', '--json', ...args))[0];
}
