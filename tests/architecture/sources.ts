import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sources } from './rules.js';

/** The repository, with a slash at the end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The TypeScript files of a folder of the repository, sorted, without generated ones and declarations. */
export function read(folder: string): Sources {
  const files = readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('/generated/'));
  return new Map(files.sort().map((file) => [file, readFileSync(root + file, 'utf8')]));
}
